package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
)

func (c *command) clientIDsCommand() *cobra.Command {
	const what = "add, list, remove"
	cmd := &cobra.Command{Use: "client-ids", Short: "OAuth clients made by hand, for apps that want an id and a secret: " + what, Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return usageError{wanted("one of " + what)} }}
	cmd.AddCommand(c.clientIDsAddCommand(), c.clientIDsListCommand(), c.clientIDsRemoveCommand())
	return cmd
}

func (c *command) clientIDsAddCommand() *cobra.Command {
	var redirects []string
	public := false
	cmd := c.remote("add NAME", "Make a client and print its id and its secret, once", exactly(1, "a name for the client"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if len(redirects) == 0 {
				return usageError{wanted("--redirect, the address that the app names")}
			}
			fields := []string{"name", args[0], "public", fmt.Sprint(public)}
			for _, uri := range redirects {
				fields = append(fields, "redirect", uri)
			}
			var made struct{ ID, Secret string }
			if err := client.Do(cmd.Context(), "client-ids/add", &made, fields...); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "Give the app these. The secret is not shown again. Each sign-in still needs your approval.")
			fmt.Fprintln(cmd.OutOrStdout(), "client_id "+made.ID)
			if made.Secret != "" {
				fmt.Fprintln(cmd.OutOrStdout(), "client_secret "+made.Secret)
			}
			return nil
		})
	cmd.Flags().StringArrayVar(&redirects, "redirect", nil, "a whole redirect address of the app; the flag again for more")
	cmd.Flags().BoolVar(&public, "public", false, "without a secret")
	return cmd
}

func (c *command) clientIDsListCommand() *cobra.Command {
	asJSON := false
	cmd := c.remote("list", "List the clients made by hand, and the addresses on no list that you allowed", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			var all app.OwnClients
			if err := client.Do(cmd.Context(), "client-ids", &all); err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(all)
			}
			return printClients(cmd.OutOrStdout(), all)
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printClients(out io.Writer, all app.OwnClients) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(all.Clients) == 0 {
		fmt.Fprintln(w, "No client was made by hand. Make one with: "+ours("client-ids add NAME --redirect URL"))
	} else {
		fmt.Fprintln(w, "ID\tNAME\tREDIRECTS")
	}
	for _, c := range all.Clients {
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.ID, printable(c.Name), printable(strings.Join(c.Redirects, " ")))
	}
	if len(all.Redirects) > 0 {
		fmt.Fprintln(w, "\nCLIENT\tNAME\tADDRESS YOU ALLOWED")
	}
	for _, r := range all.Redirects {
		fmt.Fprintf(w, "%s\t%s\t%s\n", printable(r.Client), printable(r.Name), printable(r.Redirect))
	}
	return w.Flush()
}

func (c *command) clientIDsRemoveCommand() *cobra.Command {
	return c.remote("remove ID [REDIRECT]", "Remove a client made by hand and end its connections; with REDIRECT, take back your yes to that address of a client",
		func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usageError{wanted("the id of a client")}
			}
			return nil
		},
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			err := error(nil)
			if len(args) == 1 {
				err = client.Do(cmd.Context(), "client-ids/remove", nil, "id", args[0])
			} else {
				err = client.Do(cmd.Context(), "redirects/forget", nil, "client", args[0], "redirect", args[1])
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Removed.")
			return nil
		})
}
