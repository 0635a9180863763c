package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"codabridge/server/store"
)

// Errors a caller may want to tell apart. Each is a sentence for the owner.
var (
	// ErrNotFound: there is no such client, grant, code or token.
	ErrNotFound = errors.New("not found")
	// ErrReplayed: a code or refresh token was used again; its grant is gone.
	ErrReplayed = errors.New("used a second time, so its connection was removed")
	// ErrDiskFull: nothing was changed.
	ErrDiskFull = store.ErrDiskFull
	// ErrReadOnly: nothing was changed.
	ErrReadOnly = store.ErrReadOnly
	// ErrLocked: another program holds the database.
	ErrLocked = store.ErrLocked
	// ErrBusy: a change of our own holds the database for too long.
	ErrBusy = store.ErrBusy
)

// Hindrance is what err wraps of ErrDiskFull, ErrReadOnly, ErrLocked and ErrBusy,
// which the owner can mend or wait for; nil where it is none of them.
func Hindrance(err error) error {
	for _, cause := range []error{ErrDiskFull, ErrReadOnly, ErrLocked, ErrBusy} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return nil
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db     *store.DB
	tidied time.Time // used inside changes only

	preparing sync.Mutex // guards findToken
	findToken *sql.Stmt

	known known // tokens that were asked for
}

// Open opens the database at path, creating it (mode 0600) and its tables
// where they are missing.
//
// A damaged or foreign file, or one of a newer program, is moved aside and an
// empty database takes its place; notice is then one or two sentences for the
// owner that name the file that was kept. In all other cases notice is empty.
//
// Errors wrap ErrDiskFull, ErrReadOnly or ErrLocked where one of them is the
// cause.
func Open(path string) (s *Store, notice string, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, "", fmt.Errorf("state: find database: %w", err)
	}
	s, err = open(path)
	var bad *store.Unusable
	if !errors.As(err, &bad) {
		return s, "", err
	}
	kept, err := store.MoveAside(path, bad.Kind, time.Now())
	if err != nil {
		return nil, "", fmt.Errorf("state: keep %s database aside: %w", bad.Kind, err)
	}
	s, err = open(path)
	if err != nil {
		return nil, "", err
	}
	return s, noticeOf(bad, path, kept), nil
}

// OpenReadOnly opens the database to read in it beside a program that may use
// it; fs.ErrNotExist says that there is none. One of another version cannot be
// read.
func OpenReadOnly(path string) (*Store, error) {
	db, err := store.OpenReadOnly(path, format())
	if err != nil {
		return nil, err
	}
	return &Store{db: db}, nil
}

// open opens path once; the error is a *store.Unusable when the file should be
// moved aside.
func open(path string) (*Store, error) {
	if err := notEmptied(path); err != nil {
		return nil, err
	}
	db, err := store.Open(path, format())
	if err != nil {
		return nil, err
	}
	return &Store{db: db}, nil
}

// notEmptied tells a file that lost all it held, as after a crash of the
// system, from one that is not there yet.
func notEmptied(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return &store.Unusable{Kind: store.Damaged, Why: "it is empty"}
	}
	return nil
}

func noticeOf(bad *store.Unusable, path, kept string) string {
	was := map[string]string{
		store.Damaged:  "was damaged",
		store.Outdated: "was damaged",
		store.Newer:    "was written by a newer codabridge",
		store.Foreign:  "belongs to another program",
	}[bad.Kind]
	return fmt.Sprintf("The database %s %s (%s) and was kept as %s. "+
		"codabridge began an empty one: apps that were connected must be connected again.", path, was, bad.Why, kept)
}

// Close closes the database. Calls after it return errors.
func (s *Store) Close() error {
	s.known.close()
	return s.db.Close()
}

// Path is the absolute name of the database file.
func (s *Store) Path() string { return s.db.Path() }

// change runs do in one durable transaction.
func (s *Store) change(ctx context.Context, what string, do func(*sql.Tx) error) error {
	defer s.known.forget()
	return s.db.Change(ctx, what, store.Full, do)
}

// note is change for what is not worth a wait for the disk.
func (s *Store) note(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return s.db.Change(ctx, what, store.Normal, do)
}
