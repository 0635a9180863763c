package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"codabridge/app/desktop/desktest"
)

// terminal is a terminal of a test's own: what a person types, and what the
// program at its other end has for a terminal (pts(4)).
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	var locked, number int32
	ioctl(t, person, syscall.TIOCSPTLCK, &locked)
	ioctl(t, person, syscall.TIOCGPTN, &number)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// ioctl asks the kernel something about a file, or tells it.
func ioctl(t *testing.T, f *os.File, request uintptr, value *int32) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
		t.Fatal(errno)
	}
}

// TestCtrlCEndsTheQuestionForAToken: at the prompt a person may have second
// thoughts, and has no other way out that stores nothing.
func TestCtrlCEndsTheQuestionForAToken(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	person, end := terminal(t)
	cmd := exec.Command(built, "login", "coda")
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.env, end, end, end
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	said := &buffer{}
	go func() {
		b := make([]byte, 1024)
		for n, err := person.Read(b); err == nil; n, err = person.Read(b) {
			said.Write(b[:n])
		}
	}()
	desktest.Eventually(t, "the prompt", func() bool { return strings.Contains(said.String(), "Paste the coda token") })
	if _, err := person.WriteString("half a tok\x03"); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	desktest.Eventually(t, "what it did", func() bool { return strings.Contains(said.String(), "nothing was stored") })
}
