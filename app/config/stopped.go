package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// stoppedName is an empty file in the data folder that is there while the owner
// has stopped the bridge. The database remembers it for the instance; this is
// for a stdio that runs without one.
const stoppedName = "stopped"

// Stopped tells whether the owner has stopped the bridge.
func (c Config) Stopped() bool {
	_, err := os.Stat(filepath.Join(c.DataDir, stoppedName))
	return err == nil
}

// SetStopped tells it to those who run without an instance.
func (c Config) SetStopped(on bool) error {
	path := filepath.Join(c.DataDir, stoppedName)
	if on {
		return writeFile(path, nil)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
