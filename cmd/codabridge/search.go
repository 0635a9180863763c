package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"codabridge/app"
)

func (c *command) searchCommand() *cobra.Command {
	return c.remote("search WORDS", `Search inside all docs: words, "exact phrases", -without, doc:name, type:row`, someWords,
		func(cmd *cobra.Command, client *app.Client, args []string) error {
			found, err := client.Search(cmd.Context(), strings.Join(args, " "))
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for _, h := range found.Hits {
				fmt.Fprintf(out, "%s\n  %s\n", printable(h.Title), h.URL)
				if h.Text != "" {
					fmt.Fprintf(out, "  %s\n", printable(h.Text))
				}
			}
			if len(found.Hits) == 0 {
				fmt.Fprintln(out, "Nothing fits.")
			}
			fmt.Fprintln(out, found.Note)
			return nil
		})
}

func someWords(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{wanted("words to search for")}
	}
	return nil
}

// printable keeps text of docs from moving the cursor or colouring a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || (r >= 0x7f && r < 0xa0) {
			return ' '
		}
		return r
	}, s)
}
