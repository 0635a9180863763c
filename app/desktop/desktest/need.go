package desktest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for something that has to happen.
const patience = 30 * time.Second

// Need skips the test unless program is in PATH (or, for a name with a slash,
// is there), with the phrase "needs PROGRAM: PACKAGE", where pkg is the Debian
// package that has it. With CODABRIDGE_TEST_NOSKIP=1 it fails instead. It
// returns the program's path.
func Need(t testing.TB, program, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if file, err := os.Stat(program); err == nil && strings.Contains(program, "/") && file.Mode().IsRegular() {
		return program // no program, but there
	}
	if os.Getenv("CODABRIDGE_TEST_NOSKIP") == "1" {
		t.Fatalf("needs %s: %s", program, pkg)
	}
	t.Skipf("needs %s: %s", program, pkg)
	return ""
}

// Eventually looks until f is true, and fails the test when that takes longer
// than patience. It is for things that give no event. It looks after 5 ms, and
// then less often, since each look keeps a processor from what it waits for.
func Eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	pause := 5 * time.Millisecond
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pause) {
		if f() {
			return
		}
		pause = min(pause+pause/2, 40*time.Millisecond)
	}
	t.Fatalf("not within %v: %s", patience, what)
}

// start runs a service until the test ends.
func start(t testing.TB, cmd *exec.Cmd) (stop func()) {
	t.Helper()
	dieWithTest(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := false
	stop = func() {
		if !done {
			done = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(stop)
	return stop
}
