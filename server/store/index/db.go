package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"

	"codabridge/server/store"
)

// Errors a caller may want to tell apart. Each is a sentence for the owner.
var (
	// ErrOtherOwner: the index was made with another token or account.
	ErrOtherOwner = errors.New("the search index belongs to another account")
	// ErrDamaged: the file cannot be read; Remove it and begin anew.
	ErrDamaged = store.ErrDamaged
	// ErrDiskFull: nothing was changed.
	ErrDiskFull = store.ErrDiskFull
	// ErrReadOnly: nothing was changed.
	ErrReadOnly = store.ErrReadOnly
	// ErrLocked: another program holds the file.
	ErrLocked = store.ErrLocked
	// ErrBusy: a change of our own holds the file for too long.
	ErrBusy = store.ErrBusy
)

// DB is the search index: the names, texts and rows of one account's docs,
// found by their words. It is safe for concurrent use.
type DB struct {
	file    *store.DB
	kept    kept
	queries queries
	refs    *refs
	staged  atomic.Int64 // bytes of words, as far as is known

	tidying   sync.Mutex   // held while segments are merged
	mergeStep int          // bytes of lists
	between   func() error // the steps of a merge, where a test does something
}

// Open opens the index at path for reading and writing, creating it (mode
// 0600) where it is missing. A damaged file, a foreign one or one of another
// version is replaced by an empty one, which notice says in a sentence.
func Open(path string) (db *DB, notice string, err error) {
	f, err := openFile(path, store.Open)
	var bad *store.Unusable
	if errors.As(err, &bad) {
		if err := Remove(path); err != nil {
			return nil, "", err
		}
		notice = "The search index was " + bad.Kind + " (" + bad.Why + ") and is made anew."
		f, err = openFile(path, store.Open)
	}
	if err != nil {
		return nil, "", err
	}
	return &DB{file: f, refs: newRefs(), mergeStep: mergeStep}, notice, nil
}

// OpenToAdd opens an index that another process may write too; fs.ErrNotExist
// says that there is none, and one that cannot be used is left as it is.
func OpenToAdd(path string) (*DB, error) {
	if !store.Exists(path) {
		return nil, fs.ErrNotExist
	}
	f, err := openFile(path, store.Open)
	var bad *store.Unusable
	if errors.As(err, &bad) {
		err = fmt.Errorf("index store: open: %w (%w)", ErrDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	return &DB{file: f, refs: newRefs(), mergeStep: mergeStep}, nil
}

// OpenReadOnly opens an index that another process writes; fs.ErrNotExist
// says that there is none.
func OpenReadOnly(path string) (*DB, error) {
	f, err := openFile(path, store.OpenReadOnly)
	var bad *store.Unusable
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("index store: open: %w (%w)", ErrDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	return &DB{file: f, refs: newRefs()}, nil
}

// Close closes the index. Calls after it return errors.
func (db *DB) Close() error { return db.file.Close() }

// Size is what the index takes on the disk, in bytes.
func (db *DB) Size() int64 { return db.file.Size() }

// Remove deletes the index at path, which must be closed in this process.
// It is no error when there is none.
func Remove(path string) error {
	if err := store.Remove(path); err != nil {
		return fmt.Errorf("index store: remove: %w", err)
	}
	return nil
}

// Claim makes owner, a hash that tells tokens and accounts apart, the owner of
// the index. What another one stored is removed first.
func (db *DB) Claim(ctx context.Context, owner string) (wiped bool, err error) {
	err = db.change(ctx, "claim index", func(tx *txn) error {
		before, err := meta(tx, "owner")
		if err != nil || before == owner {
			return err
		}
		wiped = before != ""
		if wiped {
			if err := empty(tx); err != nil {
				return err
			}
		}
		return setMeta(tx, "owner", owner)
	})
	if err == nil && wiped {
		err = db.shrink(ctx)
	}
	return wiped, err
}

// Disown removes everything and leaves the index without an owner: no view of
// it opens from then on.
func (db *DB) Disown(ctx context.Context) error {
	if err := db.change(ctx, "empty index", empty); err != nil {
		return err
	}
	return db.shrink(ctx)
}

func empty(tx *txn) error {
	tx.refs.forget(0)
	_, err := tx.Exec(`DELETE FROM meta; ` + emptyRows + `DELETE FROM sketches; DELETE FROM staged;
		DELETE FROM blocks; DELETE FROM positions; DELETE FROM segments; DELETE FROM sums; DELETE FROM texts; DELETE FROM things; DELETE FROM docs;
		INSERT INTO things_fts (things_fts) VALUES ('delete-all'); INSERT INTO rows_fts (rows_fts) VALUES ('delete-all');`)
	return err
}

// shrink gives the room of what was removed back to the disk, so that the
// removed words are not left in free pages of the file. A merge at work reads
// what was before, and ends at its next step.
func (db *DB) shrink(ctx context.Context) error {
	db.tidying.Lock()
	defer db.tidying.Unlock()
	return db.file.Alone(ctx, "shrink index", func(ctx context.Context, c *sql.Conn) error {
		_, err := c.ExecContext(ctx, `VACUUM; PRAGMA wal_checkpoint(TRUNCATE)`)
		return err
	})
}

// Compact gives room that is held for nothing back to the disk, unless segments
// are being merged; see store.DB.Compact. It is for when much was changed.
func (db *DB) Compact(ctx context.Context) error {
	if !db.tidying.TryLock() {
		return nil
	}
	defer db.tidying.Unlock()
	return classify(db.file.Compact(ctx))
}

// change runs do in one transaction. When that has made a segment, others may be
// merged behind it; what hinders that is told where the file is damaged, and
// met again otherwise.
func (db *DB) change(ctx context.Context, what string, do func(*txn) error) error {
	sealed := false
	var tx *txn
	err := classify(db.file.Change(ctx, what, store.Normal, func(t *sql.Tx) error {
		tx = &txn{Tx: t, kept: &db.kept, refs: db.refs}
		if err := do(tx); err != nil {
			return err
		}
		err := db.settle(tx)
		sealed = tx.sealed
		return err
	}))
	if err != nil {
		return err
	}
	db.refs.by.CompareAndSwap(tx, nil)
	if !sealed {
		return nil
	}
	if err := classify(db.tidy(ctx)); errors.Is(err, ErrDamaged) {
		return fmt.Errorf("index store: merge: %w", err)
	}
	return nil
}

func meta(q interface {
	QueryRow(string, ...any) *sql.Row
}, key string) (value string, err error) {
	err = q.QueryRow(`SELECT value FROM meta WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

func setMeta(tx *txn, key, value string) error {
	_, err := tx.Exec(`INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// SetMeta keeps a value with the index; it goes when the index goes.
func (db *DB) SetMeta(ctx context.Context, key, value string) error {
	return db.change(ctx, "write index metadata", func(tx *txn) error { return setMeta(tx, key, value) })
}

// Meta gives a value that SetMeta kept, empty when there is none.
func (db *DB) Meta(ctx context.Context, key string) (string, error) {
	var value string
	err := db.file.Read().QueryRowContext(ctx, `SELECT value FROM meta WHERE key = ?`, key).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("index store: read index metadata: %w", classify(err))
	}
	return value, nil
}
