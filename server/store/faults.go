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
	// ErrNotFound: there is no such client, grant, code or token.
	ErrNotFound = errors.New("not found")
	// ErrReplayed: a code or refresh token was used again; its grant is gone.
	ErrReplayed = errors.New("used a second time, so its connection was removed")
	// ErrDiskFull: nothing was changed.
	ErrDiskFull = errors.New("the disk is full or takes no more: free some space and try again")
	// ErrReadOnly: nothing was changed.
	ErrReadOnly = errors.New("the data folder cannot be written: check its permissions")
	// ErrLocked: another program holds the database.
	ErrLocked = errors.New("another program is using the database: close it and try again")
)

// unusable says that a file must be moved aside before anything can be done.
type unusable struct {
	kind string // damaged, newer, foreign
	why  string
}

func (u *unusable) Error() string { return "store: database is " + u.kind + ": " + u.why }

func (u *unusable) notice(path, kept string) string {
	was := map[string]string{
		"damaged": "was damaged",
		"newer":   "was written by a newer codabridge",
		"foreign": "belongs to another program",
	}[u.kind]
	return fmt.Sprintf("The database %s %s (%s) and was kept as %s. "+
		"codabridge began an empty one: apps that were connected must be connected again.", path, was, u.why, kept)
}

// explain puts a sentence for the owner in front of a technical cause.
func explain(err error) error {
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
		}
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	return err
}

// judge decides whether an error at opening means that the file is bad, or
// only that it cannot be used now.
func judge(err error) error {
	var bad *unusable
	if errors.As(err, &bad) {
		return err
	}
	var db *sqlite.Error
	if errors.As(err, &db) {
		switch db.Code() & 0xff {
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_FORMAT, lib.SQLITE_SCHEMA:
			return &unusable{kind: "damaged", why: db.Error()}
		}
	}
	return fmt.Errorf("store: open database: %w", explain(err))
}

// moveAside renames the database and the files that belong to it. The name
// keeps the -wal and -shm endings last, so that SQLite opens the kept set as
// one database.
func moveAside(path, kind string, now time.Time) (string, error) {
	base := path + "." + kind + "-" + now.UTC().Format("20060102-150405")
	kept := base
	for i := 2; exists(kept); i++ {
		kept = fmt.Sprintf("%s-%d", base, i)
	}
	for _, ending := range []string{"", "-wal", "-shm"} {
		err := os.Rename(path+ending, kept+ending)
		if err != nil && (ending == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", explain(err)
		}
	}
	return kept, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
