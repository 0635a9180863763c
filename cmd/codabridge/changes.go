package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
)

func (c *command) changesCommand() *cobra.Command {
	asJSON, since, connection, limit := false, "", "", 50
	cmd := c.remote("changes", "List what assistants changed, the last first", noArguments,
		func(cmd *cobra.Command, client *control.Client, _ []string) error {
			var answer struct {
				Changes []app.Change
				More    bool
			}
			if limit < 1 {
				return usageError{wanted("--limit with a number from 1 on")}
			}
			err := client.Do(cmd.Context(), "changes/list", &answer, "since", since, "connection", connection, "limit", fmt.Sprint(limit))
			if err != nil {
				return err
			}
			if asJSON {
				return indented(cmd.OutOrStdout(), answer.Changes)
			}
			return printChanges(cmd.OutOrStdout(), answer.Changes, answer.More)
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().StringVar(&since, "since", "", "from when on: 30m, 2h, 3d, 14:05, 2026-11-27, 2026-11-27T14:05, today, yesterday")
	cmd.Flags().StringVar(&connection, "connection", "", "of this connection only, by its ID or name")
	cmd.Flags().IntVar(&limit, "limit", limit, "at most so many")
	cmd.AddCommand(c.showChangeCommand(), c.changesSwitchCommand("off", "Keep no record of changes, and remove it", "The record of changes is off and removed."),
		c.changesSwitchCommand("on", "Keep a record of each change, with how it was before", "Each change is recorded from now on."))
	return cmd
}

func indented(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func printChanges(out io.Writer, all []app.Change, more bool) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "Nothing was changed.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tTIME\tCONNECTION\tTOOL\tDOC\tSTATE\tWHAT")
	for _, e := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", printable(e.ID), e.Time.Local().Format(time.DateTime), printable(e.Client), printable(e.Tool),
			printable(e.DocName), stateWords(e), printable(e.Sentence))
	}
	if more {
		fmt.Fprintln(w, "\nThere are more; --limit shows them.")
	}
	return w.Flush()
}

// stateWords is the state of a change, and whether it can be put back.
func stateWords(e app.Change) string {
	if e.Never != "" && e.State != "failed" {
		return string(e.State) + ", cannot be put back"
	}
	return string(e.State)
}

func (c *command) showChangeCommand() *cobra.Command {
	asJSON := false
	cmd := c.remote("show ID", "Show how it was before a change, what was written, and how it is now", exactly(1, "the ID of a change"),
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			var answer struct{ Change app.ChangeDetail }
			if err := client.Do(cmd.Context(), "changes/show", &answer, "id", args[0]); err != nil {
				return err
			}
			if asJSON {
				return indented(cmd.OutOrStdout(), answer.Change)
			}
			return printChange(cmd.OutOrStdout(), answer.Change)
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printChange(out io.Writer, d app.ChangeDetail) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{{"change", d.ID}, {"what", d.Sentence}, {"by", d.Client + " with " + d.Tool}, {"doc", d.DocName}, {"link", d.Link},
		{"time", d.Time.Local().Format(time.DateTime)}, {"state", stateWords(d.Entry)}, {"", d.Trouble}, {"puts back", d.Undoes}} {
		if line[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", line[0], printable(line[1]))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	printParts(out, wasWritten, d.Parts)
	for _, n := range append(d.Notes, d.Asks...) {
		fmt.Fprintln(out, printable(n))
	}
	return nil
}

// wasWritten is what printParts says of how a change left something.
const wasWritten = "written:"

// printParts shows the things of a change: before, after, and now where that is
// neither.
func printParts(out io.Writer, after string, parts []app.ChangePart) {
	for _, p := range parts {
		fmt.Fprintf(out, "\n%s\n", printable(p.Name))
		show := func(mark, text string) {
			for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
				if line != "" {
					fmt.Fprintf(out, "  %s %s\n", mark, printable(line))
				}
			}
		}
		show("before: ", p.Before)
		show(after, p.After)
		if p.Changed {
			show("now:    ", cmp.Or(p.Now, "(empty)"))
		}
	}
	fmt.Fprintln(out)
}

func (c *command) changesSwitchCommand(use, short, done string) *cobra.Command {
	return c.remote(use, short, noArguments, func(cmd *cobra.Command, client *control.Client, _ []string) error {
		if err := client.Do(cmd.Context(), "changes/enabled", nil, "on", fmt.Sprint(use == "on")); err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), done)
		return nil
	})
}

// errNotBack ends undo with exit code 1 when something is not put back.
var errNotBack = errors.New("not everything is put back; the lines above say what is")

func (c *command) undoCommand() *cobra.Command {
	yes := false
	cmd := c.remote("undo ID…", "Put changes back, in the order given; it asks where something was changed since or would be lost", atLeastOne,
		func(cmd *cobra.Command, client *control.Client, args []string) error {
			in, out := bufio.NewReader(cmd.InOrStdin()), cmd.OutOrStdout()
			failed := false
			args = app.EachOnce(args)
			for _, id := range args {
				how := ""
				if yes {
					how = "all"
				}
				done, err := undoOne(cmd, client, in, out, id, how)
				if err != nil && (len(args) == 1 || errors.Is(err, control.ErrNotRunning) || cmd.Context().Err() != nil) {
					return err
				}
				if err != nil { // the others are gone on with
					fmt.Fprintf(out, "%s: %s\n", printable(id), printable(err.Error()))
				}
				failed = failed || !done
			}
			if failed {
				return errNotBack
			}
			return nil
		})
	cmd.Flags().BoolVar(&yes, "yes", false, "ask nothing and put everything back")
	return cmd
}

func atLeastOne(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{wanted("the ID of a change, or several")}
	}
	return nil
}

// undoOne puts one change back, after the owner's answer where there is a
// question.
func undoOne(cmd *cobra.Command, client *control.Client, in *bufio.Reader, out io.Writer, id, how string) (done bool, err error) {
	for {
		var answer struct{ Results []app.UndoResult } // a new one each time: decoding keeps what it does not find
		if err := client.Do(cmd.Context(), "changes/undo", &answer, "id", id, "how", how); err != nil {
			return false, err
		}
		if len(answer.Results) != 1 {
			return false, fmt.Errorf("the running instance said nothing of %s", printable(id))
		}
		r := answer.Results[0]
		if r.Question == nil {
			fmt.Fprintf(out, "%s: %s\n", printable(r.ID), printable(r.Sentence))
			return r.Done, nil
		}
		fmt.Fprintf(out, "%s:\n", printable(r.ID))
		printParts(out, wasWritten, r.Question.Parts)
		for _, ask := range r.Question.Asks {
			fmt.Fprintln(out, printable(ask))
		}
		fmt.Fprint(out, "Put back everything (y), only what was not changed since (r), or nothing (n)? ")
		line, _ := in.ReadString('\n')
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			how = "all"
		case "r", "rest":
			how = "rest"
		default:
			fmt.Fprintln(out, "Nothing was put back.")
			return false, nil
		}
	}
}
