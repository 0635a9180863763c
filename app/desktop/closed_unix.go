//go:build unix

package desktop

import "os"

// OpenToOthers tells whether other users may do anything in a folder; the error
// is that of the system.
func OpenToOthers(dir string) (bool, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return false, err
	}
	return info.Mode().Perm()&0o077 != 0, nil
}

func closeToOthers(dir string) error { return os.Chmod(dir, 0o700) }

// HowToClose says what the owner does about a folder that is open to others.
func HowToClose(dir string) string { return "run: chmod 700 " + dir }
