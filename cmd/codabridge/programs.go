package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/control"
)

func (c *command) programsCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "programs", Short: "List the programs on this computer that codabridge can be connected to", Args: noArguments,
		Long: "Lists the programs on this computer that can use your docs over stdio, without a tunnel: Claude Desktop,\n" +
			"ChatGPT desktop and Codex, Claude Code, Cursor, VS Code, Windsurf, Zed, Gemini CLI, LM Studio, Goose.\n" +
			"connect puts one entry into the program's own settings, and disconnect takes it out again; what else stands\n" +
			"there stays as it is, and a copy lies beside the file while the program is connected.",
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		all, err := c.programs(cmd)
		if err != nil {
			return err
		}
		if asJSON {
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(all)
		}
		return printPrograms(cmd.OutOrStdout(), all)
	}
	cmd.AddCommand(
		c.changeProgram("connect NAME", "Put codabridge into the settings of a program", "programs/connect", app.ConnectProgram),
		c.changeProgram("disconnect NAME", "Take codabridge out of the settings of a program", "programs/disconnect", app.DisconnectProgram))
	return cmd
}

// running is the instance of the data folder, if one answers.
func running(ctx context.Context, cfg config.Config) (client *control.Client, ok bool) {
	client = control.NewClient(cfg.DataDir)
	_, err := client.Status(ctx)
	return client, err == nil
}

// programs asks the running instance, which knows who has come, and looks itself
// where there is none.
func (c *command) programs(cmd *cobra.Command) ([]app.ProgramState, error) {
	cfg, err := c.looking()
	if err != nil {
		return nil, err
	}
	s, err := control.NewClient(cfg.DataDir).Status(cmd.Context())
	if err != nil {
		return app.Programs(cfg), nil
	}
	return s.Programs, nil
}

func printPrograms(out io.Writer, all []app.ProgramState) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tPROGRAM\tSTATE\tFILE")
	var notes []string
	for _, p := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, printable(p.Title), printable(p.Sentence), printable(strings.Join(p.Files, ", ")))
		if p.Note != "" {
			notes = append(notes, p.Title+": "+p.Note)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(out, "\n"+printableLines(n))
	}
	_, err := fmt.Fprintf(out, "\nConnect one with: %s\n", ours("programs connect NAME"))
	return err
}

func (c *command) changeProgram(use, short, action string, alone func(config.Config, string) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: exactly(1, "the name of a program; codabridge programs lists them"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := c.looking()
			if err != nil {
				return err
			}
			var done struct{ Message string }
			if client, ok := running(cmd.Context(), cfg); ok {
				err = client.Do(cmd.Context(), action, &done, "name", args[0])
			} else {
				done.Message, err = alone(cfg, args[0])
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), printable(done.Message))
			return nil
		},
	}
}
