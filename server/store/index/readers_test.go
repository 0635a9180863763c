package index

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestEachViewIsOneMoment: while rows come and go, and are sealed, merged and
// compacted all the time, this process and another one that only reads find in
// each moment just the rows that are stored then.
func TestEachViewIsOneMoment(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "index.db")
	db, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.mergeStep = 1
	ctx, now := t.Context(), time.Unix(1, 0)
	_, err = db.Claim(ctx, "me")
	err = errors.Join(err, db.SyncDocs(ctx, []Doc{{ID: "a", Name: "Alpha", Version: "1", Words: "alpha"}}, nil, now),
		db.SyncThings(ctx, 1, "1", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, now))
	if err != nil {
		t.Fatal(err)
	}
	other, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	done, end := context.WithCancel(ctx)
	var reading sync.WaitGroup
	for _, from := range []*DB{db, other, db} {
		reading.Go(func() {
			for done.Err() == nil {
				if err := from.View(ctx, "me", asStored); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for gen := range int64(12) {
		if err := errors.Join(listAnew(ctx, db, gen+1, now), db.Compact(ctx)); err != nil {
			t.Error(err)
			break
		}
	}
	end()
	reading.Wait()
}

// asStored wants every row that is stored to be found by the word of all, and no
// other.
func asStored(v *View) error {
	var stored int
	err := v.tx.QueryRowContext(v.ctx, `SELECT count(*) FROM rows`).Scan(&stored)
	if err != nil {
		return err
	}
	ids, _, err := v.Matching(Match{All: [][]Term{{{Words: []string{"walrus", "row"}}}}}, Scope{}, true, 1000)
	loaded := 0
	if err == nil {
		err = v.Load(ids, true, func(Hit) { loaded++ })
	}
	if err == nil && (len(ids) != stored || loaded != stored) {
		err = fmt.Errorf("of %d rows %d are found, %d of them are there", stored, len(ids), loaded)
	}
	return err
}

// listAnew lists a table whose rows are partly others than before.
func listAnew(ctx context.Context, db *DB, gen int64, now time.Time) error {
	t := Table{ID: 1<<32 | 1, Gen: gen}
	err := db.BeginRows(ctx, t, Text{TitleWords: "list"}, "", now)
	for part := range int64(3) {
		var rows []Row
		for i := range int64(20) {
			body := fmt.Sprint("walrus row of ", gen%3)
			rows = append(rows, Row{Ref: fmt.Sprint("i-", (gen*7+part*20+i)%90), Title: "x", Body: body, TitleWords: "x", BodyWords: body})
		}
		_, failed := db.PutRows(ctx, t.ID, gen, rows, "")
		err = errors.Join(err, failed, db.Seal(ctx, 0))
	}
	_, failed := db.EndRows(ctx, t, true, now)
	return errors.Join(err, failed)
}

// TestAFullDiskLosesNothingOfAMerge: it is left where it was, and done when there
// is room again.
func TestAFullDiskLosesNothingOfAMerge(t *testing.T) {
	t.Parallel()
	db, plain := manySegments(t), manySegments(t)
	for _, to := range []*DB{db, plain} {
		longPages(t, to)
	}
	if err := db.shrink(t.Context()); err != nil { // no room is left inside
		t.Fatal(err)
	}
	before := left(t, db, `SELECT count(*) FROM segments`)
	pages(t, db, 1)
	if err := classify(db.tidy(t.Context())); !errors.Is(err, ErrDiskFull) {
		t.Errorf("merging on a full disk: %v", err)
	}
	sameFound(t, db, plain)
	pages(t, db, 1_000_000)
	if err := db.tidy(t.Context()); err != nil {
		t.Error(err)
	}
	sameFound(t, db, plain)
	if n := left(t, db, `SELECT count(*) FROM segments`); n >= before {
		t.Errorf("%d segments are left of %d", n, before)
	}
}

// longPages seals each of some pages of many words by itself.
func longPages(t *testing.T, db *DB) {
	t.Helper()
	db.tidying.Lock() // not yet
	defer db.tidying.Unlock()
	for _, id := range []int64{1<<32 | 2, 1<<32 | 3, 1<<32 | 4, 2<<32 | 2, 2<<32 | 3} {
		var words []string
		for i := range 3000 {
			words = append(words, fmt.Sprint("w", id>>32, id%8, "x", i))
		}
		_, err := db.PutText(t.Context(), id, Text{TitleWords: "long", BodyWords: strings.Join(words, " "), Version: "2"})
		if err := errors.Join(err, db.Seal(t.Context(), 0)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFileWithOtherTablesIsMadeAnew whatever version it says it is of.
func TestAFileWithOtherTablesIsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, harm := range []string{"DROP TABLE positions", "ALTER TABLE rows DROP COLUMN body", "DROP TABLE things_fts", "DROP INDEX things_waiting",
		"ALTER TABLE docs RENAME TO dogs", "DROP TABLE meta"} {
		db := inSegments(t)
		path := db.file.Path()
		err := db.change(t.Context(), "harm", func(tx *txn) error { _, err := tx.Exec(harm); return err })
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(harm, err)
		}
		if _, err := OpenReadOnly(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: opened for reading: %v", harm, err)
		}
		if _, err := OpenToAdd(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: opened by a reader: %v", harm, err)
		}
		anew, notice, err := Open(path)
		if err != nil || notice == "" {
			t.Fatalf("%s: %q %v", harm, notice, err)
		}
		if _, err := anew.Claim(t.Context(), "me"); err != nil {
			t.Errorf("%s: %v", harm, err)
		}
		if err := anew.Close(); err != nil {
			t.Error(err)
		}
	}
}
