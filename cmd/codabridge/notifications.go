package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"codabridge/app/control"
)

func (c *command) notificationsCommand() *cobra.Command {
	return c.remote("notifications [KIND|all on|off]", "List what the desktop tells you, or switch one kind of it", noneOrSwitch,
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if len(args) == 2 {
				return doAndSay(cmd, client, "notifications", "kind", args[0], "on", fmt.Sprint(args[1] == "on"))
			}
			s, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, n := range s.Notifications {
				fmt.Fprintf(w, "%s\t%s\t%s\n", n.Kind, map[bool]string{true: "on", false: "off"}[n.On], printable(n.What))
			}
			return w.Flush()
		})
}

func noneOrSwitch(_ *cobra.Command, args []string) error {
	if len(args) == 0 || len(args) == 2 && (args[1] == "on" || args[1] == "off") {
		return nil
	}
	return usageError{wanted("nothing, or a kind of notification (or all) and on or off")}
}

func (c *command) updatesCommand() *cobra.Command {
	return c.remote("updates [on|off|check]", "Ask once a week whether there is a newer version, or now; nothing is downloaded", oneOfThree,
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			switch {
			case len(args) == 0:
			case args[0] == "check":
				return doAndSay(cmd, client, "updates/check")
			default:
				return doAndSay(cmd, client, "updates", "on", fmt.Sprint(args[0] == "on"))
			}
			s, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), printable(s.Updates.Sentence(s.Version)))
			return nil
		})
}

func oneOfThree(_ *cobra.Command, args []string) error {
	if len(args) == 0 || len(args) == 1 && (args[0] == "on" || args[0] == "off" || args[0] == "check") {
		return nil
	}
	return usageError{wanted("nothing, or on, off or check")}
}
