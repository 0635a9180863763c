package desktop

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockName is the file in the data folder that the running program holds.
const lockName = "codabridge.lock"

// ErrLocked says that another program already runs on this data folder.
var ErrLocked = errors.New("codabridge is already running with this data folder")

// Held is a lock that is held.
type Held struct{ file *flock.Flock }

// Release gives the lock back. The file stays, so that two programs can never
// hold two files of the same name.
func (h *Held) Release() { _ = h.file.Unlock() }

// Lock makes this the only program on the data folder until Release is called
// or the process ends, however it ends. The error wraps ErrLocked, and names
// the folder, when there is another one.
func Lock(dataDir string) (*Held, error) {
	file := flock.New(filepath.Join(dataDir, lockName))
	got, err := file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("desktop: lock %s: %w", dataDir, err)
	}
	if !got {
		return nil, fmt.Errorf("%w: %s", ErrLocked, dataDir)
	}
	return &Held{file}, nil
}
