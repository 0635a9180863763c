package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
)

func (c *command) searchCommand() *cobra.Command {
	cmd := c.remote("search WORDS", `Search inside all docs: words, "exact phrases", -without, doc:name, type:row`, nil, printFound)
	cmd.Long = cmd.Short + ".\nWhat is no flag of codabridge is looked for, -without too; after -- nothing is a flag."
	search := cmd.RunE
	cmd.DisableFlagParsing = true // -jumps is a word to leave out
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		flags, words := ownFlags(cmd, args)
		if err := cmd.Flags().Parse(flags); err != nil {
			return usageError{err}
		}
		if help, err := cmd.Flags().GetBool("help"); err == nil && help {
			return cmd.Help()
		}
		if strings.TrimSpace(strings.Join(words, "")) == "" {
			return usageError{wanted("words to search for")}
		}
		return search(cmd, words)
	}
	return cmd
}

// ownFlags parts the flags that the command has, with their values, from the
// words of a query, which may begin with a dash.
func ownFlags(cmd *cobra.Command, args []string) (flags, words []string) {
	for i := 0; i < len(args); i++ {
		name, _, whole := strings.Cut(args[i], "=")
		flag := cmd.Flags().Lookup(strings.TrimPrefix(name, "--"))
		switch {
		case args[i] == "--":
			return flags, append(words, args[i+1:]...)
		case args[i] == "-h":
			flags = append(flags, args[i])
		case !strings.HasPrefix(name, "--") || flag == nil:
			words = append(words, args[i])
		case whole || flag.NoOptDefVal != "" || i+1 == len(args):
			flags = append(flags, args[i])
		default:
			flags = append(flags, args[i], args[i+1])
			i++
		}
	}
	return flags, words
}

func printFound(cmd *cobra.Command, client *control.Client, args []string) error {
	var found app.SearchAnswer
	if err := client.Do(cmd.Context(), "search", &found, "query", strings.Join(args, " ")); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	for _, h := range found.Hits {
		fmt.Fprintf(out, "%s\n  %s\n", printable(h.Title), printable(h.URL))
		if h.Text != "" {
			fmt.Fprintf(out, "  %s\n", printable(h.Text))
		}
	}
	if len(found.Hits) == 0 {
		fmt.Fprintln(out, "No results.")
	}
	fmt.Fprintln(out, printable(found.Note))
	return nil
}
