package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Errors a caller may want to tell apart. Each is a sentence for the owner.
var (
	// ErrDiskFull: nothing was changed.
	ErrDiskFull = errors.New("the disk is full or takes no more: free some space and try again")
	// ErrReadOnly: nothing was changed.
	ErrReadOnly = errors.New("the data folder cannot be written: check its permissions")
	// ErrLocked: another program holds the database.
	ErrLocked = errors.New("another program is using the database: close it and try again")
	// ErrBusy: a change of our own holds the database for too long; nothing
	// was changed.
	ErrBusy = errors.New("codabridge is busy writing to its own database: try again in a moment")
	// ErrDamaged: what was asked for cannot be read.
	ErrDamaged = errors.New("the file is damaged")
)

// Kinds of an Unusable.
const (
	Damaged  = "damaged"
	Newer    = "newer"
	Foreign  = "foreign"
	Outdated = "outdated" // no step leads on from its version
)

// Unusable says that a file must make way before anything can be done.
type Unusable struct {
	Kind string // one of the constants
	Why  string
}

// Error names the kind and the reason.
func (u *Unusable) Error() string { return "store: database is " + u.Kind + ": " + u.Why }

// Classify puts a sentence for the owner in front of a technical cause.
func Classify(err error) error {
	var db *sqlite.Error
	switch {
	case errors.As(err, &db):
		switch db.Code() & 0xff {
		case lib.SQLITE_FULL:
			return fmt.Errorf("%w (%w)", ErrDiskFull, err)
		case lib.SQLITE_IOERR:
			// A quota, or a limit on the size of a file, is not SQLITE_FULL.
			if db.Code() == lib.SQLITE_IOERR_WRITE {
				return fmt.Errorf("%w (%w)", ErrDiskFull, err)
			}
		case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN:
			return fmt.Errorf("%w (%w)", ErrReadOnly, err)
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
			return fmt.Errorf("%w (%w)", ErrLocked, err)
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_FORMAT:
			return fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	return err
}

// openError decides whether an error at opening means that the file is bad, or
// only that it cannot be used now.
func (f Format) openError(err error) error {
	var bad *Unusable
	if errors.As(err, &bad) {
		return bad
	}
	var db *sqlite.Error
	if errors.As(err, &db) {
		switch db.Code() & 0xff {
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_FORMAT, lib.SQLITE_SCHEMA:
			return &Unusable{Kind: Damaged, Why: db.Error()}
		}
	}
	return fmt.Errorf("store: open %s: %w", f.Name, Classify(err))
}

// parts are the files of one database, by their endings.
var parts = []string{"", "-wal", "-shm"}

// MoveAside renames a file and those that belong to it, and gives the new
// name. It keeps the -wal and -shm endings last, so that SQLite opens the kept
// set as one database.
func MoveAside(path, kind string, now time.Time) (string, error) {
	base := path + "." + kind + "-" + now.UTC().Format("20060102-150405")
	kept := base
	for i := 2; Exists(kept); i++ {
		kept = fmt.Sprintf("%s-%d", base, i)
	}
	for _, ending := range parts {
		err := os.Rename(path+ending, kept+ending)
		if err != nil && (ending == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", Classify(err)
		}
	}
	return kept, nil
}

// Exists tells whether there is a file at path.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Remove deletes a file, which must be closed in this process, and those that
// belong to it. It is no error when there is none.
func Remove(path string) error {
	var errs []error
	for _, ending := range parts {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, Classify(err))
		}
	}
	return errors.Join(errs...)
}
