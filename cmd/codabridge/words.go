package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"codabridge/app/logs"
)

// unknownCommand is a word that was typed for a command.
type unknownCommand struct {
	name string
	near []string // commands whose names are written alike
}

func (u unknownCommand) Error() string {
	return fmt.Sprintf("there is no command %q%s", u.name, meant(u.near))
}

// meant asks whether one of several was meant.
func meant(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// wanted is what a command needs, or what a flag of it may be.
type wanted string

func (w wanted) Error() string { return "wanted: " + string(w) }

// typed makes a command that reaches the same instance, as it is typed.
type typed func(words string) string

// ours is typed for the data folder of this call.
func (c *command) ours(words string) string {
	if c.dataDir == "" {
		return "codabridge " + words
	}
	return "codabridge " + words + " --data-dir " + quoted(c.dataDir)
}

// inFolder is typed for a data folder that nobody named, and for a program
// that may not be on the PATH.
func inFolder(dir string) typed {
	return func(words string) string { return os.Args[0] + " " + words + " --data-dir " + quoted(dir) }
}

// quoted is a path as the shells of this system read it. Those of Windows take a
// backslash for what it is, and no file there has a quotation mark in its name.
func quoted(path string) string {
	if runtime.GOOS == "windows" {
		return `"` + path + `"`
	}
	return strconv.Quote(path)
}

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
