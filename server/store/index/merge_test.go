package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// TestAMergeInStepsIsSeenByNobody: between any two steps of it the same is found
// as without it, and what changes then, or goes, is not undone by it; one that is
// broken off leaves nothing behind in the end.
func TestAMergeInStepsIsSeenByNobody(t *testing.T) {
	t.Parallel()
	all := stepsOf(t)
	if all < 10 {
		t.Fatalf("a merge took %d steps", all)
	}
	for i := range 6 { // half of them are broken off
		db, plain := manySegments(t), manySegments(t)
		at, brokenOff := (i/2+1)*all/4, i%2 == 0
		db.between = before(at, func() error {
			if brokenOff {
				return context.Canceled
			}
			for _, changes := range [][]func(){changesOf(t, db)[8:], changesOf(t, plain)[8:]} {
				for _, change := range changes {
					change()
				}
			}
			sameFound(t, db, plain)
			return nil
		})
		if err := db.tidy(t.Context()); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		sameFound(t, db, plain)
		if err := db.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		sameFound(t, db, plain)
		if n := left(t, db, `SELECT (SELECT count(*) FROM segments WHERE rows > 1)
			+ (SELECT count(*) FROM blocks WHERE id >> 32 NOT IN (SELECT num FROM segments))
			+ (SELECT count(*) FROM positions WHERE id >> 32 NOT IN (SELECT num FROM segments))`); n > 0 {
			t.Errorf("after step %d: %d lists of no segment", at, n)
		}
	}
}

// stepsOf is in how many steps the segments of manySegments are merged.
func stepsOf(t *testing.T) (n int) {
	t.Helper()
	db := manySegments(t)
	db.between = func() error { n++; return nil }
	if err := db.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

// before gives what does something before one step.
func before(at int, do func() error) func() error {
	n := 0
	return func() error {
		n++
		if n-1 != at {
			return nil
		}
		return do()
	}
}

func left(t *testing.T, db *DB, query string) (n int) {
	t.Helper()
	if err := db.file.Read().QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAnIndexThatIsEmptiedWhileItIsMergedStaysEmpty: no word of another owner
// comes back.
func TestAnIndexThatIsEmptiedWhileItIsMergedStaysEmpty(t *testing.T) {
	t.Parallel()
	all := stepsOf(t)
	for _, at := range []int{1, all / 2, all - 2} {
		db := manySegments(t)
		db.between = before(at, func() error { return db.change(t.Context(), "empty", empty) })
		err := db.tidy(t.Context())
		if n := left(t, db, `SELECT (SELECT count(*) FROM segments) + (SELECT count(*) FROM blocks) + (SELECT count(*) FROM positions)`); err != nil || n > 0 {
			t.Errorf("emptied before step %d of %d: %d lists came back: %v", at, all, n, err)
		}
	}
}

// manySegments is an index of several segments that are to be merged.
func manySegments(t *testing.T) *DB {
	t.Helper()
	db := newIndex(t)
	db.mergeStep = 2000
	db.tidying.Lock() // not yet
	defer db.tidying.Unlock()
	for _, change := range changesOf(t, db)[:8] {
		change()
		if err := db.Seal(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func sameFound(t *testing.T, db, plain *DB) {
	t.Helper()
	if got, want := wordsFound(t, db), wordsFound(t, plain); !slices.Equal(got, want) {
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("found %.300s\nwant %.300s", got[i], want[i])
			}
		}
	}
}

// TestOtherChangesAreMadeBetweenTheStepsOfAMerge: none waits for the end of it.
func TestOtherChangesAreMadeBetweenTheStepsOfAMerge(t *testing.T) {
	t.Parallel()
	db := manySegments(t)
	between, last := 0, ""
	db.between = func() error {
		between++
		last = fmt.Sprint(between)
		return db.SetMeta(t.Context(), "k", last)
	}
	err := db.tidy(t.Context())
	got, failed := db.Meta(t.Context(), "k")
	if err != nil || failed != nil || between < 10 || got != last {
		t.Errorf("%d changes between the steps, %q: %v %v", between, got, err, failed)
	}
}
