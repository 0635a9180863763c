package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"codabridge/app"
)

func (c *command) backupCommand() *cobra.Command {
	restore := false
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Write settings and connections into one file; with --restore, take them from it", Args: exactly(1, "the name of a file"),
		Long: "Writes settings and connections into one new file, or puts them back as that file has them. The tokens of\n" +
			"Coda and ngrok are in the keyring and not in it; of connections it holds what the database has, no token\n" +
			"that could be used. A connection that has renewed its sign-in since has to be approved again. To restore,\n" +
			"end codabridge first; what was there before goes into a file in the data folder.",
	}
	cmd.Flags().BoolVar(&restore, "restore", false, "take settings and connections from FILE")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := c.looking()
		if err != nil {
			return err
		}
		if !restore {
			if err := app.Backup(cmd.Context(), cfg, version, args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Settings and connections are in %s. The tokens of Coda and ngrok are not.\n", printable(args[0]))
			return err
		}
		dir, err := c.folder("")
		if err != nil {
			return err
		}
		cfg.DataDir = dir
		kept, err := app.Restore(cmd.Context(), cfg, version, args[0])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Settings and connections are those of %s. What was there before is in %s.\n", printable(args[0]), printable(kept))
		return err
	}
	return cmd
}
