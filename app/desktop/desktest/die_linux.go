package desktest

import (
	"os/exec"
	"syscall"
)

// dieWithTest ends a service with the test program, also when that is killed
// or times out and no cleanup runs.
func dieWithTest(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
