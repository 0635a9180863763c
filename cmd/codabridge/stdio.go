package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app"
)

func (c *command) stdioCommand() *cobra.Command {
	demo, client := false, ""
	cmd := &cobra.Command{
		Use: "stdio", Short: "What Claude Desktop and other programs on this computer start by themselves (MCP over stdio)", Args: noArguments,
		Long: "Serves MCP over standard input and output, for Claude Desktop and other programs on this computer.\n" +
			"While codabridge runs with the same data folder, it answers, and the program shows among its connections;\n" +
			"else this process answers by itself. It moves over when codabridge starts or ends.",
	}
	cmd.Flags().StringVar(&client, "client", "", "what to call the program at the other end, instead of the name it gives itself")
	cmd.Flags().BoolVar(&demo, "demo", false, "on the built-in sample workspace")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if demo && c.root.PersistentFlags().Changed("coda-url") {
			return errOwnCoda
		}
		cfg, err := c.config("")
		if err != nil {
			return err
		}
		cfg.Demo = demo
		c.typeFor("codabridge", cfg.DataDir)
		over := make(chan error, 1)
		go func() {
			over <- app.Stdio(cmd.Context(), app.StdioOptions{
				Config: cfg, Version: version, Client: client, Log: logger(), In: os.Stdin, Out: os.Stdout,
			})
		}()
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
