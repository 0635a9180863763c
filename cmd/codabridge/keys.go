package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
)

func (c *command) keysCommand() *cobra.Command {
	const what = "add, list, revoke"
	cmd := &cobra.Command{Use: "keys", Short: "Access keys for programs that cannot sign in: " + what, Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return usageError{wanted("one of " + what)} }}
	cmd.AddCommand(c.keysAddCommand(), c.keysListCommand(), c.keysRevokeCommand())
	return cmd
}

func (c *command) keysAddCommand() *cobra.Command {
	var docs []string
	write, ask, days := false, false, 0
	cmd := c.remote("add NAME", "Make an access key and print it, once; NAME is yours to choose", exactly(1, "a name for the key"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			fields := []string{"name", args[0], "policy", allowed(write, ask)}
			for _, doc := range docs {
				if strings.Trim(doc, ", \t\r\n") == "" { // an unset variable of a script: never to be all docs
					return usageError{wanted("--docs with the id, link or title of a doc; without --docs it reaches all")}
				}
				fields = append(fields, "docs", doc)
			}
			if cmd.Flags().Changed("days") {
				if days < 1 {
					return usageError{wanted("--days with a number of days from 1 on; without --days the key lives until you revoke it")}
				}
				fields = append(fields, "days", strconv.Itoa(days))
			}
			var made struct {
				Key string
				app.ConnectionState
			}
			if err := client.Do(cmd.Context(), "keys/add", &made, fields...); err != nil {
				return err
			}
			// The key stands alone on the standard output, so that a script can take it.
			fmt.Fprintf(cmd.ErrOrStderr(), "It may %s%s. Send it as Authorization: Bearer, or as X-API-Key. It is not shown again; end it with: %s\n",
				app.PolicyState{Policy: allowed(write, ask)}.May(), reachOf(made.Documents), ours("keys revoke "+made.ID))
			_, err := fmt.Fprintln(cmd.OutOrStdout(), made.Key)
			return err
		})
	cmd.Flags().BoolVar(&write, "write", false, "let it write too")
	cmd.Flags().BoolVar(&ask, "ask", false, "let it write what you say yes to, each time")
	cmd.Flags().StringArrayVar(&docs, "docs", nil, "only these docs: ids, links or titles, with commas, or the flag again (default all docs)")
	cmd.Flags().IntVar(&days, "days", 0, "for so many days, 1 to 3650 (default until you revoke it)")
	opposed(cmd, "write", "ask")
	return cmd
}

// reachOf says which docs a connection may reach.
func reachOf(documents []string) string {
	switch n := len(documents); n {
	case 0:
		return ""
	case 1:
		return " one doc"
	default:
		return fmt.Sprintf(" %d docs", n)
	}
}

func (c *command) keysListCommand() *cobra.Command {
	asJSON := false
	cmd := c.remote("list", "List the access keys, without the keys themselves", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			s, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			keys := []app.ConnectionState{}
			for _, n := range s.Connections {
				if n.IsKey {
					keys = append(keys, n)
				}
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(keys)
			}
			return printKeys(cmd.OutOrStdout(), keys)
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printKeys(out io.Writer, keys []app.ConnectionState) error {
	if len(keys) == 0 {
		_, err := fmt.Fprintln(out, "There is no access key. Make one with: "+ours("keys add NAME"))
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tMAY\tLAST USED\tENDS")
	for _, k := range keys {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.ID, printable(k.Client), k.May()+reachOf(k.Documents), lastUsed(k.LastUsed), endOf(k))
	}
	return w.Flush()
}

// endOf says when a key ends.
func endOf(k app.ConnectionState) string {
	switch {
	case k.Ends == nil:
		return "when revoked"
	case k.Ended():
		return "ended"
	}
	return k.Ends.Local().Format(time.DateTime)
}

func (c *command) keysRevokeCommand() *cobra.Command {
	return c.remote("revoke KEY", "End an access key at once; KEY is its name or ID", exactly(1, "the name or ID of a key"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if err := client.Do(cmd.Context(), "keys/revoke", nil, "key", args[0]); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Revoked.")
			return nil
		})
}
