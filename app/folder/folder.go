// Package folder finds the program's data folder, and touches nothing. It is
// needed before all else, so it imports next to nothing.
package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// name is what the folder is called among those of other programs.
const name = "codabridge"

// Find gives the absolute path of the data folder: given, or the place where this
// system keeps such folders when given is empty. The folder may be missing or
// open to others.
func Find(given string) (string, error) {
	dir := given
	if dir == "" {
		home, err := os.UserHomeDir()
		dir = usual(runtime.GOOS, os.Getenv, home)
		if (err != nil || !filepath.IsAbs(home)) && !filepath.IsAbs(dir) {
			return "", errors.New("it is not known where your home is, so where the data folder is neither; give one with --data-dir")
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return dir, nil
}

// usual is $XDG_DATA_HOME/codabridge (XDG Base Directory
// Specification), or what macOS and Windows have instead.
func usual(goos string, getenv func(string) string, home string) string {
	switch goos {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", name)
	case "windows":
		if local := getenv("LOCALAPPDATA"); local != "" {
			return filepath.Join(local, name)
		}
		return filepath.Join(home, "AppData", "Local", name)
	}
	if data := getenv("XDG_DATA_HOME"); filepath.IsAbs(data) { // a relative one is to be ignored
		return filepath.Join(data, name)
	}
	return filepath.Join(home, ".local", "share", name)
}
