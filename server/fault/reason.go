package fault

import (
	"errors"
	"io/fs"
)

// Reason is what is the matter with a file or folder, without the name of the
// call that failed and the path, which the sentence around it has. Other errors
// are their own reason.
func Reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
