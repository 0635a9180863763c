package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"codabridge/server/store"
)

// blobsFormat is a file that gives back.
var blobsFormat = store.Format{Name: "blobs", Application: 8, Version: 1, GivesBack: true,
	Durability: store.Normal, Readers: 2, Patience: notesFormat.Patience,
	Steps: []store.Step{{From: 0, To: 1, SQL: `CREATE TABLE blobs (id INTEGER PRIMARY KEY, body BLOB NOT NULL)`}}}

// blobs opens a file at path with so many MB in it, of which nine in ten are
// taken away again.
func blobs(t *testing.T, path string, f store.Format, mb int) *store.DB {
	t.Helper()
	db, err := store.Open(path, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := fillBlobs(t.Context(), db, mb); err != nil {
		t.Fatal(err)
	}
	return db
}

func fillBlobs(ctx context.Context, db *store.DB, mb int) error {
	return db.Change(ctx, "fill", store.Normal, func(tx *sql.Tx) error {
		_, err := tx.Exec(`WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
			INSERT INTO blobs (body) SELECT zeroblob(100000) FROM n; DELETE FROM blobs WHERE id % 10`, mb*10)
		return err
	})
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// count is how many blobs there are, in a file that is whole.
func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	var whole string
	err := db.Read().QueryRow(`SELECT (SELECT integrity_check FROM pragma_integrity_check), count(*) FROM blobs WHERE length(body) = 100000`).Scan(&whole, &n)
	if err != nil || whole != "ok" {
		t.Fatal(whole, err)
	}
	return n
}

// TestWhatIsHeldForNothingIsGivenBack, of small files, large ones, and those that
// were made before files gave back; a reader keeps its moment, and others write.
func TestWhatIsHeldForNothingIsGivenBack(t *testing.T) {
	t.Parallel()
	old := blobsFormat
	old.GivesBack = false
	for name, c := range map[string]struct {
		made store.Format
		mb   int
	}{"small": {blobsFormat, 4}, "large": {blobsFormat, 40}, "small and old": {old, 4}, "large and old": {old, 40}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "blobs.db")
			if err := blobs(t, path, c.made, c.mb).Close(); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(path, blobsFormat)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			reader, err := db.Read().BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var before, after int
			err = reader.QueryRow(`SELECT count(*) FROM blobs`).Scan(&before)
			err = errors.Join(err, db.Compact(t.Context()), fillBlobs(t.Context(), db, 1), reader.QueryRow(`SELECT count(*) FROM blobs`).Scan(&after), reader.Commit())
			if err != nil || before != c.mb || after != before {
				t.Fatalf("%d were read, and then %d: %v", before, after, err)
			}
			if err := db.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
			r, err := db.Room(t.Context())
			most, file, log := int64(c.mb+1)*100_000*12/10+64<<10, size(t, path), size(t, path+"-wal")
			if err != nil || !r.Gives || r.Free*8 > r.Pages || file > most || log > 64<<10 {
				t.Errorf("the file has %d bytes and its log %d: %+v %v", file, log, r, err)
			}
			if n := count(t, db); n != c.mb+1 {
				t.Errorf("%d are there", n)
			}
			if err := fillBlobs(t.Context(), db, 1); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAFileThatAnotherProcessUsesIsLeftAlone while that writes, and given back
// when it has ended.
func TestAFileThatAnotherProcessUsesIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "blobs.db")
	db := blobs(t, path, blobsFormat, 4)
	other, err := store.Open(path, blobsFormat)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.Change(t.Context(), "write", store.Normal, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO blobs (body) SELECT zeroblob(100000)`); err != nil {
			return err
		}
		if err := db.Compact(t.Context()); !errors.Is(err, store.ErrLocked) {
			t.Errorf("compacted beside another's change: %v", err)
		}
		return nil
	})
	if err == nil {
		err = db.Compact(t.Context())
	}
	if n := count(t, other); err != nil || n != 5 || size(t, path) > 1<<20 {
		t.Errorf("%d are there in %d bytes: %v", n, size(t, path), err)
	}
}
