package programs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// swap lets two files trade places in one step; false where the file system
// cannot.
func swap(a, b string) (bool, error) {
	return traded(unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE))
}

func traded(err error) (bool, error) {
	for _, cannot := range []error{unix.EINVAL, unix.ENOSYS, unix.ENOTSUP, unix.EPERM} {
		if errors.Is(err, cannot) {
			return false, nil
		}
	}
	return err == nil, err
}
