package main

import (
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"codabridge/app/desktop/desktest"
)

// TestStdioEndsOnSIGTERMWhileNobodyReads: the client hangs and reads no more,
// so the program hangs in a write, and its client's owner ends it.
func TestStdioEndsOnSIGTERMWhileNobodyReads(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	cmd := exec.Command(built, "stdio")
	cmd.Env, cmd.Stderr = p.env, &buffer{}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd.Stdout = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	write.Close()
	line := `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}` + "\n"
	stuck := make(chan error, 1)
	go func() { // goes on until it takes no more either
		for {
			if _, err := io.WriteString(in, line); err != nil {
				stuck <- err
				return
			}
		}
	}()
	desktest.Eventually(t, "a full pipe", func() bool {
		var waiting int32
		ioctl(t, read, syscall.TIOCINQ, &waiting)
		return waiting > 50_000 // of 65,536 in whole pages, which no answer fills to the end
	})
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // a program that does not end is killed with the whole test
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d: %v\n%s", code, cmd.ProcessState, cmd.Stderr)
	}
	<-stuck
}
