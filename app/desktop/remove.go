package desktop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"codabridge/server/fault"
)

// ourFiles are the names that we give to files of a data folder: databases with
// what belongs to them or was kept aside, the log, settings, socket and lock,
// links to the page, what shows that a program runs, and what the doctor tries to
// write. A backup that the owner
// has put there has a name of theirs, which may begin with ours.
var ourFiles = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\.?((state|index|changes)\.db|config\.json|codabridge\.(lock$|log)|codabridge-(open-.*\.html|restart\.log)$|` +
		`control\.sock|stopped$|paused$|activity-alone\.jsonl|before-restore-[0-9.-]+\.json$)|^\.doctor-|^stdio-[0-9a-z]{26}\.here$`)
})

// demoFolder is the folder of the demo inside the usual data folder.
const demoFolder = "demo"

// HasDataDir tells whether a data folder is there.
func HasDataDir(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// RemoveDataDir removes what is ours in a data folder, that of the demo with it,
// and the folder if nothing else is in it. left are the files of others, which
// stay.
func RemoveDataDir(dir string) (left []string, err error) {
	RemoveLinks(dir)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("desktop: remove data folder: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.Name() == demoFolder && e.IsDir() && isOurs(path):
			inside, err := RemoveDataDir(path)
			if err != nil {
				return nil, err
			}
			left = append(left, inside...)
		case !e.IsDir() && ourFiles().MatchString(e.Name()):
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("desktop: remove data folder: %w", err)
			}
		default:
			left = append(left, path)
		}
	}
	if len(left) > 0 {
		return left, nil
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("desktop: remove data folder: %w", err)
	}
	return nil, nil
}

// AwaitEnd waits until no program runs on a data folder, or ctx ends.
func AwaitEnd(ctx context.Context, dataDir string) error {
	if !HasDataDir(dataDir) {
		return nil
	}
	file := flock.New(filepath.Join(dataDir, lockName))
	if _, err := file.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return fmt.Errorf("desktop: wait for the end of codabridge: %w", err)
	}
	return file.Unlock()
}

// WriteNew writes a file that must not be there yet, for this user alone.
func WriteNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; give the name of a new file", path)
	}
	if err != nil {
		return fmt.Errorf("%q cannot be written: %w", path, fault.Reason(err))
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// largestRead is how many bytes ReadWhole takes.
const largestRead = 64 << 20

// ReadWhole reads a file that the owner has named.
func ReadWhole(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Reason(err)
	}
	if !info.Mode().IsRegular() || info.Size() > largestRead {
		return nil, fmt.Errorf("it is no file, or has more than %d MB", largestRead>>20)
	}
	return os.ReadFile(path)
}

// RemoveCopy removes a file that WriteNew has made.
func RemoveCopy(path string) { _ = os.Remove(path) }
