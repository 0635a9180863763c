package main

import (
	"github.com/spf13/cobra"

	"codabridge/app/logs"
)

func (c *command) logsCommand() *cobra.Command {
	v := logs.View{}
	cmd := &cobra.Command{
		Use: "logs", Short: "Print the log: who was let in, who was refused and why", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if v.Lines < 0 {
				return usageError{wanted("--lines with a number from 0 on")}
			}
			dir, err := c.folder("")
			if err != nil {
				return err
			}
			return logs.Show(cmd.Context(), cmd.OutOrStdout(), dir, v)
		},
	}
	cmd.Flags().IntVarP(&v.Lines, "lines", "n", 100, "the last so many lines; 0 means all of the newest file")
	cmd.Flags().BoolVarP(&v.Follow, "follow", "f", false, "go on with new lines")
	cmd.Flags().BoolVar(&v.JSON, "json", false, "as JSON lines")
	return cmd
}
