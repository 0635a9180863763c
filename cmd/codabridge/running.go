package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app/control"
	"codabridge/app/desktop"
)

func (c *command) startCommand() *cobra.Command {
	return c.remote("start", "Start the bridge again after a Stop or a Pause, or after its tunnel gave up", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			if err := client.Do(cmd.Context(), "start", nil); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Started. Where it stands: %s\n", ours("status"))
			return err
		})
}

func (c *command) stopCommand() *cobra.Command {
	return c.remote("stop", "Let no assistant in until you start the bridge again; codabridge itself goes on", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			if err := client.Do(cmd.Context(), "stop", nil); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Stopped: no assistant gets in. Start it again with: %s\n", ours("start"))
			return err
		})
}

func (c *command) pauseCommand() *cobra.Command {
	return c.remote("pause", "Answer every call with that you have paused it; URL, tunnel and sign-ins stay, until start", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			if err := client.Do(cmd.Context(), "pause", nil); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Paused: assistants are told so and get nothing. Go on with: %s\n", ours("start"))
			return err
		})
}

func (c *command) restartCommand() *cobra.Command {
	cmd := c.remote("restart", "End the running codabridge and start it anew, as it was started", noArguments, nil)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		dir, err := c.standing()
		if err != nil {
			return err
		}
		client := control.NewClient(dir)
		var begun struct{ Process int }
		if err := client.Do(cmd.Context(), "restart", &begun); err != nil {
			return err
		}
		if err := c.awaitProcess(cmd.Context(), client, dir, begun.Process); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "codabridge has started anew. Where it stands: %s\n", ours("status"))
		return err
	}
	return cmd
}

// longestRestart is how long the new instance may take to answer.
const longestRestart = 40 * time.Second

// awaitProcess waits until the instance of this process answers; the error says
// what it ended with instead.
func (c *command) awaitProcess(ctx context.Context, client *control.Client, dir string, process int) error {
	ctx, cancel := context.WithTimeout(ctx, longestRestart)
	defer cancel()
	for {
		s, err := client.Status(ctx)
		if err == nil && s.Process == process {
			return nil
		}
		if why := desktop.RestartTrouble(dir); why != "" {
			return errors.New("codabridge has ended, and did not start anew: " + why)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("codabridge was started anew and has not answered within %d s; %s says why",
				int(longestRestart.Seconds()), ours("logs"))
		}
	}
}
