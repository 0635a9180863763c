// Command codabridge connects the owner's Coda docs with ChatGPT, Claude and
// other assistants. Modes and wiring are here; everything else is in app,
// server and tunnel.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"codabridge/app/config"
	"codabridge/app/control"
	_ "codabridge/app/early" // carries the lines of a joined stdio before all else is made
	"codabridge/app/joining"
	"codabridge/app/logs"
	"codabridge/server/fault"
)

// version is this program's.
var version = joining.Version

// Exit codes.
const (
	exitFailed     = 1
	exitUsage      = 2
	exitNotRunning = 3
)

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	os.Exit(run(os.Args[1:]))
}

// memoryLimit is where the garbage collector begins to work harder, in bytes:
// a tray app that was busy once should not keep what it needed then.
const memoryLimit = 128 << 20

// run is main with a way to return; it turns errors into exit codes.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(logs.Screen(os.Stdout))
	root.SetErr(logs.Screen(os.Stderr))
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	var want wanted
	var flag config.FlagError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSaid):
		return exitFailed
	case errors.As(err, &want):
		fmt.Fprintf(os.Stderr, "%s wants %s.\nSee: %s\n", cmd.CommandPath(), printableLines(string(want)), helpOn(cmd))
		return exitUsage
	case errors.As(err, &usage) || errors.As(err, &flag) || fault.Is(err, fault.CodeInput):
		fmt.Fprintf(os.Stderr, "codabridge: %s\nSee: %s\n", spoken(err), helpOn(cmd))
		return exitUsage
	case errors.Is(err, control.ErrNotRunning):
		fmt.Fprintln(os.Stderr, named(err))
		return exitNotRunning
	}
	fmt.Fprintln(os.Stderr, named(err))
	return exitFailed
}

// named is an error with the name of the program before it, once.
func named(err error) string {
	return "codabridge: " + strings.TrimPrefix(spoken(err), "codabridge ")
}

// spoken is an error as a terminal shows it.
func spoken(err error) string { return printableLines(fault.Typed(err.Error())) }

// helpOn is what shows the help of a command.
func helpOn(cmd *cobra.Command) string {
	_, words, _ := strings.Cut(cmd.CommandPath(), " ")
	if words == "help" {
		words = ""
	}
	return strings.TrimSpace("codabridge help " + words)
}

// usageError is an error in how the command was typed.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// plainFlag is the error of a flag without the words of libraries.
func plainFlag(err error) error {
	said, number, _ := strings.Cut(err.Error(), ": strconv.")
	if m := badValue().FindStringSubmatch(said); m != nil && number != "" {
		kind := "a whole number"
		if strings.HasPrefix(number, "ParseBool") {
			kind = "true or false"
		}
		return fmt.Errorf("%s wants %s, not %q", m[2], kind, m[1])
	}
	if m := badValue().FindStringSubmatch(said); m != nil {
		return fmt.Errorf("%s: %s", m[2], m[3])
	}
	return errors.New(said)
}

// badValue parts what pflag says of a value: the value, the flag, and why.
var badValue = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^invalid argument "(.*)" for "(?:-\w, )?(--[a-z-]+)" flag(?:: )?(.*)$`)
})
