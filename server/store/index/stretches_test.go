//go:build !race

package index

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"codabridge/server/store"
)

// rowsAreAsTheyShould: no ref is twice in a table, the stretches are those of the
// rows, and what changed lately is what a look at all rows finds.
func rowsAreAsTheyShould(t *testing.T, r *rand.Rand, db *DB) {
	t.Helper()
	if n := left(t, db, `SELECT count(*) FROM (SELECT 1 FROM rows GROUP BY tbl, ref HAVING count(*) > 1)`); n > 0 {
		t.Errorf("%d refs are there twice", n)
	}
	if n := left(t, db, `SELECT count(*) FROM rows WHERE body LIKE 'walrus of %' AND body <> 'walrus of ' || ref`); n > 0 {
		t.Errorf("%d rows are stored under the ref of another", n)
	}
	if n := left(t, db, `SELECT (SELECT count(*) FROM stretches) - count(s.num) + count(*) - count(s.num) FROM (`+asStretches+`) x
		LEFT JOIN stretches s ON s.num = x.num AND s.n = x.n AND s.tbl IN (0, x.tbl) AND s.oldest <= x.oldest AND s.newest >= x.newest`); n > 0 {
		t.Errorf("%d stretches are not as the rows are", n)
	}
	tables, err := store.All(t.Context(), db.file.Read(), store.One[int64], `SELECT id FROM things WHERE kind = 2`)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		n, err := db.CountRows(t.Context(), table)
		if want := left(t, db, fmt.Sprint(`SELECT count(*) FROM rows WHERE tbl = `, table)); err != nil || n != want {
			t.Errorf("table %d: %d rows counted, want %d: %v", table, n, want, err)
		}
	}
	for _, s := range []Scope{{}, {Docs: []string{"doc0", "doc2"}}, {NotDocs: []string{"doc1"}}} {
		since, limit := r.Int64N(6000), r.IntN(40)
		until := []int64{since + r.Int64N(3000), 1 << 30}[r.IntN(2)]
		if got, want := changedIn(t, db, since, until, limit, s), changedPlainly(t, db, since, until, limit, s); !slices.Equal(got, want) {
			t.Errorf("from %d to %d in %+v, %d at most: %v, want %v", since, until, s, limit, got, want)
		}
	}
}

// changedIn is what Changed and CountChanged say of rows.
func changedIn(t *testing.T, db *DB, since, until int64, limit int, s Scope) (out []string) {
	t.Helper()
	err := db.View(t.Context(), "me", func(v *View) error {
		all, err := v.changedRows(Span{time.Unix(since, 0), time.Unix(until, 0)}, s, limit)
		for _, c := range all {
			out = append(out, fmt.Sprint(c.Doc, c.Holder, c.Ref, c.Updated.Unix()))
		}
		counts, failed := v.CountChanged(time.Unix(since, 0), s)
		var lines []string
		for _, c := range counts {
			if c.Kind == Rows {
				lines = append(lines, fmt.Sprint(c.Doc, c.Table, c.Count))
			}
		}
		slices.Sort(lines)
		out = append(out, lines...)
		return errors.Join(err, failed)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// changedPlainly is the same from all rows.
func changedPlainly(t *testing.T, db *DB, since, until int64, limit int, s Scope) (out []string) {
	t.Helper()
	type row struct {
		id, updated     int64
		doc, table, ref string
	}
	all, err := store.All(t.Context(), db.file.Read(), func(scan func(...any) error) (r row, err error) {
		return r, scan(&r.id, &r.updated, &r.doc, &r.table, &r.ref)
	}, `SELECT r.id, r.updated, d.id, t.ref, r.ref FROM rows r JOIN things t ON t.id = r.tbl JOIN docs d ON d.num = r.id >> 32`)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(r row) bool {
		return r.updated < since*1000 || s.Docs != nil && !slices.Contains(s.Docs, r.doc) || slices.Contains(s.NotDocs, r.doc)
	})
	slices.SortFunc(all, func(a, b row) int { return cmp.Or(cmp.Compare(b.updated, a.updated), cmp.Compare(b.id, a.id)) })
	counts := map[string]int{}
	for _, r := range all {
		if len(out) < limit && r.updated <= until*1000 {
			out = append(out, fmt.Sprint(r.doc, r.table, r.ref, r.updated/1000))
		}
		counts[fmt.Sprint(r.doc, r.table)]++
	}
	var lines []string
	for of, n := range counts {
		lines = append(lines, fmt.Sprint(of, n))
	}
	slices.Sort(lines)
	return append(out, lines...)
}

// listedRows is an index with a table of which so many rows are stored.
func listedRows(t *testing.T, n int) (db *DB, put func(db *DB, from, to int) error) {
	t.Helper()
	db = newIndex(t)
	ctx, now := t.Context(), time.Unix(1, 0)
	err := errors.Join(db.SyncDocs(ctx, []Doc{{ID: "a", Name: "Alpha", Version: "1", Words: "alpha"}}, nil, now),
		db.SyncThings(ctx, 1, "1", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, now),
		db.BeginRows(ctx, Table{ID: 1<<32 | 1, Gen: 1}, Text{TitleWords: "list"}, "", now))
	put = func(db *DB, from, to int) error {
		var rows []Row
		for i := from; i < to; i++ {
			rows = append(rows, Row{Ref: fmt.Sprint("i-", i), Title: "row", Body: fmt.Sprint("walrus of i-", i), TitleWords: "row", BodyWords: "walrus",
				Updated: now.Add(time.Duration(i*7919%5000) * time.Second)})
		}
		_, err := db.PutRows(ctx, 1<<32|1, 1, rows, "")
		return err
	}
	if err := errors.Join(err, put(db, 0, n)); err != nil {
		t.Fatal(err)
	}
	return db, put
}

// TestNoRowIsStoredTwice though what is known of a table in memory is of before:
// a change that was taken back, one by another process, a doc whose ids are given
// again, and a ref that has the hash of another.
func TestNoRowIsStoredTwice(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	full := func(db *DB, do func() error) error {
		pages(t, db, 1)
		defer pages(t, db, 1_000_000)
		if err := do(); !errors.Is(err, ErrDiskFull) {
			return fmt.Errorf("on a full disk: %w", err)
		}
		return nil
	}
	for name, c := range map[string]func(db, other *DB, put func(*DB, int, int) error) error{
		"taken back": func(db, other *DB, put func(*DB, int, int) error) error {
			return errors.Join(full(db, func() error { return put(db, 100, 1200) }), put(other, 5000, 6200), put(db, 4990, 5100))
		},
		"another process": func(db, other *DB, put func(*DB, int, int) error) error {
			return errors.Join(put(db, 100, 200), put(other, 100, 300), put(db, 150, 310), put(other, 305, 306), put(db, 300, 320))
		},
		"few of many": func(db, other *DB, put func(*DB, int, int) error) error {
			db.refs.some, other.refs.some = 0, 0
			return errors.Join(put(other, 90, 110), put(db, 105, 111), put(db, 105, 112), put(other, 100, 113))
		},
		"ids given again": func(db, _ *DB, put func(*DB, int, int) error) error {
			ctx := t.Context()
			err := errors.Join(db.Exclude(ctx, []string{"a"}), db.Exclude(ctx, nil),
				db.SyncThings(ctx, 1, "1", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, time.Unix(1, 0)))
			if err == nil {
				err = db.BeginRows(ctx, Table{ID: 1<<32 | 1, Gen: 1}, Text{TitleWords: "list"}, "", time.Unix(1, 0))
			}
			return errors.Join(err, put(db, 50, 180), put(db, 40, 170))
		},
		"one hash": func(db, _ *DB, put func(*DB, int, int) error) error {
			of := db.refs.tables[1<<32|1]
			if of == nil {
				return errors.New("nothing is known")
			}
			for i := range 50 {
				of.ids[db.refs.hash(fmt.Sprint("i-", i))] = uint32(40 + i)
			}
			return put(db, 0, 120)
		},
	} {
		db, put := listedRows(t, 100)
		other, err := OpenToAdd(db.file.Path())
		if err != nil {
			t.Fatal(err)
		}
		if err := c(db, other, put); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		rowsAreAsTheyShould(t, r, db)
		if n := left(t, db, `SELECT count(*) - (SELECT rows_have FROM things WHERE kind = 2) FROM rows`); n != 0 && name != "taken back" {
			t.Errorf("%s: %d more rows than are counted", name, n)
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestTheNewestRowsAreFoundInWhicheverStretch they stand, of more than are read
// at once.
func TestTheNewestRowsAreFoundInWhicheverStretch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 4))
	db, put := listedRows(t, 2600)
	for range 6 {
		rowsAreAsTheyShould(t, r, db)
	}
	err := db.change(t.Context(), "change", func(tx *txn) error {
		_, err := dropRows(tx, 1<<32|1, ` AND r.updated % 3000 > 900 AND r.id % 3 > 0`)
		return err
	})
	if err := errors.Join(err, put(db, 10, 600)); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		rowsAreAsTheyShould(t, r, db)
	}
}

// TestAnIndexOfAnOlderProgramIsGoneOnWith: it has two indexes more, and neither
// stretches nor sums.
func TestAnIndexOfAnOlderProgramIsGoneOnWith(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 5))
	for older, read := range map[string]bool{`CREATE UNIQUE INDEX rows_ref ON rows (tbl, ref); CREATE INDEX rows_updated ON rows (updated, tbl);
		DROP TRIGGER rows_come; DROP TRIGGER rows_change; DROP TRIGGER rows_go; DROP TABLE stretches; DROP TABLE sums; DELETE FROM rows WHERE id % 7 = 0`: true,
		`DROP TRIGGER rows_go; DELETE FROM rows WHERE id % 5 = 0`: false, `DROP TABLE stretches`: true} {
		db, put := listedRows(t, 300)
		path := db.file.Path()
		err := db.file.Change(t.Context(), "older", "NORMAL", func(tx *sql.Tx) error { _, err := tx.Exec(older); return err })
		if err != nil {
			t.Fatal(err)
		}
		reader, err := OpenReadOnly(path)
		if err != nil {
			t.Fatal(err)
		}
		got, want := changedIn(t, reader, 0, 1<<30, 20, Scope{}), changedPlainly(t, reader, 0, 1<<30, 20, Scope{})
		if read && !slices.Equal(got, want) {
			t.Errorf("%.30s: read %v, want %v", older, got, want)
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		anew, notice, err := Open(path)
		if err != nil || notice != "" {
			t.Fatal(notice, err)
		}
		if err := errors.Join(put(anew, 100, 400), anew.Seal(context.Background(), 0)); err != nil {
			t.Error(err)
		}
		rowsAreAsTheyShould(t, r, anew)
		if err := anew.Close(); err != nil {
			t.Error(err)
		}
	}
}
