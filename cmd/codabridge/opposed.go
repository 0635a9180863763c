package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
)

// opposed has a command refuse flags that exclude each other, where more than one
// of them is given: the others would do nothing, without a word. A switch that is
// set to false is not given.
func opposed(cmd *cobra.Command, flags ...string) {
	before := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		var given []string
		for _, name := range flags {
			if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() != "false" {
				given = append(given, "--"+name)
			}
		}
		if len(given) > 1 {
			return usageError{errors.New(strings.Join(given, " and ") + " exclude each other: give one of them")}
		}
		return before(cmd, args)
	}
}
