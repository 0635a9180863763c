package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
)

// asked is what the flags of the command activity say.
type asked struct {
	connection, tool, doc, result, since, until string
	limit                                       int
	follow, asJSON, asCSV                       bool
}

func (c *command) activityCommand() *cobra.Command {
	var a asked
	cmd := &cobra.Command{
		Use: "activity", Short: "List what assistants did: who, when, which tool and doc, how it ended", Args: noArguments,
		Long: "Lists the calls that assistants made, over every way in, the oldest first. Contents are never kept.\n" +
			"The record goes back 30 days, or 100,000 calls.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.activity(cmd, a) },
	}
	f := cmd.Flags()
	f.BoolVarP(&a.follow, "follow", "f", false, "go on with each call as it is made")
	f.BoolVar(&a.asJSON, "json", false, "as JSON, one object a line")
	f.BoolVar(&a.asCSV, "csv", false, "as CSV")
	f.IntVarP(&a.limit, "lines", "n", 50, "how many of the latest; 0 for all")
	f.StringVar(&a.since, "since", "", "from when on: 30m, 2h, 3d, 14:05, 2026-11-27, 2026-11-27T14:05, today, yesterday")
	f.StringVar(&a.until, "until", "", "until when, in the same forms")
	f.StringVar(&a.connection, "connection", "", "of this connection only, by its ID or name")
	f.StringVar(&a.tool, "tool", "", "of this tool only")
	f.StringVar(&a.doc, "doc", "", "about this doc only, by its ID or name")
	f.StringVar(&a.result, "result", "", "that ended so: ok, error, refused, timeout, cancelled, fault")
	opposed(cmd, "json", "csv")
	opposed(cmd, "csv", "follow")
	return cmd
}

func (c *command) activity(cmd *cobra.Command, a asked) error {
	filter, err := app.FilterOf(a.field)
	if err != nil {
		return usageError{err}
	}
	if a.limit < 0 {
		return usageError{wanted("--lines with a number from 0 on; 0 is all")}
	}
	if a.limit == 0 || a.since != "" && !cmd.Flags().Changed("lines") {
		a.limit = 1 << 20
	}
	dir, err := c.standing()
	if err != nil {
		return err
	}
	show := a.shower(cmd.OutOrStdout())
	resp, err := control.NewClient(dir).Stream(cmd.Context(), "activity", a.fields()...)
	if errors.Is(err, control.ErrNotRunning) && !a.follow {
		calls, err := app.RecordedActivity(cmd.Context(), dir, filter, a.limit)
		if err != nil {
			return err
		}
		return show(func(take func(app.Call) error) error {
			for _, call := range calls {
				if err := take(call); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return show(func(take func(app.Call) error) error { return eachLine(cmd, resp.Body, take) })
}

// eachLine takes the calls of a stream until it or the command ends.
func eachLine(cmd *cobra.Command, body io.Reader, take func(app.Call) error) error {
	for lines := json.NewDecoder(body); ; {
		var call app.Call
		err := lines.Decode(&call)
		switch {
		case cmd.Context().Err() != nil || errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("the running instance broke off: %w", err)
		}
		if err := take(call); err != nil {
			return err
		}
	}
}

// field is what a filter asks for.
func (a asked) field(name string) string {
	return map[string]string{"connection": a.connection, "tool": a.tool, "doc": a.doc, "result": a.result, "since": a.since, "until": a.until}[name]
}

// fields are what the running instance is asked for.
func (a asked) fields() []string {
	return []string{"connection", a.connection, "tool", a.tool, "doc", a.doc, "result", a.result, "since", a.since, "until", a.until,
		"limit", strconv.Itoa(a.limit), "follow", strconv.FormatBool(a.follow)}
}

// shower is how calls are written.
func (a asked) shower(out io.Writer) func(each func(take func(app.Call) error) error) error {
	switch {
	case a.asJSON:
		return func(each func(func(app.Call) error) error) error { return app.WriteJSON(out, each) }
	case a.asCSV:
		return func(each func(func(app.Call) error) error) error { return app.WriteCSV(out, each) }
	}
	return func(each func(func(app.Call) error) error) error {
		some := false
		err := each(func(call app.Call) error {
			some = true
			_, err := fmt.Fprintln(out, lineOf(call))
			return err
		})
		if err == nil && !some && !a.follow {
			_, err = fmt.Fprintln(out, a.none())
		}
		return err
	}
}

// none says that there is no call.
func (a asked) none() string {
	if a.connection+a.tool+a.doc+a.result+a.since+a.until == "" {
		return "No assistant has called yet. What each of them does stands here from its first call on."
	}
	return "No call is noted for that. Without these flags, activity lists all that are."
}

// lineOf is a call as a person reads it; its columns stay where they are, since
// with --follow nobody knows how wide the next will be.
func lineOf(c app.Call) string {
	words := []string{c.Time.Local().Format(time.DateTime), padded(c.Name, 18), padded(c.Tool, 24), padded(c.Result, 9), fmt.Sprintf("%7.0f ms", c.Ms)}
	if doc := c.DocName; doc != "" || c.Doc != "" {
		words = append(words, padded(strings.TrimSpace(doc+" ("+c.Doc+")"), 0))
	}
	return strings.TrimRight(strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "  "), " ")
}

// padded is a name that comes from outside, at least so wide.
func padded(text string, width int) string {
	text = printable(text)
	if n := len([]rune(text)); n < width {
		text += strings.Repeat(" ", width-n)
	}
	return text
}
