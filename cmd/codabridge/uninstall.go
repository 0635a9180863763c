package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"codabridge/app"
)

func (c *command) quitCommand() *cobra.Command {
	return &cobra.Command{
		Use: "quit", Short: "End the running codabridge", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := c.standing()
			if err == nil {
				err = app.EndInstance(cmd.Context(), dir)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "codabridge has ended.")
			return err
		},
	}
}

func (c *command) uninstallCommand() *cobra.Command {
	yes := false
	cmd := &cobra.Command{
		Use: "uninstall", Short: "Remove everything of codabridge from this computer but the program itself", Args: noArguments,
		Long: "Ends the running codabridge and removes the start at login, our entries in the settings of other programs,\n" +
			"the tokens in the keyring and the data folder. Each is named and asked for, unless --yes is given.",
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "remove all of it without asking")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := c.looking()
		if err != nil {
			return err
		}
		all := app.Leavings(cmd.Context(), cfg)
		kept, err := removeEach(cmd, all, yes)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		switch {
		case len(all) == 0:
			fmt.Fprintln(out, "Nothing of codabridge was found on this computer.")
		case len(kept) == 0:
			fmt.Fprintln(out, "Nothing of codabridge is left here but the program itself.")
		default:
			fmt.Fprintln(out, "What you said no to stays: "+printable(strings.Join(kept, "; "))+".")
		}
		_, err = fmt.Fprintf(out, "The program is %s: remove it as you installed it. In ChatGPT and Claude, delete the connection too.\n", printable(app.OwnProgram()))
		return err
	}
	return cmd
}

// removeEach asks for each thing and removes it. A running instance that stays
// keeps its data folder.
func removeEach(cmd *cobra.Command, all []app.Leaving, yes bool) (kept []string, err error) {
	answers := bufio.NewReader(cmd.InOrStdin())
	var faults []error
	running := false
	for _, l := range all {
		if l.Part == app.PartData && running {
			kept = append(kept, l.What)
			continue
		}
		if !yes {
			agreed, err := agree(cmd, answers, l)
			if err != nil {
				return nil, errors.Join(append(faults, err)...)
			}
			if !agreed {
				running = running || l.Part == app.PartRunning
				kept = append(kept, l.What)
				continue
			}
		}
		if err := l.Remove(cmd.Context()); err != nil {
			running = running || l.Part == app.PartRunning
			faults = append(faults, fmt.Errorf("not removed: %s: %w", l.What, err))
			continue
		}
		fmt.Fprintln(cmd.OutOrStdout(), "Removed: "+printable(l.What)+".")
	}
	return kept, errors.Join(faults...)
}

// agree asks for one thing. Whoever answers nothing has not agreed, and is told
// how to say yes to all.
func agree(cmd *cobra.Command, answers *bufio.Reader, l app.Leaving) (bool, error) {
	fmt.Fprintf(cmd.OutOrStdout(), "Remove %s? [y/N] ", printable(l.What))
	line, err := unlessStopped(cmd.Context(), func() (string, error) { return answers.ReadString('\n') })
	if err != nil && line == "" {
		return false, errors.New("nobody answered; what was not asked for stays. To remove everything without questions: codabridge uninstall --yes")
	}
	return slices.Contains([]string{"y", "yes"}, strings.ToLower(line)), nil
}
