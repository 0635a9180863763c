package desktest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Stub is a program that only writes down how it was called.
type Stub struct {
	// Dir is the folder to put first in PATH.
	Dir string
	log string
}

// StartStub makes a program of that name (xdg-open, say), a shell script that
// then ends with the given exit code. It is for Unix.
func StartStub(t testing.TB, name string, exit string) *Stub {
	t.Helper()
	s := &Stub{Dir: t.TempDir()}
	s.log = filepath.Join(s.Dir, "calls.log")
	script := "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\" >> '" + s.log + "'; done\necho noise; echo noise >&2\nexit " + exit + "\n"
	if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

// Path is PATH with the stub first.
func (s *Stub) Path() string {
	return s.Dir + string(os.PathListSeparator) + os.Getenv("PATH")
}

// Args are the arguments that the stub got so far, of all calls in a row. One
// that is just being written is not among them yet.
func (s *Stub) Args() []string {
	b, err := os.ReadFile(s.log)
	end := strings.LastIndexByte(string(b), '\n')
	if err != nil || end < 0 {
		return nil
	}
	return strings.Split(string(b[:end]), "\n")
}

// Next waits for the first argument.
func (s *Stub) Next(t testing.TB) string {
	t.Helper()
	return s.Arg(t, 0)
}

// Arg waits for an argument by its number, from 0, of all calls in a row.
func (s *Stub) Arg(t testing.TB, number int) string {
	t.Helper()
	Eventually(t, "the stub is called", func() bool { return len(s.Args()) > number })
	return s.Args()[number]
}
