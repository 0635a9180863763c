package programs

import (
	"errors"

	"golang.org/x/sys/windows"
)

// keepOwner does nothing: a new file has its rights from the folder.
func keepOwner(_, _ string) {}

// heldOpen says that another program has the file open.
func heldOpen(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}
