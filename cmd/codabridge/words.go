package main

import (
	"fmt"
	"strings"

	"codabridge/app/logs"
)

type unknownCommand string

func (u unknownCommand) Error() string { return fmt.Sprintf("there is no command %q", string(u)) }

type wanted string

func (w wanted) Error() string { return "wanted: " + string(w) }

// printable is text from outside (of docs, of Coda, of clients) as one line
// that a terminal only shows.
func printable(s string) string { return logs.Plain(s) }

// printableLines does the same for a text that may have several lines.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}
