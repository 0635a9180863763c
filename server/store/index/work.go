package index

import (
	"context"
	"fmt"
	"time"

	"codabridge/server/store"
)

// DocState is a doc with what is stored of it.
type DocState struct {
	Num                  int64
	ID, Name, URL        string
	Version, Named, Done string
	Problem              string
	Updated, Retry       time.Time
	NamedAt, Checked     time.Time
	Excluded             bool
	Pages, PagesRead     int // those with a text to read
	Tables, TablesRead   int // base tables
	Rows, RowsKnown      int // stored, and as many as Coda says there are
	Refused              int // pages and tables Coda will not give
	Things               int // names of pages, tables and views
}

// Docs lists all docs, those changed last first.
func (db *DB) Docs(ctx context.Context) ([]DocState, error) { return docStates(ctx, db.file.Read()) }

// Docs lists all docs, those changed last first.
func (v *View) Docs() ([]DocState, error) { return docStates(v.ctx, v.tx) }

func docStates(ctx context.Context, from store.Queryer) ([]DocState, error) {
	all, err := store.All(ctx, from, scanDocState, `SELECT d.num, d.id, d.name, d.url, d.version, d.named, d.done, d.problem, d.updated,
			d.retry, d.named_at, d.checked, d.excluded,
			ifnull(sum(t.kind = 1 AND t.state IN (0, 1)), 0), ifnull(sum(t.kind = 1 AND t.state IN (0, 1) AND t.stored <> ''), 0),
			ifnull(sum(t.kind = 2 AND t.state IN (0, 1)), 0), ifnull(sum(t.kind = 2 AND t.state IN (0, 1) AND t.listed > 0), 0),
			ifnull(sum(t.rows_have), 0), ifnull(sum(max(t.row_count, t.rows_have)), 0), ifnull(sum(t.state = 3), 0), count(t.id)
		FROM docs d NOT INDEXED LEFT JOIN things t ON t.id BETWEEN (d.num << 32) + 1 AND d.num << 32 | 0xffffffff AND t.kind > 0
		GROUP BY d.num ORDER BY d.updated DESC, d.num`)
	if err != nil {
		return nil, fmt.Errorf("index store: list docs: %w", classify(err))
	}
	return all, nil
}

func scanDocState(scan func(...any) error) (d DocState, err error) {
	var updated, retry, named, checked int64
	err = scan(&d.Num, &d.ID, &d.Name, &d.URL, &d.Version, &d.Named, &d.Done, &d.Problem, &updated, &retry, &named, &checked, &d.Excluded,
		&d.Pages, &d.PagesRead, &d.Tables, &d.TablesRead, &d.Rows, &d.RowsKnown, &d.Refused, &d.Things)
	d.Updated, d.Retry, d.NamedAt, d.Checked = store.Moment(updated), store.Moment(retry), store.Moment(named), store.Moment(checked)
	return d, err
}

// Work is a page or table that waits to be read.
type Work struct {
	ID      int64
	Ref     string
	Title   string
	Version string
	// Subtitle is that of a page.
	Subtitle string
}

// Thing is its id.
func (w Work) Thing() int64 { return w.ID }

// WaitingPages lists the pages of a doc that wait to be read.
func (db *DB) WaitingPages(ctx context.Context, num int64) ([]Work, error) {
	all, err := store.All(ctx, db.file.Read(), func(scan func(...any) error) (w Work, err error) {
		return w, scan(&w.ID, &w.Ref, &w.Title, &w.Version, &w.Subtitle)
	}, `SELECT id, ref, title, version, columns FROM things WHERE kind = 1 AND state = 0 AND id BETWEEN ? AND ? ORDER BY id`, num<<32, num<<32|0xffffffff)
	if err != nil {
		return nil, fmt.Errorf("index store: list waiting pages: %w", classify(err))
	}
	return all, nil
}

// WaitingTables lists the tables of a doc whose rows wait to be read.
func (db *DB) WaitingTables(ctx context.Context, num int64) ([]Table, error) {
	all, err := store.All(ctx, db.file.Read(), func(scan func(...any) error) (t Table, err error) {
		var listed, updated int64
		err = scan(&t.ID, &t.Ref, &t.Title, &t.Stored, &t.Columns, &t.Sync,
			&t.Cursor, &t.Gen, &t.RowCount, &t.Have, &t.Calculated, &listed, &updated)
		t.Listed, t.Updated = store.Moment(listed), store.Moment(updated)
		return t, err
	}, `SELECT id, ref, title, stored, columns, sync, cursor, gen, row_count, rows_have, calculated, listed, updated
		FROM things WHERE kind = 2 AND state = 0 AND id BETWEEN ? AND ? ORDER BY id`, num<<32, num<<32|0xffffffff)
	if err != nil {
		return nil, fmt.Errorf("index store: list waiting tables: %w", classify(err))
	}
	return all, nil
}

// Age makes tables with calculated columns wait again when their rows were
// listed so long ago, and docs whose names were read so long ago: Coda tells of
// neither kind of change. And so do docs, pages and tables that were refused so
// long ago. What was done at a time yet to come, by a clock that was set back
// since, is as old as can be.
func (db *DB) Age(ctx context.Context, now time.Time, listed, named, refused time.Duration) error {
	return db.change(ctx, "age index", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE docs SET done = '' WHERE num IN (SELECT id >> 32 FROM things WHERE kind = 2 AND state = 1 AND calculated AND listed NOT BETWEEN ?1 AND ?4);
			UPDATE things SET state = 0, stored = '', sync = '' WHERE kind = 2 AND state = 1 AND calculated AND listed NOT BETWEEN ?1 AND ?4;
			UPDATE docs SET named = '', done = '' WHERE named <> '' AND named_at NOT BETWEEN ?2 AND ?4;
			UPDATE docs SET done = '' WHERE num IN (SELECT id >> 32 FROM things WHERE state = 3 AND listed NOT BETWEEN ?3 AND ?4);
			UPDATE things SET state = 0, stored = '' WHERE state = 3 AND listed NOT BETWEEN ?3 AND ?4;
			UPDATE docs SET problem = '', retry = 0 WHERE retry > ?5`,
			store.Stamp(now.Add(-listed)), store.Stamp(now.Add(-named)), store.Stamp(now.Add(-refused)),
			store.Stamp(now), store.Stamp(now.Add(refused)))
		return err
	})
}

// Await makes the page or table with this ref wait to be read again, if it is
// one that is read; known tells whether it is.
func (db *DB) Await(ctx context.Context, num int64, kind int, ref string) (known bool, err error) {
	err = db.change(ctx, "read again", func(tx *txn) error {
		done, err := tx.Exec(`UPDATE things SET state = 0, stored = '' WHERE id BETWEEN ? AND ? AND kind = ? AND ref = ? AND state IN (0, 1)`,
			num<<32, num<<32|0xffffffff, kind, ref)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		known = n > 0
		return err
	})
	return known, err
}

// Unfinished makes the next pass look at a doc once more, in full.
func (db *DB) Unfinished(ctx context.Context, num int64) error {
	return db.change(ctx, "read again", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE docs SET named = '', done = '' WHERE num = ?`, num)
		return err
	})
}

// Names are those of a doc and of all pages and tables in it, in one text.
func (db *DB) Names(ctx context.Context, num int64) (names string, err error) {
	err = db.file.Read().QueryRowContext(ctx, `SELECT ifnull(group_concat(id || ' ' || title, char(10)), '') FROM things WHERE id BETWEEN ? AND ?`,
		num<<32, num<<32|0xffffffff).Scan(&names)
	if err != nil {
		return "", fmt.Errorf("index store: list names: %w", classify(err))
	}
	return names, nil
}

// Refusal is a page or table that Coda will not give, and its doc.
type Refusal struct {
	Kind              int // Pages or Tables
	Title, Doc, DocID string
}

// Refused lists up to most of them.
func (v *View) Refused(most int) ([]Refusal, error) {
	return store.All(v.ctx, v.tx, func(scan func(...any) error) (r Refusal, err error) {
		return r, scan(&r.Kind, &r.Title, &r.Doc, &r.DocID)
	}, `SELECT t.kind, t.title, d.name, d.id FROM things t JOIN docs d ON d.num = t.id >> 32
		WHERE t.kind IN (1, 2) AND t.state = 3 AND NOT d.excluded ORDER BY t.kind, t.id LIMIT ?`, most)
}
