package index

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newIndex is an empty index of an account, closed at the end of the test.
func newIndex(t *testing.T) *DB {
	t.Helper()
	db, notice, err := Open(filepath.Join(t.TempDir(), "index.db"))
	if err != nil || notice != "" {
		t.Fatal(notice, err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Claim(t.Context(), "me"); err != nil {
		t.Fatal(err)
	}
	return db
}

// inSegments is an index of some rows and pages, in one segment each, of which a
// few places are gone.
func inSegments(t *testing.T) *DB {
	t.Helper()
	db := newIndex(t)
	for _, change := range changesOf(t, db)[:8] {
		change()
	}
	if err := db.Seal(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for _, change := range changesOf(t, db)[8:12] {
		change()
	}
	return db
}

// looked asks a View all that reads segments, and gives what it found.
func looked(ctx context.Context, db *DB) (found string, err error) {
	word := func(w string) []Term { return []Term{{Words: []string{w}}} }
	err = db.View(ctx, "me", func(v *View) error {
		for _, m := range []Match{
			{All: [][]Term{word("walrus"), word("often")}}, {All: [][]Term{{{Words: []string{"w"}, Prefix: true}}}},
			{All: [][]Term{{{Words: []string{"number", "7"}, Prefix: true}}}, None: word("often")}, {All: [][]Term{word("plan")}, Titles: true},
		} {
			for _, rows := range []bool{false, true} {
				ids, _, err := v.Matching(m, Scope{}, rows, 1000)
				if err != nil {
					return err
				}
				err = v.Sealed(m, Scope{}, rows, nil, func(at *Spot) { found += fmt.Sprint(at.Kind, at.Table, at.Length, at.Met) })
				if err != nil {
					return err
				}
				found += fmt.Sprint(ids)
				if err := v.Load(ids, rows, func(h Hit) { found += h.Title }); err != nil {
					return err
				}
			}
			things, rows, err := v.Count(m.All[0], Scope{}, 150)
			if err != nil {
				return err
			}
			best, err := v.Things(m, Scope{}, 10)
			if err != nil {
				return err
			}
			found += fmt.Sprint(things, rows, best)
		}
		return nil
	})
	return found, err
}

// TestADamagedSegmentIsToldOfAndNeverGuessedAt: whatever stands in a blob, a
// search finds what was written or says that the file is damaged.
func TestADamagedSegmentIsToldOfAndNeverGuessedAt(t *testing.T) {
	t.Parallel()
	db := inSegments(t)
	sound, err := looked(t.Context(), db)
	if err != nil || len(sound) < 1000 {
		t.Fatalf("%d bytes found: %v", len(sound), err)
	}
	harm := func(statement string) error {
		t.Helper()
		backup := `CREATE TEMP TABLE s AS SELECT * FROM segments; CREATE TEMP TABLE p AS SELECT * FROM positions; CREATE TEMP TABLE b AS SELECT * FROM blocks; CREATE TEMP TABLE w AS SELECT * FROM things;
			CREATE TEMP TABLE u AS SELECT * FROM sums;`
		restore := `; DELETE FROM segments; DELETE FROM positions; DELETE FROM blocks; INSERT INTO segments SELECT * FROM s; INSERT INTO positions SELECT * FROM p; INSERT INTO blocks SELECT * FROM b;
			DELETE FROM things; INSERT INTO things SELECT * FROM w; DELETE FROM sums; INSERT INTO sums SELECT * FROM u; DROP TABLE u; DROP TABLE s; DROP TABLE p; DROP TABLE b; DROP TABLE w`
		sql := func(text string) {
			t.Helper()
			if err := db.file.Change(t.Context(), "harm", "NORMAL", func(tx *sql.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
				t.Fatal(err)
			}
		}
		sql(backup + statement)
		forgetKept(db)
		found, err := looked(t.Context(), db)
		if err == nil && found != sound {
			t.Errorf("%s: another answer", statement)
		}
		merging := mergeAll(t.Context(), db)
		if merging != nil && !errors.Is(merging, ErrDamaged) {
			t.Errorf("%s: merging says %v", statement, merging)
		}
		sql(restore)
		forgetKept(db)
		return cmp.Or(err, merging)
	}
	for _, statement := range []string{
		"UPDATE segments SET places = substr(places, 1, length(places) - 1)", "UPDATE segments SET places = x''", "UPDATE segments SET places = zeroblob(400)",
		"UPDATE segments SET places = x'ffffffffffffffffff01' || places", "UPDATE segments SET places = 'text'", "UPDATE segments SET places = places || x'00'",
		"UPDATE segments SET dead = dead + 1", "UPDATE segments SET gone = x'ff'", "UPDATE segments SET gone = NULL WHERE rows", "UPDATE segments SET rows = 1 - rows",
		"UPDATE segments SET dead = 'many'", "UPDATE segments SET size = 'large'", "UPDATE segments SET size = -1",
		"UPDATE segments SET words = substr(words, 1, length(words) - 1)", "UPDATE segments SET words = words || x'00'",
		"UPDATE segments SET words = words || words", "UPDATE segments SET words = 7",
		"DELETE FROM blocks", "UPDATE blocks SET body = x''", "UPDATE blocks SET body = substr(body, 1, length(body) - 1)", "UPDATE blocks SET body = body || x'00'",
		"UPDATE blocks SET body = x'ffff' || body", "UPDATE blocks SET body = 'x'", "UPDATE blocks SET body = zeroblob(length(body))",
		"DELETE FROM positions", "UPDATE positions SET body = x''", "UPDATE positions SET body = substr(body, 1, 9)",
		"UPDATE things SET kind = 7", "UPDATE things SET kind = -1", "UPDATE things SET kind = 'page'",
	} {
		if err := harm(statement); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", statement, err)
		}
	}
	if after, err := looked(t.Context(), db); after != sound || err != nil {
		t.Errorf("the index was not put back: %v", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		column := []string{"segments SET places", "blocks SET body", "positions SET body", "segments SET gone", "segments SET words"}[r.IntN(5)]
		blob := strings.Fields(column)[2]
		statement := fmt.Sprintf("UPDATE %s = CAST(substr(%[2]s, 1, %d) || x'%02x' || substr(%[2]s, %d) AS BLOB)", column, blob, r.IntN(12), r.IntN(256), 2+r.IntN(12))
		if err := harm(statement); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// forgetKept makes the next search read anew.
func forgetKept(db *DB) { db.kept.all, db.kept.rows, db.kept.bytes, db.kept.sizes = nil, nil, 0, 0 }

// mergeAll makes one segment of all of each tier.
func mergeAll(ctx context.Context, db *DB) error {
	for _, rows := range []bool{false, true} {
		read, err := db.file.Read().BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		all, err := loadSegments(ctx, read, nil, rows, 0, 1<<62)
		if err == nil && len(all) > 0 {
			err = db.mergeSome(ctx, all, rows)
		}
		if err := errors.Join(err, read.Rollback()); err != nil {
			return classify(err)
		}
	}
	return nil
}

// TestWhatWasNotReadInTimeIsNotTakenForNowhere: the part of a search whose time
// is over leaves nothing behind that a later part would believe.
func TestWhatWasNotReadInTimeIsNotTakenForNowhere(t *testing.T) {
	t.Parallel()
	db := inSegments(t)
	m := Match{All: [][]Term{{{Words: []string{"walrus"}}}}}
	err := db.View(t.Context(), "me", func(v *View) error {
		want, _, err := v.Matching(m, Scope{}, true, 1000)
		if err != nil {
			return err
		}
		forgetKept(db)
		v.read = newReading(db)
		for _, rows := range []bool{false, true} { // they are known before the time is over
			if _, err := v.segments(rows); err != nil {
				return err
			}
		}
		err = v.Within(time.Hour, func(v *View) error {
			ended, cancel := context.WithCancel(v.ctx)
			cancel()
			return (&View{ended, v.tx, v.read}).lookUp([]string{"walrus"})
		})
		if err == nil {
			return errors.New("it was read although its time was over")
		}
		got, _, err := v.Matching(m, Scope{}, true, 1000)
		if err == nil && len(got) != len(want) {
			err = fmt.Errorf("%d rows were found, want %d", len(got), len(want))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDocsThatAreLeftOutDoNotCrowdOutOthers: the first place that fits may be in
// one, and is not counted either.
func TestDocsThatAreLeftOutDoNotCrowdOutOthers(t *testing.T) {
	t.Parallel()
	for _, sealed := range []bool{false, true} {
		db := newIndex(t)
		for _, change := range changesOf(t, db)[:8] {
			change()
		}
		if sealed {
			if err := db.Seal(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		m := Match{All: [][]Term{{{Words: []string{"number"}}}}}
		err := db.View(t.Context(), "me", func(v *View) error {
			for _, s := range []Scope{{NotDocs: []string{"a"}}, {Docs: []string{"b"}}, {Docs: []string{"a", "b"}, NotDocs: []string{"a"}}} {
				ids, _, err := v.Matching(m, s, true, 1)
				if err != nil {
					return err
				}
				_, rows, err := v.Count(m.All[0], s, 1000)
				if err != nil || len(ids) != 1 || ids[0]>>32 != 2 || rows != 100 {
					t.Errorf("sealed %v, %+v: %d %d %v", sealed, s, ids, rows, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
