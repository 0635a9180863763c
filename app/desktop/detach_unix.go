//go:build !windows

package desktop

import (
	"os/exec"
	"syscall"
)

// detach gives a child a session of its own, so that Ctrl-C in our terminal
// does not close the owner's browser.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// setFree is detach for a child that outlives us.
func setFree(cmd *exec.Cmd) { detach(cmd) }
