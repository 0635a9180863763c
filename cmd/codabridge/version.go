package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"codabridge/app/tray"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArguments,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), about(runtime.GOOS, runtime.GOARCH, tray.HasIcon))
		},
	}
}

// about names this program: its version, how it was built and for what.
func about(system, arch string, icon bool) string {
	s := fmt.Sprintf("codabridge %s (%s, %s/%s", version, runtime.Version(), system, arch)
	if !icon {
		s += ", without the icon"
	}
	return s + ")"
}
