package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the database driver
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	path string
	read *sql.DB

	preparing sync.Mutex // guards findToken
	findToken *sql.Stmt

	// writing guards write, mode and tidied: one change at a time.
	writing sync.Mutex
	write   *sql.DB
	mode    string
	tidied  time.Time
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
		return nil, "", fmt.Errorf("store: find database: %w", err)
	}
	s, err = open(path)
	var bad *unusable
	if !errors.As(err, &bad) {
		return s, "", err
	}
	kept, err := moveAside(path, bad.kind, time.Now())
	if err != nil {
		return nil, "", fmt.Errorf("store: keep %s database aside: %w", bad.kind, err)
	}
	s, err = open(path)
	if err != nil {
		return nil, "", err
	}
	return s, bad.notice(path, kept), nil
}

// open opens path once; the error is an *unusable when the file should be
// moved aside.
func open(path string) (*Store, error) {
	if err := notEmptied(path); err != nil {
		return nil, err
	}
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("store: open database: %w", explain(err))
	}
	s := &Store{path: path, mode: "FULL"}
	var err error
	if s.write, err = sql.Open("sqlite", dsn(path, "synchronous(FULL)")+"&_txlock=immediate"); err != nil {
		return nil, fmt.Errorf("store: open database: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", dsn(path, "query_only(1)")); err != nil {
		_ = s.write.Close()
		return nil, fmt.Errorf("store: open database: %w", err)
	}
	s.read.SetMaxOpenConns(4)
	s.read.SetMaxIdleConns(4)
	if err := s.check(); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// check proves that the file is sound and ours, and brings its tables up to
// date.
func (s *Store) check() error {
	if err := inspect(s.write); err != nil {
		return judge(err)
	}
	// WAL comes only now: switching a damaged or foreign file over would
	// change it before it is kept aside.
	var mode string
	if err := s.write.QueryRow(`PRAGMA journal_mode=WAL`).Scan(&mode); err != nil {
		return judge(err)
	}
	if err := migrate(s.write); err != nil {
		return judge(err)
	}
	return nil
}

// Close closes the database. Calls after it return errors.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// Path is the absolute name of the database file.
func (s *Store) Path() string { return s.path }

// prepareFile makes sure that the file exists and that only its owner may
// read it. SQLite gives its -wal and -shm files the same mode.
func prepareFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

// notEmptied tells a file that lost all it held, as after a crash of the
// system, from one that is not there yet.
func notEmptied(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return &unusable{kind: "damaged", why: "it is empty"}
	}
	return nil
}

// dsn names the file as a URI, so that a path may hold any character.
func dsn(path, pragma string) string {
	name := filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		name = "/" + name
	}
	u := url.URL{Scheme: "file", Path: name}
	return u.String() + "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=" + pragma
}

// change runs do in one durable transaction.
func (s *Store) change(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return s.transact(ctx, what, "FULL", do)
}

// transact runs do in one transaction and commits it when do returns nil or
// an error marked by keep. A caller that goes away does not interrupt it:
// the change is small, and half-heard commits help nobody.
func (s *Store) transact(ctx context.Context, what, mode string, do func(*sql.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.setMode(ctx, mode); err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	result := do(tx)
	var kept *keep
	if result != nil && !errors.As(result, &kept) {
		_ = tx.Rollback()
		return fmt.Errorf("store: %s: %w", what, explain(result))
	}
	if err := tx.Commit(); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	if kept != nil {
		return fmt.Errorf("store: %s: %w", what, kept.err)
	}
	return nil
}

// setMode changes how far a commit goes before it returns; only when it
// differs, and never inside a transaction, where SQLite ignores it.
func (s *Store) setMode(ctx context.Context, mode string) error {
	if s.mode == mode {
		return nil
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA synchronous="+mode); err != nil {
		return err
	}
	s.mode = mode
	return nil
}

// keep marks an error that goes back to the caller although the transaction
// is committed: a replay, which deletes the grant and is refused.
type keep struct{ err error }

func (k *keep) Error() string { return k.err.Error() }
func (k *keep) Unwrap() error { return k.err }

// stamp and moment translate times to and from the database: milliseconds
// since 1970, zero for the zero time.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
