//go:build !race

package index

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// blob is a value of a segment as it stands in the file.
type blob struct {
	table, column string
	key           int64
	body          []byte
}

// blobsOf are those of all segments.
func blobsOf(t *testing.T, db *DB) (all []blob) {
	t.Helper()
	for _, b := range []struct{ table, column, key string }{{"segments", "places", "num"}, {"segments", "words", "num"},
		{"segments", "gone", "num"}, {"sums", "rows", "num"}, {"blocks", "body", "id"}, {"positions", "body", "id"}} {
		rows, err := db.file.Read().Query(fmt.Sprintf(`SELECT %s, %s FROM %s WHERE length(%[2]s) > 0`, b.key, b.column, b.table))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			one := blob{table: b.table, column: b.column}
			if err := rows.Scan(&one.key, &one.body); err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
	}
	return all
}

// put stores another body in the place of one.
func (b blob) put(t *testing.T, db *DB, body []byte) {
	t.Helper()
	key := "num"
	if b.column == "body" {
		key = "id"
	}
	err := db.file.Change(t.Context(), "harm", "NORMAL", func(tx *sql.Tx) error {
		_, err := tx.Exec(fmt.Sprintf(`UPDATE %s SET %s = ? WHERE %s = ?`, b.table, b.column, key), body, b.key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	forgetKept(db)
}

// flip changes one bit of a blob, and tells whether a search then finds what was
// written or says that the file is damaged; told counts the latter.
func (b blob) flip(t *testing.T, db *DB, at, bit int, sound string, told *int) {
	t.Helper()
	body := append([]byte{}, b.body...)
	body[at] ^= 1 << bit
	b.put(t, db, body)
	found, err := looked(t.Context(), db)
	switch {
	case errors.Is(err, ErrDamaged):
		*told++
	case err != nil || found != sound:
		t.Errorf("bit %d of byte %d of %s.%s is another one, and what is found too: %v", bit, at, b.table, b.column, err)
	}
	b.put(t, db, b.body)
}

// TestABitThatChangedIsToldOf: whichever it is, in whichever byte of a small
// segment, and anywhere in larger ones. What is read at all is told of.
func TestABitThatChangedIsToldOf(t *testing.T) {
	t.Parallel()
	db := smallSegments(t)
	sound, err := looked(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	flips, told := 0, 0
	for _, b := range blobsOf(t, db) {
		for at := range b.body {
			b.flip(t, db, at, (at*5+flips)%8, sound, &told)
			flips++
		}
	}
	if flips < 400 || told < flips*9/10 {
		t.Errorf("%d of %d changes of a bit were told of", told, flips)
	}
	if after, err := looked(t.Context(), db); after != sound || err != nil {
		t.Errorf("the index was not put back: %v", err)
	}
	db = inSegments(t)
	sound, err = looked(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 9))
	all := blobsOf(t, db)
	for range 60 {
		b := all[r.IntN(len(all))]
		b.flip(t, db, r.IntN(len(b.body)), r.IntN(8), sound, &told)
	}
}

// smallSegments is an index of a few rows and pages in one segment each, of which
// some are gone.
func smallSegments(t *testing.T) *DB {
	t.Helper()
	db := newIndex(t)
	ctx, now := t.Context(), time.Unix(1, 0)
	pages := []Thing{{Kind: Pages, Ref: "a", Title: "Plan", Words: "plan", Version: "1"}, {Kind: Pages, Ref: "b", Title: "walrus", Words: "walrus", Version: "1"},
		{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}
	err := errors.Join(db.SyncDocs(ctx, []Doc{{ID: "a", Name: "Alpha", Version: "1", Words: "alpha"}}, nil, now), db.SyncThings(ctx, 1, "1", pages, now))
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	for i := range 9 {
		body := fmt.Sprint("walrus often number 7 often w", i%3)
		rows = append(rows, Row{Ref: fmt.Sprint("i-", i), Title: "row", Body: body, TitleWords: "row", BodyWords: body})
	}
	_, failed := db.PutText(ctx, 1<<32|1, Text{Body: "a walrus", TitleWords: "plan", HeadWords: "often", BodyWords: "a walrus number 7 often walrus", Version: "1"})
	err = errors.Join(err, failed, db.BeginRows(ctx, Table{ID: 1<<32 | 3, Gen: 1}, Text{TitleWords: "list"}, "", now))
	_, failed = db.PutRows(ctx, 1<<32|3, 1, rows, "")
	err = errors.Join(err, failed, db.Seal(ctx, 0))
	_, failed = db.PutRows(ctx, 1<<32|3, 1, []Row{{Ref: "i-4", Title: "row", Body: "otter", TitleWords: "row", BodyWords: "otter"}}, "")
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestWhatASegmentIsIsProvenToo: numbers beside its blobs, and which tier it is
// of.
func TestWhatASegmentIsIsProvenToo(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{"UPDATE segments SET size = size + 1", "UPDATE segments SET first = first - 1", "UPDATE segments SET last = last | 256",
		"UPDATE segments SET count = count + 8", "UPDATE segments SET rows = 2", "UPDATE segments SET rows = 1 - rows", "UPDATE segments SET first = 1 << 50",
		"UPDATE segments SET rows = -1", "DELETE FROM segments", "DELETE FROM segments WHERE rows", "DELETE FROM segments WHERE NOT rows", "UPDATE sums SET head = head + 64", "UPDATE sums SET gone = gone + 1", "UPDATE sums SET rows = substr(rows, 5)",
		"UPDATE sums SET num = num + 1 WHERE num = (SELECT max(num) FROM segments); UPDATE segments SET num = num + 1 WHERE num = (SELECT max(num) FROM segments)"} {
		db := smallSegments(t)
		err := db.file.Change(t.Context(), "harm", "NORMAL", func(tx *sql.Tx) error { _, err := tx.Exec(statement); return err })
		if err != nil {
			t.Fatal(err)
		}
		forgetKept(db)
		if _, err := looked(t.Context(), db); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", statement, err)
		}
	}
}

// TestAMergeForgetsNoSegmentThatIsMissing: what is left of it still tells.
func TestAMergeForgetsNoSegmentThatIsMissing(t *testing.T) {
	t.Parallel()
	db := smallSegments(t)
	err := db.file.Change(t.Context(), "harm", "NORMAL", func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM segments WHERE num = (SELECT max(num) FROM segments)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	forgetKept(db)
	merging := mergeAll(t.Context(), db)
	if _, err := looked(t.Context(), db); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v after a merge that gave %v, want ErrDamaged", err, merging)
	}
}

// TestAMergeTakesOverNothingThatChanged: it reads what no search has read, and
// would write sums of it.
func TestAMergeTakesOverNothingThatChanged(t *testing.T) {
	t.Parallel()
	for i, b := range blobsOf(t, smallSegments(t)) {
		if b.table != "blocks" && b.table != "positions" {
			continue
		}
		db := smallSegments(t)
		body := append([]byte{}, b.body...)
		body[i%len(body)] ^= 1
		b.put(t, db, body)
		if err := mergeAll(t.Context(), db); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s %d: %v, want ErrDamaged", b.table, b.key, err)
		}
	}
}

// TestAnIndexWithoutSumsIsReadAndGetsThem: a file that an older program wrote, by
// those who only read it and by those who write, and such a one may go on with it.
func TestAnIndexWithoutSumsIsReadAndGetsThem(t *testing.T) {
	t.Parallel()
	db := inSegments(t)
	sound, err := looked(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	older := func(statement string) {
		t.Helper()
		err := db.file.Change(t.Context(), "harm", "NORMAL", func(tx *sql.Tx) error { _, err := tx.Exec(statement); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	same := func(what string, db *DB) {
		t.Helper()
		if found, err := looked(t.Context(), db); err != nil || found != sound {
			t.Errorf("%s: %v", what, err)
		}
	}
	path := db.file.Path()
	older("DROP TABLE sums")
	reader, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	same("read", reader)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, notice, err := Open(path)
	if err != nil || notice != "" {
		t.Fatal(notice, err)
	}
	defer db.Close()
	same("written", db)
	if err := mergeAll(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	same("merged", db)
	if n := left(t, db, `SELECT count(*) FROM segments s LEFT JOIN sums u ON u.num = s.num WHERE u.num IS NULL`); n > 0 {
		t.Errorf("%d segments have no sums", n)
	}
	forgetKept(reader)
	same("merged, and read", reader)
	err = db.file.Change(t.Context(), "bury", "NORMAL", func(tx *sql.Tx) error {
		all, err := loadSegments(t.Context(), tx, nil, true, 0, 1<<62)
		if err != nil {
			return err
		}
		all[0].bury([]uint32{1})
		_, err = tx.Exec(`UPDATE segments SET dead = ?, gone = ? WHERE num = ?`, all[0].dead, all[0].encodeGone(), all[0].num)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := looked(t.Context(), db); err != nil || found == sound {
		t.Errorf("an older program took a place away: %v", err)
	}
}
