//go:build unix

package desktop

import "os"

// openToOthers tells whether other users may do anything in a folder.
func openToOthers(dir string) (bool, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return false, err
	}
	return info.Mode().Perm()&0o077 != 0, nil
}

func closeToOthers(dir string) error { return os.Chmod(dir, 0o700) }

func howToClose(dir string) string { return "run: chmod 700 " + dir }
