package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/app/desktop"
)

// remote makes a command that asks the running instance.
func (c *command) remote(use, short string, args cobra.PositionalArgs,
	f func(cmd *cobra.Command, client *control.Client, args []string) error,
) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := c.standing()
			if err != nil {
				return err
			}
			return f(cmd, control.NewClient(dir), args)
		},
	}
}

func (c *command) statusCommand() *cobra.Command {
	asJSON := false
	cmd := c.remote("status", "Say where the running bridge stands", noArguments, func(cmd *cobra.Command, client *control.Client, _ []string) error {
		s, err := client.Status(cmd.Context())
		if err != nil {
			return err
		}
		if asJSON {
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetIndent("", "  ")
			return e.Encode(s)
		}
		return printStatus(cmd.OutOrStdout(), s)
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printStatus(out io.Writer, s app.State) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, printable(value))
		}
	}
	line("status", s.Sentence)
	line("help", s.HelpURL)
	line("public URL", s.PublicURL)
	line("on this computer", s.LocalURL+"/mcp")
	line("owner's page", ours("open"))
	line("Coda account", s.Coda.Account)
	line("", s.Coda.Note)
	line("problem", s.Coda.Problem)
	line("warning", s.Warning)
	line("read-only", map[bool]string{true: "on: nothing can be changed", false: "off"}[s.ReadOnly])
	shown := s.Waiting[:min(len(s.Waiting), app.MostShown)]
	for _, r := range shown {
		line("waiting", fmt.Sprintf("%s, %s, asked from %s (%s, with the code your browser shows)", r.RedirectHost, r.Shown(), r.Address, ours("approve CODE")))
		line("", r.Unlisted())
	}
	if more := len(s.Waiting) - len(shown); more > 0 {
		line("", fmt.Sprintf("and %d more", more))
	}
	if n := s.Changes.Waiting; n > 0 {
		line("changes", fmt.Sprintf("%d for your yes (%s)", n, ours("pending")))
	}
	line("connections", fmt.Sprint(len(s.Connections)))
	for _, n := range s.Stdio {
		line("over stdio", fmt.Sprintf("%s, process %d, since %s", n.Client, n.Process, n.Started.Local().Format(time.DateTime)))
	}
	line("last call", s.Activity.Line())
	line("newer version", strings.TrimSpace(s.Updates.Newest+" "+s.Updates.Link))
	return w.Flush()
}

func (c *command) approveCommand() *cobra.Command {
	write, ask, host := false, false, ""
	cmd := c.remote("approve CODE", "Say yes to the assistant whose sign-in tab shows CODE", exactly(1, "the code that your browser shows"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			var who app.WaitingRequest
			if err := client.Do(cmd.Context(), "approve", &who, "code", args[0], "policy", allowed(write, ask), "host", host); err != nil {
				return err
			}
			policy := allowed(who.CanWrite(), ask && who.CanWrite())
			fmt.Fprintf(cmd.OutOrStdout(), "Approved: %s (%s, asked from %s) may now %s.\n",
				printable(who.Shown()), printable(who.RedirectHost), printable(who.Address), app.PolicyState{Policy: policy}.May())
			if !write && !ask {
				fmt.Fprintln(cmd.OutOrStdout(), "To let it write too: "+ours("allow CONNECTION write")+", or ask, or 30m.")
			}
			return nil
		})
	cmd.Flags().BoolVar(&write, "write", false, "let it write too")
	cmd.Flags().BoolVar(&ask, "ask", false, "let it write what you say yes to, each time")
	cmd.Flags().StringVar(&host, "host", "", "yes to this host too, where the client's address is on no list")
	opposed(cmd, "write", "ask")
	return cmd
}

func (c *command) denyCommand() *cobra.Command {
	return c.remote("deny CODE", "Say no to the assistant whose sign-in tab shows CODE", exactly(1, "the code that your browser shows"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if err := client.Do(cmd.Context(), "deny", nil, "code", args[0]); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Refused.")
			return nil
		})
}

func (c *command) revokeCommand() *cobra.Command {
	return c.remote("revoke ID", "End a connection; ID is the one that connections shows", exactly(1, "the ID of a connection"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if err := client.Do(cmd.Context(), "revoke", nil, "id", args[0]); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Revoked.")
			return nil
		})
}

func (c *command) connectionsCommand() *cobra.Command {
	return c.remote("connections", "List the assistants and programs that you let in", noArguments, func(cmd *cobra.Command, client *control.Client, _ []string) error {
		s, err := client.Status(cmd.Context())
		if err != nil {
			return err
		}
		if len(s.Connections) == 0 {
			fmt.Fprintln(cmd.OutOrStdout(), "Nobody is connected yet. How to connect ChatGPT, Claude or a program stands on the page: "+ours("open"))
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tCLIENT\tMAY\tLAST USED")
		for _, n := range s.Connections {
			name := n.Shown()
			if n.IsKey {
				name = "access key " + name
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.ID, printable(name), n.May()+reachOf(n.Documents), lastUsed(n.LastUsed))
		}
		return w.Flush()
	})
}

// allowed is the policy of two flags.
func allowed(write, ask bool) string {
	switch {
	case ask:
		return "ask"
	case write:
		return "write"
	}
	return "read"
}

func lastUsed(t *time.Time) string {
	if t == nil {
		return "not yet"
	}
	return t.Local().Format(time.DateTime)
}

func (c *command) openCommand() *cobra.Command {
	names := strings.Join(app.Views, ", ")
	one := func(_ *cobra.Command, args []string) error {
		if len(args) > 1 || !app.IsView(strings.Join(args, "")) {
			return usageError{wanted("at most one view of the page: " + names)}
		}
		return nil
	}
	return c.remote("open [VIEW]", "Open the owner's page with a fresh one-time link, at one of its views: "+names, one, func(cmd *cobra.Command, client *control.Client, args []string) error {
		view := strings.Join(args, "")
		if desktop.HasDisplay() {
			err := client.Show(cmd.Context(), view)
			if err == nil || errors.Is(err, control.ErrNotRunning) {
				return err
			}
		}
		return printLink(cmd, client, view)
	})
}

// printLink prints a fresh link to the owner's page.
func printLink(cmd *cobra.Command, client *control.Client, view string) error {
	link, err := client.Link(cmd.Context(), view)
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), "Open this once, within 10 minutes, in a browser on the computer that runs codabridge:")
	fmt.Fprintln(cmd.OutOrStdout(), link)
	return nil
}
