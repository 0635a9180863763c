package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app"
)

func (c *command) stdioCommand() *cobra.Command {
	demo := false
	cmd := &cobra.Command{
		Use: "stdio", Short: "Serve MCP over standard input and output, for Claude Desktop and the like", Args: noArguments,
	}
	cmd.Flags().String("client", "", "what to call the program at the other end, instead of the name it gives itself")
	cmd.Flags().BoolVar(&demo, "demo", false, "on the built-in sample workspace")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := c.config("")
		if err != nil {
			return err
		}
		cfg.Demo = demo
		over := make(chan error, 1)
		go func() { over <- app.Stdio(cmd.Context(), cfg, version, logger(), os.Stdin, os.Stdout) }()
		select {
		case err := <-over:
			return err
		case <-cmd.Context().Done():
		}
		select {
		case err := <-over:
			return err
		case <-time.After(time.Second): // a write that nobody reads cannot be interrupted
			return nil
		}
	}
	return cmd
}
