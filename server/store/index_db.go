package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

var (
	// ErrOtherOwner: the index was made with another token or account.
	ErrOtherOwner = errors.New("the search index belongs to another account")
	// ErrDamaged: the file cannot be read; RemoveIndex and begin anew.
	ErrDamaged = errors.New("the search index is damaged")
)

// IndexDB is the search index: the names, texts and rows of one account's
// docs, found by their words. It is a copy that can be made again at any time,
// so it is thrown away rather than repaired or migrated, and a power cut may
// cost its last seconds. It is safe for concurrent use.
type IndexDB struct {
	path string
	read *sql.DB

	writing sync.Mutex // one change at a time
	write   *sql.DB
}

// OpenIndex opens the index at path for reading and writing, creating it (mode
// 0600) where it is missing. A damaged file, a foreign one or one of another
// version is replaced by an empty one, which notice says in a sentence.
func OpenIndex(path string) (db *IndexDB, notice string, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, "", fmt.Errorf("store: find index: %w", err)
	}
	db, err = openIndex(path)
	var bad *unusable
	if !errors.As(err, &bad) {
		return db, "", err
	}
	if err := RemoveIndex(path); err != nil {
		return nil, "", err
	}
	if db, err = openIndex(path); err != nil {
		return nil, "", err
	}
	return db, "The search index was " + bad.kind + " (" + bad.why + ") and is made anew.", nil
}

func openIndex(path string) (*IndexDB, error) {
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("store: open index: %w", explain(err))
	}
	db := &IndexDB{path: path}
	var err error
	if db.write, err = sql.Open("sqlite", dsn(path, "synchronous(NORMAL)")+"&_pragma=journal_size_limit(16777216)&_txlock=immediate"); err != nil {
		return nil, fmt.Errorf("store: open index: %w", err)
	}
	db.write.SetMaxOpenConns(1)
	if err := db.prepare(); err != nil {
		_ = db.write.Close()
		return nil, err
	}
	if err := db.openReaders(); err != nil {
		_ = db.write.Close()
		return nil, err
	}
	return db, nil
}

// prepare creates the tables where the file is empty.
func (db *IndexDB) prepare() error {
	fresh, err := inspectIndex(db.write)
	if err != nil {
		return judge(err)
	}
	var mode string
	if err := db.write.QueryRow(`PRAGMA journal_mode=WAL`).Scan(&mode); err != nil {
		return judge(err)
	}
	if fresh {
		if err := createIndex(db.write); err != nil {
			return judge(err)
		}
	}
	return nil
}

func (db *IndexDB) openReaders() (err error) {
	if db.read, err = sql.Open("sqlite", dsn(db.path, "query_only(1)")); err != nil {
		return fmt.Errorf("store: open index: %w", err)
	}
	db.read.SetMaxOpenConns(4)
	db.read.SetMaxIdleConns(2)
	return nil
}

// OpenIndexReadOnly opens an index that another process writes; fs.ErrNotExist
// says that there is none.
func OpenIndexReadOnly(path string) (*IndexDB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("store: open index: %w", err)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: find index: %w", err)
	}
	db := &IndexDB{path: path}
	if err := db.openReaders(); err != nil {
		return nil, err
	}
	fresh, err := inspectIndex(db.read)
	if err == nil && fresh {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = db.read.Close()
		return nil, fmt.Errorf("store: open index: %w", indexFault(err))
	}
	return db, nil
}

// Close closes the index. Calls after it return errors.
func (db *IndexDB) Close() error {
	if db.write == nil {
		return db.read.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// RemoveIndex deletes the index at path, which must be closed in this process.
// It is no error when there is none.
func RemoveIndex(path string) error {
	var errs []error
	for _, ending := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("store: remove index: %w", explain(err)))
		}
	}
	return errors.Join(errs...)
}

// Size is what the index takes on the disk, in bytes.
func (db *IndexDB) Size() int64 {
	var n int64
	for _, ending := range []string{"", "-wal"} {
		if info, err := os.Stat(db.path + ending); err == nil {
			n += info.Size()
		}
	}
	return n
}

// Claim makes owner, a hash that tells tokens and accounts apart, the owner of
// the index. What another one stored is removed first.
func (db *IndexDB) Claim(ctx context.Context, owner string) (wiped bool, err error) {
	err = db.change(ctx, "claim index", func(tx *sql.Tx) error {
		before, err := fact(tx, "owner")
		if err != nil || before == owner {
			return err
		}
		wiped = before != ""
		if wiped {
			if err := emptyIndex(tx); err != nil {
				return err
			}
		}
		return setFact(tx, "owner", owner)
	})
	if err == nil && wiped {
		err = db.shrink(ctx)
	}
	return wiped, err
}

// Disown removes everything and leaves the index without an owner: no view of
// it opens from then on.
func (db *IndexDB) Disown(ctx context.Context) error {
	if err := db.change(ctx, "empty index", emptyIndex); err != nil {
		return err
	}
	return db.shrink(ctx)
}

func emptyIndex(tx *sql.Tx) error {
	_, err := tx.Exec(`DELETE FROM facts; DELETE FROM rows; DELETE FROM texts; DELETE FROM things; DELETE FROM docs;
		INSERT INTO things_fts (things_fts) VALUES ('delete-all'); INSERT INTO rows_fts (rows_fts) VALUES ('delete-all');`)
	return err
}

// shrink gives the room of what was removed back to the disk, so that the
// removed words are not left in free pages of the file.
func (db *IndexDB) shrink(ctx context.Context) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	if _, err := db.write.ExecContext(ctx, `VACUUM; PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return fmt.Errorf("store: shrink index: %w", indexFault(err))
	}
	return nil
}

// change runs do in one transaction.
func (db *IndexDB) change(ctx context.Context, what string, do func(*sql.Tx) error) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	tx, err := db.write.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, indexFault(err))
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("store: %s: %w", what, indexFault(err))
	}
	if err := tx.Commit(); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("store: %s: %w", what, indexFault(err))
	}
	return nil
}

// indexFault is explain, and marks what only a new file can mend.
func indexFault(err error) error {
	var db *sqlite.Error
	var bad *unusable
	if errors.As(err, &bad) {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if errors.As(err, &db) {
		switch db.Code() & 0xff {
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_FORMAT:
			return fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
	}
	return explain(err)
}

func fact(q interface {
	QueryRow(string, ...any) *sql.Row
}, key string) (value string, err error) {
	err = q.QueryRow(`SELECT value FROM facts WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func setFact(tx *sql.Tx, key, value string) error {
	_, err := tx.Exec(`INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// SetFact keeps a value with the index; it goes when the index goes.
func (db *IndexDB) SetFact(ctx context.Context, key, value string) error {
	return db.change(ctx, "write index fact", func(tx *sql.Tx) error { return setFact(tx, key, value) })
}

// Fact gives a value that SetFact kept, empty when there is none.
func (db *IndexDB) Fact(ctx context.Context, key string) (string, error) {
	var value string
	err := db.read.QueryRowContext(ctx, `SELECT value FROM facts WHERE key = ?`, key).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: read index fact: %w", indexFault(err))
	}
	return value, nil
}
