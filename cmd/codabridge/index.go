package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"codabridge/app"
	"codabridge/app/control"
)

func (c *command) indexCommand() *cobra.Command {
	const what = "status, rebuild, pause, resume, off, on, exclude, include"
	cmd := &cobra.Command{Use: "index", Short: "The search index: " + what, Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return usageError{wanted("one of " + what)} }}
	cmd.AddCommand(c.indexStatusCommand(), c.indexRebuildCommand(),
		c.indexSwitchCommand("pause", "Read no more for now; search goes on with what is there", "The index stays as it is. Go on with: %s", "index resume", "index/pause", true),
		c.indexSwitchCommand("resume", "Go on reading after a pause", "It goes on; %s shows how far it is.", "index status", "index/pause", false),
		c.indexSwitchCommand("off", "Switch the index off and remove it", "The index is off and removed.", "", "index/enabled", false),
		c.indexSwitchCommand("on", "Switch the index on", "The index is on and being made; %s shows how far it is.", "index status", "index/enabled", true),
		c.indexExcludeCommand("exclude DOC", "Leave a doc out of the index; DOC is its id or link", true),
		c.indexExcludeCommand("include DOC", "Let a doc into the index again; DOC is its id or link", false))
	return cmd
}

func (c *command) indexStatusCommand() *cobra.Command {
	all := false
	cmd := c.remote("status", "Say how complete the index is; on a terminal, watch until it is", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			if all {
				var s app.IndexState
				if err := client.Do(cmd.Context(), "index", &s); err != nil {
					return err
				}
				return printIndex(cmd.OutOrStdout(), s)
			}
			watch := isTerminal(cmd.OutOrStdout())
			for {
				s, err := client.Status(cmd.Context())
				if err != nil {
					return err
				}
				if !watch || s.Index.Work == "" || s.Index.Trouble != "" {
					return printIndex(cmd.OutOrStdout(), s.Index)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "\r\x1b[K%s", progressBar(s.Index))
				select {
				case <-cmd.Context().Done():
					fmt.Fprintln(cmd.OutOrStdout())
					return nil
				case <-time.After(time.Second):
				}
				fmt.Fprint(cmd.OutOrStdout(), "\r\x1b[K")
			}
		})
	cmd.Flags().BoolVar(&all, "all", false, "list all docs, not only those changed last, and do not watch")
	return cmd
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// progressBar is one line that fits a terminal of 80 columns.
func progressBar(s app.IndexState) string {
	done := s.Percent * 30 / 100
	line := fmt.Sprintf("[%s%s] %3d %%", strings.Repeat("#", done), strings.Repeat(".", 30-done), s.Percent)
	if left := s.Left(); left != "" {
		line += ", " + left + " left"
	}
	return line
}

func printIndex(out io.Writer, s app.IndexState) error {
	if !s.Enabled {
		_, err := fmt.Fprintln(out, "The index is off: search finds names only. Switch it on with: "+ours("index on"))
		return err
	}
	fmt.Fprintln(out, progressBar(s))
	if s.Paused {
		fmt.Fprintln(out, "Paused. Go on with: "+ours("index resume"))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "pages\t%d of %d\n", s.PagesRead, s.Pages)
	fmt.Fprintf(w, "tables\t%d of %d, %d rows\n", s.TablesRead, s.Tables, s.Rows)
	fmt.Fprintf(w, "docs\t%d, %d not readable, %d left out\n", s.Docs, s.Skipped, s.Excluded)
	fmt.Fprintf(w, "on the disk\t%s\n", s.Size())
	if !s.Oldest.IsZero() {
		fmt.Fprintf(w, "oldest\t%s\n", s.Oldest.Local().Format(time.DateTime))
	}
	for _, line := range []string{s.Work, s.Trouble, s.Notice} {
		if line != "" {
			fmt.Fprintf(w, "\t%s\n", printable(line))
		}
	}
	fmt.Fprintln(w, "\nID\tDOC\tPAGES\tROWS\t")
	for _, d := range s.Documents {
		state := d.Problem
		switch {
		case d.Unseen:
			state = "left out; not seen yet"
		case d.Excluded:
			state = "left out"
		}
		fmt.Fprintf(w, "%s\t%s\t%d/%d\t%d\t%s\n", printable(d.ID), printable(d.Name), d.PagesRead, d.Pages, d.Rows, printable(state))
	}
	if err := w.Flush(); err != nil || s.More == 0 {
		return err
	}
	_, err := fmt.Fprintf(out, "\nThese are %d of %d docs, those changed last. All of them: %s\n", len(s.Documents), s.Known(), ours("index status --all"))
	return err
}

func (c *command) indexRebuildCommand() *cobra.Command {
	return c.remote("rebuild [DOC]", "Make the index anew, or read one doc again", atMostOneDoc,
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			if err := client.Do(cmd.Context(), "index/rebuild", nil, "doc", strings.Join(args, "")); err != nil {
				return err
			}
			done := "It is being made anew; " + ours("index status") + " shows how far it is."
			if len(args) == 1 {
				done = "It is being read again."
			}
			fmt.Fprintln(cmd.OutOrStdout(), done)
			return nil
		})
}

func atMostOneDoc(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{wanted("at most one id of a doc")}
	}
	return nil
}

func (c *command) indexSwitchCommand(use, short, done, next, action string, on bool) *cobra.Command {
	return c.remote(use, short, noArguments, func(cmd *cobra.Command, client *control.Client, _ []string) error {
		if err := client.Do(cmd.Context(), action, nil, "on", fmt.Sprint(on)); err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), strings.ReplaceAll(done, "%s", ours(next)))
		return nil
	})
}

func (c *command) indexExcludeCommand(use, short string, on bool) *cobra.Command {
	return c.remote(use, short, exactly(1, "the id of a doc; codabridge index status --all lists them"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			var done struct{ Message string }
			if err := client.Do(cmd.Context(), "index/exclude", &done, "doc", args[0], "on", fmt.Sprint(on)); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), printable(done.Message))
			return nil
		})
}
