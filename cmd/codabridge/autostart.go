package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"codabridge/app"
)

func (c *command) autostartCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "autostart", Short: "Say whether codabridge is started when you log in; autostart on and off change that", Args: noArguments,
		Long: "Says whether the system starts codabridge, with its icon and without opening a page, when you log in.\n" +
			"It is off until you turn it on, here, on the page or in the menu. What your system's own settings have\n" +
			"switched off stays off.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.looking()
			if err != nil {
				return err
			}
			s := app.Autostart(cfg)
			said := "Start at login is on. Turn it off with: " + ours("autostart off")
			switch {
			case s.Note != "":
				said = "Start at login is " + map[bool]string{true: "on", false: "off"}[s.On] + ". " + printable(s.Note)
			case !s.On:
				said = "Start at login is off. Turn it on with: " + ours("autostart on")
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
	cmd.AddCommand(
		c.setAutostart("on", "Start codabridge when you log in", true, "codabridge starts when you log in."),
		c.setAutostart("off", "Do not start codabridge when you log in", false, "codabridge does not start when you log in."))
	return cmd
}

func (c *command) setAutostart(use, short string, on bool, done string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.looking()
			if err != nil {
				return err
			}
			if client, ok := running(cmd.Context(), cfg); ok {
				err = client.Do(cmd.Context(), "autostart", nil, "on", fmt.Sprint(on))
			} else {
				err = app.SetAutostart(cfg, on)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), done)
			return err
		},
	}
}
