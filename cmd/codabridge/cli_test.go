package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommands plays testdata/*.txtar: the commands as a person types them.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GOCOVERDIR", os.Getenv("CODABRIDGE_COVER"))
			e.Setenv("XDG_RUNTIME_DIR", e.WorkDir)
			e.Setenv("CODABRIDGE_DATA_DIR", filepath.Join(e.WorkDir, "data"))
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(e.WorkDir, "no-bus"))
			return os.Mkdir(filepath.Join(e.WorkDir, "data"), 0o700)
		},
	})
}

// exits runs a program and wants this exit code: exits CODE PROGRAM ARGS...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == want {
		return
	}
	ts.Fatalf("%v: %v, want exit code %d", args[1:], err, want)
}

func writeConfig(t *testing.T, p *program, text string) {
	t.Helper()
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
