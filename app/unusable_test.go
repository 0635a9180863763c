package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"codabridge/app/config"
	store "codabridge/server/store/state"
)

// TestAStartThatTheDiskForbidsIsToldInWords: what to do, and where; without the
// words and numbers of the rooms below.
func TestAStartThatTheDiskForbidsIsToldInWords(t *testing.T) {
	t.Parallel()
	a := New(Options{Config: config.Config{DataDir: "/a/folder"}})
	for _, cause := range []error{store.ErrDiskFull, store.ErrReadOnly, store.ErrLocked} {
		err := a.unusable(fmt.Errorf("store: open database: %w (database or disk is full (13))", cause))
		said := err.Error()
		if !errors.Is(err, cause) || !strings.Contains(said, cause.Error()) || !strings.Contains(said, "/a/folder") || strings.Contains(said, "13") {
			t.Errorf("%q", said)
		}
	}
}
