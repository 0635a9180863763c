package main

import (
	"os"
	"syscall"
)

// emptyRoot starts a process with root as its whole file system; who is not
// root does it in a user namespace of their own.
func emptyRoot(root string) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Chroot: root}
	if os.Getuid() != 0 {
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return a
}
