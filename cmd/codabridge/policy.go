package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/control"
)

func (c *command) allowCommand() *cobra.Command {
	var docs []string
	all := false
	cmd := c.remote("allow CONNECTION [read|ask|write|30m]",
		"Say what a connection may change (nothing, what you say yes to, all, or all for a while), and which docs it may see",
		func(_ *cobra.Command, args []string) error {
			switch chosen := len(docs) > 0 || all; {
			case len(args) == 2 || len(args) == 1 && chosen:
				return nil
			}
			return usageError{wanted("a connection (ID or name), and read, ask, write, 10m, 30m, 1h or today, or which docs (--docs, --all-docs)")}
		},
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if len(docs) > 0 || all {
				fields := []string{"connection", args[0], "all", fmt.Sprint(all)}
				for _, doc := range docs {
					fields = append(fields, "docs", doc)
				}
				if err := doAndSay(cmd, client, "allow/docs", fields...); err != nil || len(args) == 1 {
					return err
				}
			}
			return doAndSay(cmd, client, "allow", "connection", args[0], "policy", args[1])
		})
	cmd.Flags().StringArrayVar(&docs, "docs", nil, "let it see only these docs: ids, links or titles, with commas, or the flag again")
	cmd.Flags().BoolVar(&all, "all-docs", false, "let it see all docs that codabridge may")
	opposed(cmd, "docs", "all-docs")
	return cmd
}

func (c *command) askAlwaysCommand() *cobra.Command {
	return c.remote("ask-always [KIND…|none]", "Say which changes wait for your yes whatever a connection may do; without a kind, list them", cobra.ArbitraryArgs,
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if len(args) > 0 {
				return setAskAlways(cmd, client, args)
			}
			s, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, k := range s.Changes.AskAlways {
				fmt.Fprintf(w, "%s\t%s\t%s\n", k.Name, map[bool]string{true: "always asks", false: "as the connection may"}[k.On], k.Says)
			}
			return w.Flush()
		})
}

func setAskAlways(cmd *cobra.Command, client *control.Client, args []string) error {
	if _, err := config.ParseAskAlways(strings.Join(args, ",")); err != nil {
		return usageError{wanted("none, or of " + strings.Join(config.AskKinds(), ", "))}
	}
	var fields []string
	for _, kind := range strings.FieldsFunc(strings.Join(args, ","), func(r rune) bool { return r == ',' || r == ' ' }) {
		if kind != "none" {
			fields = append(fields, "kind", kind)
		}
	}
	return doAndSay(cmd, client, "changes/ask-always", fields...)
}

// doAndSay does an action and prints the sentence that it answers.
func doAndSay(cmd *cobra.Command, client *control.Client, action string, fields ...string) error {
	var answer struct{ Message string }
	if err := client.Do(cmd.Context(), action, &answer, fields...); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), printable(answer.Message))
	return nil
}

func (c *command) pendingCommand() *cobra.Command {
	asJSON := false
	cmd := c.remote("pending", "List the changes that wait for your yes", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			var answer struct{ Pending []app.PendingChange }
			if err := client.Do(cmd.Context(), "changes/pending", &answer); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if asJSON {
				return indented(out, answer.Pending)
			}
			if len(answer.Pending) == 0 {
				fmt.Fprintln(out, "No change waits.")
			}
			for _, p := range answer.Pending {
				w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
				fmt.Fprintf(w, "%s\t%s\n\t%s with %s: %s\n\targuments: %s\n", p.ID, printable(p.Sentence), printable(p.Client), printable(p.Tool),
					printable(p.Why), printable(string(p.Arguments)))
				if err := w.Flush(); err != nil {
					return err
				}
				if p.Former != "" {
					fmt.Fprintln(out, "Since you were asked, another has changed what this would replace: see below how it is now.")
				}
				printParts(out, "would be:", p.Parts)
			}
			return nil
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (c *command) approveChangeCommand() *cobra.Command {
	long, always := "", false
	cmd := c.remote("approve-change ID", "Say yes to a change that waits, once", exactly(1, "the ID of a change that waits"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if always {
				long = "always"
			}
			return doAndSay(cmd, client, "changes/answer", "id", args[0], "yes", "true", "for", long)
		})
	cmd.Flags().StringVar(&long, "for", "", "let the connection write without asking for so long: 10m, 30m, 1h or today")
	cmd.Flags().BoolVar(&always, "always", false, "let the connection write without asking from now on")
	opposed(cmd, "for", "always")
	return cmd
}

func (c *command) refuseChangeCommand() *cobra.Command {
	word := ""
	cmd := c.remote("refuse-change ID", "Say no to a change that waits", exactly(1, "the ID of a change that waits"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			return doAndSay(cmd, client, "changes/answer", "id", args[0], "yes", "false", "word", word)
		})
	cmd.Flags().StringVar(&word, "word", "", "what the assistant is told with it")
	return cmd
}
