package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"codabridge/app/control"
)

func (c *command) startCommand() *cobra.Command {
	return c.remote("start", "Start the bridge again after a Stop, or after its tunnel gave up", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			if err := client.Do(cmd.Context(), "start", nil); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Started. Where it stands: %s\n", c.ours("status"))
			return err
		})
}

func (c *command) stopCommand() *cobra.Command {
	return c.remote("stop", "Let no assistant in until you start the bridge again; codabridge itself goes on", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			if err := client.Do(cmd.Context(), "stop", nil); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Stopped: no assistant gets in. Start it again with: %s\n", c.ours("start"))
			return err
		})
}
