package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"codabridge/server/store"

	"go.uber.org/goleak"
)

// TestMain lets the test program stand for one that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("COMPACT_PATH"); path != "" {
		compacting(path)
	}
	goleak.VerifyTestMain(m)
}

var noEnd = context.Background()

// notesFormat is the file of these tests.
var notesFormat = store.Format{Name: "notes", Application: 7, Version: 1,
	Durability: store.Full, Readers: 1, Patience: 10 * time.Second,
	Steps: []store.Step{{From: 0, To: 1, SQL: `CREATE TABLE notes (text TEXT NOT NULL)`}}}

func open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "notes.db"), notesFormat)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func add(text string) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO notes VALUES (?)`, text)
		return err
	}
}

func notes(t *testing.T, db *store.DB) string {
	t.Helper()
	all, err := store.All(context.Background(), db.Read(), store.One[string], `SELECT text FROM notes ORDER BY rowid`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// TestAChangeThatBreaksOffIsRolledBackAndGivesTheWriterOn: whatever ends a
// change in its middle, nothing of it stands, and the next change is made.
func TestAChangeThatBreaksOffIsRolledBackAndGivesTheWriterOn(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(){
		"a panic":                func() { panic("a fault of ours") },
		"a fault of the runtime": func() { panic(runtime.Error(nil)) },
		"the end of a goroutine": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, ctx := open(t), t.Context()
			for range 3 {
				var gone sync.WaitGroup
				gone.Go(func() {
					defer func() { _ = recover() }()
					_ = db.Change(ctx, "break off", store.Full, func(tx *sql.Tx) error {
						_ = add("half")(tx)
						end()
						return nil
					})
				})
				gone.Wait()
			}
			for _, how := range []store.Durability{store.Full, store.Normal} {
				if err := db.Change(ctx, "add", how, add(string(how))); err != nil {
					t.Fatal(err)
				}
			}
			if got := notes(t, db); got != "FULL NORMAL" {
				t.Errorf("stored: %q", got)
			}
		})
	}
}

// TestAPanicOutsideATransactionGivesTheWriterOn is the same for Alone.
func TestAPanicOutsideATransactionGivesTheWriterOn(t *testing.T) {
	t.Parallel()
	db := open(t)
	func() {
		defer func() { _ = recover() }()
		_ = db.Alone(t.Context(), "shrink", func(context.Context, *sql.Conn) error { panic("a fault of ours") })
	}()
	if err := db.Change(t.Context(), "add", store.Full, add("after")); err != nil || notes(t, db) != "after" {
		t.Errorf("%v, %q", err, notes(t, db))
	}
}

// TestNobodyWaitsForEverForAStuckChange: who waits hears so after the
// patience of the file, or when its own caller leaves, and writing goes on
// when the stuck change ends. A change inside a change is such a wait.
func TestNobodyWaitsForEverForAStuckChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := open(t)
		defer db.Close()
		ctx := context.Background()
		hold, held, ended := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			ended <- db.Change(ctx, "hold", store.Full, func(tx *sql.Tx) error {
				inner := db.Change(ctx, "add inside", store.Full, add("inside"))
				if !errors.Is(inner, store.ErrBusy) {
					t.Errorf("a change inside a change: %v", inner)
				}
				close(held)
				<-hold
				return add("first")(tx)
			})
		}()
		<-held
		err := db.Change(ctx, "add", store.Full, add("second"))
		if !errors.Is(err, store.ErrBusy) || !strings.Contains(err.Error(), "store: add:") || !strings.Contains(err.Error(), "waited 10s") {
			t.Errorf("after the patience: %v", err)
		}
		leaving, leave := context.WithCancel(ctx)
		go leave()
		if err := db.Change(leaving, "add", store.Full, add("third")); !errors.Is(err, context.Canceled) {
			t.Errorf("the caller left: %v", err)
		}
		close(hold)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := db.Change(ctx, "add", store.Full, add("fourth")); err != nil || notes(t, db) != "first fourth" {
			t.Errorf("afterwards: %v, %q", err, notes(t, db))
		}
	})
}

// TestAReaderBesideAKilledWriterOpensNothingForWriting: it sees all that was
// committed, though the writer left its log behind, and it cannot write.
func TestAReaderBesideAKilledWriterOpensNothingForWriting(t *testing.T) {
	t.Parallel()
	writer := open(t)
	if err := writer.Change(t.Context(), "add", store.Normal, add("kept")); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // the files as a kill leaves them
	for _, ending := range []string{"", "-wal"} {
		b, err := os.ReadFile(writer.Path() + ending)
		if err != nil || os.WriteFile(filepath.Join(dir, "notes.db"+ending), b, 0o600) != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.ReadFile(filepath.Join(dir, "notes.db"))
	reader, err := store.OpenReadOnly(filepath.Join(dir, "notes.db"), notesFormat)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got := notes(t, reader); got != "kept" {
		t.Errorf("it reads %q", got)
	}
	if _, err := reader.Read().Exec(`PRAGMA query_only=0; INSERT INTO notes VALUES ('mine')`); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("it can write: %v", err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, "notes.db")); string(before) != string(after) {
		t.Error("the file was changed")
	}
}

// TestManyMakeTheSameFileAtOnce: programs that start at the same moment find the
// file missing, or of an older version, and each of them wants to make it. None is
// refused, and nothing that one of them wrote is lost.
func TestManyMakeTheSameFileAtOnce(t *testing.T) {
	t.Parallel()
	format := notesFormat
	format.Version = 3
	format.Steps = append(format.Steps, store.Step{From: 1, To: 2, SQL: `CREATE TABLE more (text TEXT)`}, store.Step{From: 2, To: 3, SQL: `ALTER TABLE notes ADD COLUMN by TEXT`})
	for round := range 12 {
		path := filepath.Join(t.TempDir(), "notes.db")
		if round%2 == 1 { // of the first version
			old, err := store.Open(path, notesFormat)
			if err != nil {
				t.Fatal(err)
			}
			_ = old.Close()
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				db, err := store.Open(path, format)
				if err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
				defer db.Close()
				err = db.Change(context.Background(), "note", store.Full, func(tx *sql.Tx) error {
					_, err := tx.Exec(`INSERT INTO notes (text, by) VALUES ('x', 'y')`)
					return err
				})
				if err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		all.Wait()
		db, err := store.Open(path, format)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(notes(t, db), "x"); got != 8 {
			t.Errorf("round %d: %d notes", round, got)
		}
		_ = db.Close()
	}
}
