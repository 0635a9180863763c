package index

import (
	"database/sql"
	"errors"

	"codabridge/server/store"
)

// WholeTable is a base table whose rows are all stored.
type WholeTable struct {
	id int64
	// Version is that of the doc when all of it was stored, as Coda wrote it.
	Version string
	// Columns are the names, separated by the unit separator.
	Columns string
	// Rows is how many there are.
	Rows int
}

// WholeTable finds a table of a doc of which everything is stored. Of a table
// that was read when Coda's snapshot may have been old, no version is noted,
// and one that Coda counts more or fewer rows of is not whole.
func (v *View) WholeTable(doc, ref string) (t WholeTable, ok bool, err error) {
	err = v.tx.QueryRowContext(v.ctx, `SELECT t.id, d.done, t.columns, t.rows_have FROM docs d JOIN things t ON t.id >> 32 = d.num
		WHERE d.id = ? AND t.kind = 2 AND t.ref = ? AND d.done <> '' AND d.done = d.version AND NOT d.excluded AND d.problem = ''
		AND t.state = 1 AND t.stored <> '' AND t.cursor = '' AND t.problem = '' AND t.rows_have = t.row_count`, doc, ref).
		Scan(&t.id, &t.Version, &t.Columns, &t.Rows)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	return t, err == nil, err
}

// RowsOf gives the id, title and values of each row of a table, in the order in
// which they were first met. Values are as in Row.Body.
func (v *View) RowsOf(t WholeTable, each func(ref, title, body string) error) error {
	first, last := t.id>>32<<32, t.id|0xffffffff
	return store.Each(v.ctx, v.tx, func(scan func(...any) error) error {
		var ref, title, body string
		if err := scan(&ref, &title, &body); err != nil {
			return err
		}
		return each(ref, title, body)
	}, `SELECT ref, title, body FROM rows NOT INDEXED WHERE id BETWEEN ? AND ? AND tbl = ? ORDER BY id`, first, last, t.id)
}
