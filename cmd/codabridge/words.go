package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"codabridge/app/folder"
	"codabridge/app/logs"
	"codabridge/server/fault"
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

// ours is a command that reaches the instance of this call, as it is typed.
func ours(words string) string { return fault.Typed("codabridge " + words) }

// typeFor has every sentence name commands as they reach the instance of a data
// folder: as they are for the usual one. Program is how they call the program.
func (c *command) typeFor(program, dir string) {
	usual, err := folder.Find("")
	if err == nil && dir == usual {
		return
	}
	start := ""
	if dir == filepath.Join(usual, demoFolder) {
		start = "codabridge demo"
	}
	fault.TypeCommands(shellWord(program), commandPaths(c.root), " --data-dir "+quoted(dir), start)
}

// commandPaths are the commands below one, as they are typed behind it.
func commandPaths(cmd *cobra.Command) (paths []string) {
	for _, sub := range cmd.Commands() {
		paths = append(paths, sub.Name())
		for _, further := range commandPaths(sub) {
			paths = append(paths, sub.Name()+" "+further)
		}
	}
	return paths
}

// quoted is a path as the shells of this system read it, from the home folder where
// it is below that: what assistants are told names nobody. Shells of Windows take a
// backslash for what it is, and no file there has a quotation mark in its name.
func quoted(path string) string {
	if runtime.GOOS == "windows" {
		return `"` + path + `"`
	}
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")
	home, err := os.UserHomeDir()
	below, isBelow := strings.CutPrefix(path, home+"/")
	if err == nil && home != "" && home != "/" && isBelow {
		return `"$HOME/` + escaped.Replace(below) + `"`
	}
	return `"` + escaped.Replace(path) + `"`
}

// shellWord is a path in quotation marks where it would be more than one word.
func shellWord(path string) string {
	if strings.ContainsAny(path, " \t$`\"'&|;<>()*?[]!#~") {
		return quoted(path)
	}
	return path
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
