package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Row is a row of a table, with words cut.
type Row struct {
	Ref, Title, URL string
	Updated         time.Time
	// Body are the values, in the order of the table's columns, separated by
	// the unit separator (0x1f).
	Body                  string
	TitleWords, BodyWords string
	// Also are words by which it is found beside its own.
	Also string
}

// Table is how far the rows of a table are stored.
type Table struct {
	ID  int64
	Ref string
	// Title is the table's name.
	Title string
	// Stored is the version whose rows are all stored.
	Stored string
	// Columns are the names, separated by the unit separator.
	Columns string
	// Sync is Coda's token for what changed since; Cursor is where a listing
	// was broken off.
	Sync, Cursor string
	Gen          int64
	// RowCount is what Coda said, Have what is stored.
	RowCount, Have int
	// Calculated tables change without telling.
	Calculated bool
	Listed     time.Time
	// Updated is of the table as it was when its listing began.
	Updated time.Time
}

// Thing is its id.
func (t Table) Thing() int64 { return t.ID }

// ErrSuperseded says that another listing of the table has begun meanwhile,
// which meets all that this one would.
var ErrSuperseded = errors.New("index store: another listing of the table has begun")

// BeginRows notes the columns of a table, whose rows are about to be listed
// from the beginning under a new generation; until EndRows it waits. A listing
// of an older generation ends with that: its next call gives ErrSuperseded. So
// does this one where that generation has begun already.
func (db *DB) BeginRows(ctx context.Context, t Table, words Text, url string, updated time.Time) error {
	return db.change(ctx, "begin rows", func(tx *txn) error {
		if there, err := isGeneration(tx, t.ID, t.Gen-1); !there || err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE things SET state = 0, columns = ?, gen = ?, cursor = '', sync = '',
			row_count = ?, calculated = ?, row_url = ?, updated = ? WHERE id = ?`,
			t.Columns, t.Gen, t.RowCount, t.Calculated, url, store.Stamp(updated), t.ID)
		if err != nil {
			return err
		}
		return putWords(tx, t.ID, words)
	})
}

// isGeneration tells whether a table is there, with ErrSuperseded where it is
// listed under a later generation.
func isGeneration(tx *txn, table, gen int64) (there bool, err error) {
	var now int64
	err = tx.QueryRow(`SELECT gen FROM things WHERE id = ?`, table).Scan(&now)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil // it was removed meanwhile
	case err == nil && now > gen:
		err = ErrSuperseded
	}
	return true, err
}

// BeginChanges notes that rows which changed are about to be stored. If that
// is broken off, how many there were before is not known any more, and with it
// whether some were deleted; so the table is then listed from the beginning.
func (db *DB) BeginChanges(ctx context.Context, id int64) error {
	return db.change(ctx, "begin changes", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE things SET sync = '' WHERE id = ?`, id)
		return err
	})
}

// CountRows is how many rows of a table are stored.
func (db *DB) CountRows(ctx context.Context, id int64) (n int, err error) {
	err = db.file.Read().QueryRowContext(ctx, `SELECT `+countOfTable, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("index store: count rows: %w", classify(err))
	}
	return n, nil
}

// PutRows stores some rows of a table under its generation, and where the
// listing goes on, and tells how many are new or other than they were. Rows
// that did not change cost next to nothing.
func (db *DB) PutRows(ctx context.Context, table, gen int64, rows []Row, cursor string) (changed int, err error) {
	err = db.change(ctx, "store rows", func(tx *txn) error {
		changed = 0
		if there, err := isGeneration(tx, table, gen); !there || err != nil {
			return err
		}
		b, err := beginBatch(tx, table, gen)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // its doc was left out meanwhile
		}
		if err != nil {
			return err
		}
		if err := b.readRefs(rows); err != nil {
			return err
		}
		for _, r := range rows {
			if err := b.put(r); err != nil {
				return err
			}
		}
		changed = b.changed
		if err := b.stage(); err != nil {
			return err
		}
		if err := b.drawn.store(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE docs SET next = ? WHERE num = ?`, b.next, table>>32); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE things SET cursor = ?, rows_have = rows_have + ? WHERE id = ?`, cursor, b.added, table)
		return err
	})
	return changed, err
}

// batch stores rows inside one transaction.
type batch struct {
	tx          *txn
	table, gen  int64
	next, added int64
	rowURL      string
	drawn       sketches
	changed     int
	changes     []int64 // whose words are others now
	words       []staged

	known *refs
	refs  *tableRefs       // of the table, or
	few   map[string]int64 // the ids of those of the batch that are there

	find, touch, insert, update *sql.Stmt
}

func beginBatch(tx *txn, table, gen int64) (*batch, error) {
	b := &batch{tx: tx, table: table, gen: gen, drawn: sketches{}, known: tx.refs}
	err := tx.QueryRow(`SELECT d.next, t.row_url FROM things t JOIN docs d ON d.num = t.id >> 32 WHERE t.id = ? AND NOT d.excluded`, table).Scan(&b.next, &b.rowURL)
	if err != nil {
		return nil, err
	}
	for _, s := range []struct {
		to    **sql.Stmt
		query string
	}{
		{&b.find, `SELECT ref, title, url, body FROM rows WHERE id = ? AND tbl = ?`},
		{&b.touch, `UPDATE rows SET gen = ?, updated = ? WHERE id = ?`},
		{&b.insert, `INSERT INTO rows (id, tbl, gen, updated, ref, title, url, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&b.update, `UPDATE rows SET gen = ?, updated = ?, title = ?, url = ?, body = ? WHERE id = ?`},
	} {
		*s.to, err = tx.Prepare(s.query)
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// shortURL leaves away what can be put together again: most rows' links are
// the table's with the row's id behind.
func (b *batch) shortURL(r Row) string {
	if b.rowURL != "" && r.URL == b.rowURL+r.Ref {
		return ""
	}
	return r.URL
}

func (b *batch) put(r Row) error {
	link := b.shortURL(r)
	id, was, err := b.idOf(r.Ref)
	switch {
	case err != nil:
		return err
	case id == 0:
		id = b.table>>32<<32 | b.next
		b.next++
		b.added++
		if _, err := b.insert.Exec(id, b.table, b.gen, store.Stamp(r.Updated), r.Ref, r.Title, link, r.Body); err != nil {
			return err
		}
		b.isNew(r.Ref, id)
	case was.title == r.Title && was.url == link && was.body == r.Body:
		_, err := b.touch.Exec(b.gen, store.Stamp(r.Updated), id)
		return err
	default:
		if _, err := b.update.Exec(b.gen, store.Stamp(r.Updated), r.Title, link, r.Body, id); err != nil {
			return err
		}
		b.changes = append(b.changes, id)
	}
	b.changed++
	b.drawn.put(id, true, sketch(Rows, b.table, r.TitleWords, "", r.BodyWords))
	b.words = append(b.words, staged{id, b.table & 0xffffffff, r.TitleWords, "", r.BodyWords, r.Also})
	return nil
}

// stage makes the rows be found.
func (b *batch) stage() error {
	if err := b.tx.forget(b.changes, true); err != nil {
		return err
	}
	last := map[int64]int{} // a row may have come twice
	for i, w := range b.words {
		last[w.id] = i
	}
	for i, w := range b.words {
		if last[w.id] != i {
			continue
		}
		if err := b.tx.stage(w, true); err != nil {
			return err
		}
	}
	return nil
}

// EndRows closes a listing: rows that it did not meet are removed when it was
// a full one, and the version and sync token are kept for the next time. It
// tells how many were removed.
func (db *DB) EndRows(ctx context.Context, t Table, full bool, now time.Time) (removed int, err error) {
	err = db.change(ctx, "end rows", func(tx *txn) error {
		if there, err := isGeneration(tx, t.ID, t.Gen); !there || err != nil {
			return err
		}
		if full {
			removed, err = dropRows(tx, t.ID, ` AND r.gen <> ?2`, t.Gen)
			if err != nil {
				return err
			}
		}
		tx.refs.forget(t.ID)
		_, err := tx.Exec(`UPDATE things SET state = 1, stored = ?2, sync = ?3, cursor = '', row_count = ?4, problem = '',
			rows_have = `+countOfTable+`, listed = CASE WHEN ?5 THEN ?6 ELSE listed END WHERE id = ?1`,
			t.ID, t.Stored, t.Sync, t.RowCount, full, store.Stamp(now))
		return err
	})
	return removed, err
}

// KeepRows notes that the stored rows of a table are current, where no listing
// of it has begun since it was looked at.
func (db *DB) KeepRows(ctx context.Context, t Table) error {
	return db.change(ctx, "keep rows", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE things SET state = 1 WHERE id = ? AND gen = ?`, t.ID, t.Gen)
		return err
	})
}
