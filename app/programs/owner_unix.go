//go:build !windows

package programs

import (
	"os"
	"syscall"
)

// keepOwner gives a file the owner and group of another, as far as this user
// may.
func keepOwner(of, to string) {
	info, err := os.Stat(of)
	if err != nil {
		return
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(to, int(s.Uid), int(s.Gid))
	}
}

// heldOpen: here nobody is in the way of a rename.
func heldOpen(error) bool { return false }
