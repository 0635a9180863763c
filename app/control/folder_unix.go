//go:build unix

package control

import (
	"io/fs"
	"os"
	"syscall"
)

// ownedByUs tells whether a folder belongs to the user of this process.
func ownedByUs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid()
}
