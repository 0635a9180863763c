package desktop

import (
	"fmt"
	"io/fs"
	"os"
	"slices"

	"codabridge/app/folder"
	"codabridge/server/fault"
)

// ours are files by which a data folder is known as one.
var ours = []string{lockName, "config.json", "state.db"}

// DataDir returns the absolute path of the program's data folder: given, or
// the place where this system keeps such folders when given is empty. The
// folder is made if need be and is closed to other users (0700). A folder that
// is open to others and holds other things is refused, not closed: it may be
// somebody's home.
func DataDir(given string) (string, error) {
	dir, err := folder.Find(given)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("the data folder %s cannot be made: %w; give another with --data-dir", dir, fault.Reason(err))
	}
	if err := closeDir(dir); err != nil {
		return "", err
	}
	return dir, nil
}

func closeDir(dir string) error {
	open, err := OpenToOthers(dir)
	if err != nil {
		return fmt.Errorf("desktop: data folder: %w", err)
	}
	if !open {
		return nil
	}
	if !isOurs(dir) {
		return fmt.Errorf("the data folder %s is open to other users and holds other files; give an empty folder, or %s", dir, HowToClose(dir))
	}
	if err := closeToOthers(dir); err != nil {
		return fmt.Errorf("desktop: data folder: close to other users: %w", err)
	}
	return nil
}

// isOurs says that the folder is empty or was made by us.
func isOurs(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	return len(entries) == 0 || slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return slices.Contains(ours, e.Name())
	})
}
