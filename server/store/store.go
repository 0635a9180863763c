package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the database driver
)

// DB is an open file. It is safe for concurrent use.
type DB struct {
	path   string
	format Format
	read   *sql.DB
	write  *sql.DB // nil when opened for reading only

	// writing holds one token: who has it may use write and mode.
	writing chan struct{}
	mode    Durability
}

// Open opens the file at path for reading and writing, creating it (mode 0600)
// and its tables where they are missing. The error is an *Unusable when the
// file itself is the trouble; else it wraps ErrDiskFull, ErrReadOnly or
// ErrLocked where one of them is the cause.
func Open(path string, f Format) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: find %s: %w", f.Name, err)
	}
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", f.Name, Classify(err))
	}
	db := &DB{path: path, format: f, writing: make(chan struct{}, 1), mode: f.Durability}
	options := "&_pragma=synchronous(" + string(f.Durability) + ")&_pragma=journal_size_limit(4194304)&_txlock=immediate"
	if f.GivesBack { // of a file that is there already, from when it is written anew
		options = "&_pragma=auto_vacuum(2)" + options
	}
	db.write, err = sql.Open("sqlite", dsn(path)+options)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", f.Name, err)
	}
	db.write.SetMaxOpenConns(1)
	err = db.checkInTurn()
	if err == nil {
		err = db.openReaders("")
	}
	if err != nil {
		_ = db.write.Close()
		return nil, err
	}
	return db, nil
}

// OpenReadOnly opens a file that another process writes; fs.ErrNotExist says
// that there is none, or that it is still empty.
func OpenReadOnly(path string, f Format) (*DB, error) {
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", f.Name, err)
	}
	db := &DB{path: path, format: f}
	// Not even opened for writing: Windows gives a packaged program that does so
	// a copy of the file of its own.
	if err := db.openReaders("&mode=ro"); err != nil {
		return nil, err
	}
	version, err := f.inspect(db.read)
	if err == nil && version == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = db.read.Close()
		return nil, f.openError(err)
	}
	return db, nil
}

// checkInTurn is check, again while another process is at it: what changes how a
// file is kept is not waited for by SQLite itself.
func (db *DB) checkInTurn() error {
	for end := time.Now().Add(min(db.format.Patience, lockPatience)); ; time.Sleep(lockPause) {
		err := db.check()
		if !errors.Is(err, ErrLocked) || time.Now().After(end) {
			return err
		}
	}
}

// How long it is waited for a file that is locked while it is opened, and before
// it is tried again.
const (
	lockPatience = 5 * time.Second
	lockPause    = 5 * time.Millisecond
)

// check proves that the file is sound and ours, and brings its tables up to
// date.
func (db *DB) check() error {
	version, err := db.format.inspect(db.write)
	if err != nil {
		return db.format.openError(err)
	}
	// WAL comes only now: switching a damaged or foreign file over would
	// change it before it is kept aside.
	var mode string
	if err := db.write.QueryRow(`PRAGMA journal_mode=WAL`).Scan(&mode); err != nil {
		return db.format.openError(err)
	}
	if err := db.format.migrate(db.write, version); err != nil {
		return db.format.openError(err)
	}
	return nil
}

// openReaders opens the connections for reading, with more options behind a "&".
func (db *DB) openReaders(options string) (err error) {
	db.read, err = sql.Open("sqlite", dsn(db.path)+"&_pragma=query_only(1)"+options)
	if err != nil {
		return fmt.Errorf("store: open %s: %w", db.format.Name, err)
	}
	db.read.SetMaxOpenConns(4)
	db.read.SetMaxIdleConns(db.format.Readers)
	return nil
}

// Read gives the connections for reading.
func (db *DB) Read() *sql.DB { return db.read }

// Close closes the file. Calls after it return errors.
func (db *DB) Close() error {
	if db.write == nil {
		return db.read.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// OnlyReads tells that it was opened by OpenReadOnly.
func (db *DB) OnlyReads() bool { return db.write == nil }

// Path is the absolute name of the file.
func (db *DB) Path() string { return db.path }

// Size is what the file takes on the disk, in bytes.
func (db *DB) Size() int64 {
	var n int64
	for _, ending := range []string{"", "-wal"} {
		if info, err := os.Stat(db.path + ending); err == nil {
			n += info.Size()
		}
	}
	return n
}

// Inspect says whether the file at path is sound and ours; the error is an
// *Unusable when it is not. It opens the file for reading only and may do so
// beside the program that uses it.
func Inspect(ctx context.Context, path string, f Format) error {
	db, err := sql.Open("sqlite", dsn(path)+"&_pragma=query_only(1)&mode=ro")
	if err != nil {
		return fmt.Errorf("store: inspect %s: %w", f.Name, err)
	}
	defer func() { _ = db.Close() }()
	err = db.PingContext(ctx)
	if err == nil {
		_, err = f.inspect(db)
	}
	if err != nil {
		return f.openError(err)
	}
	return nil
}

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

// dsn names the file as a URI, so that a path may hold any character.
func dsn(path string) string {
	name := filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		name = "/" + name
	}
	u := url.URL{Scheme: "file", Path: name}
	return u.String() + "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
}

// Stamp and Moment translate times to and from the database: milliseconds
// since 1970, zero for the zero time.
func Stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Moment is the time of a Stamp.
func Moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
