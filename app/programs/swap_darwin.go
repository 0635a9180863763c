package programs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// swap lets two files trade places in one step; false where the file system
// cannot.
func swap(a, b string) (bool, error) {
	err := unix.RenamexNp(a, b, unix.RENAME_SWAP)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EINVAL) {
		return false, nil
	}
	return err == nil, err
}
