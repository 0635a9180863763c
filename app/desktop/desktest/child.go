package desktest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Child is a run of the test's own program that stands for the real one, since
// a process has one environment and one tray. It is killed with its test.
type Child struct {
	Cmd *exec.Cmd
	In  io.WriteCloser // what it obeys
	// Out has what it says, a line each; it is closed when the child ends.
	Out chan string
	// Wrote is its standard error, to be read once it has ended.
	Wrote *strings.Builder
}

// StartChild runs the test's program with just this environment.
func StartChild(t *testing.T, env []string) *Child {
	t.Helper()
	c := &Child{Cmd: exec.Command(os.Args[0]), Out: make(chan string, 64), Wrote: &strings.Builder{}}
	c.Cmd.Env, c.Cmd.Stderr = env, c.Wrote
	var err error
	c.In, err = c.Cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	go func() {
		defer close(c.Out)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.Out <- lines.Text()
		}
	}()
	return c
}

// Kill ends the child as a crash would.
func (c *Child) Kill() {
	_ = c.Cmd.Process.Kill()
	_ = c.Cmd.Wait()
}

// Line waits for the next line of the child.
func (c *Child) Line(t *testing.T) string {
	t.Helper()
	select {
	case line, ok := <-c.Out:
		if !ok {
			t.Fatalf("the child ended: %s", c.Wrote)
		}
		return line
	case <-time.After(30 * time.Second):
		t.Fatal("the child says nothing")
	}
	return ""
}
