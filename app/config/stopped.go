package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Empty files in the data folder that are there while the owner has stopped or
// paused the bridge. The database remembers it for the instance; these are for a
// stdio that runs without one.
const (
	stoppedName = "stopped"
	pausedName  = "paused"
)

// Stopped tells whether the owner has stopped the bridge.
func (c Config) Stopped() bool { return c.stands(stoppedName) }

// Paused tells whether the owner has paused it.
func (c Config) Paused() bool { return c.stands(pausedName) }

// SetStopped tells it to those who run without an instance.
func (c Config) SetStopped(on bool) error { return c.mark(stoppedName, on) }

// SetPaused tells it to those who run without an instance.
func (c Config) SetPaused(on bool) error { return c.mark(pausedName, on) }

func (c Config) stands(name string) bool {
	_, err := os.Stat(filepath.Join(c.DataDir, name))
	return err == nil
}

func (c Config) mark(name string, on bool) error {
	path := filepath.Join(c.DataDir, name)
	if on {
		return writeFile(path, nil)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
