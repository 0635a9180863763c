package codatest

import (
	"net/http"
	"strconv"
	"time"
)

// rowEdit is a row of a write.
type rowEdit struct {
	Cells []struct {
		Column string
		Value  any
	}
}

func (s *Server) upsertRows(r *request) (any, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, err
	}
	if t.base != nil {
		return nil, refuse(http.StatusBadRequest, "Rows can only be inserted into base tables, not views.")
	}
	var in struct {
		Rows       []rowEdit
		KeyColumns []string
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	raw := r.URL.Query().Get("disableParsing") == "true"
	var edits [][]cell
	for _, e := range in.Rows { // all are read before any is done: a batch is refused whole
		cells, err := r.doc.readRow(t, e, raw)
		if err != nil {
			return nil, err
		}
		edits = append(edits, cells)
	}
	keys, err := keyColumns(t, in.KeyColumns)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(edits))
	for i := range edits {
		s.counter++
		ids[i] = "i-" + makeID("inserted", t.ID, strconv.Itoa(s.counter))
	}
	id := s.queue(r.doc, func() { r.doc.upsert(t, edits, ids, keys) })
	out := map[string]any{"requestId": id}
	if len(keys) == 0 {
		out["addedRowIds"] = ids
	}
	return out, nil
}

func keyColumns(t *Table, names []string) ([]int, error) {
	var keys []int
	for _, n := range names {
		i, c := t.column(n)
		if c == nil {
			return nil, refuse(http.StatusBadRequest, "Could not find the key column %s.", n)
		}
		keys = append(keys, i)
	}
	return keys, nil
}

// upsert writes the rows; every row that has the same keys is updated.
func (d *Doc) upsert(t *Table, edits [][]cell, ids []string, keys []int) {
	now := time.Now()
	for n, cells := range edits {
		values := make([]any, len(t.Columns))
		for _, c := range cells {
			values[c.at] = c.value
		}
		matched := false
		for _, r := range t.Rows {
			if len(keys) > 0 && d.sameKeys(t, r, values, keys) {
				d.write(r, cells, now)
				matched = true
			}
		}
		if !matched {
			d.seq++
			t.Rows = append(t.Rows, &Row{ID: ids[n], Values: values, Created: now, Updated: now, index: len(t.Rows), seq: d.seq})
		}
	}
	t.Updated = now
}

func (d *Doc) sameKeys(t *Table, r *Row, values []any, keys []int) bool {
	for _, k := range keys {
		if d.text(valueAt(r, k), t.Columns[k]) != d.text(values[k], t.Columns[k]) {
			return false
		}
	}
	return true
}

func (d *Doc) write(r *Row, cells []cell, now time.Time) {
	for _, c := range cells {
		for len(r.Values) <= c.at {
			r.Values = append(r.Values, nil)
		}
		r.Values[c.at] = c.value
	}
	d.seq++
	r.seq, r.Updated = d.seq, now
}

func (s *Server) updateRow(r *request) (any, error) {
	t, row, err := s.findRow(r)
	if err != nil {
		return nil, err
	}
	var in struct{ Row rowEdit }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	cells, err := r.doc.readRow(t, in.Row, r.URL.Query().Get("disableParsing") == "true")
	if err != nil {
		return nil, err
	}
	id := s.queue(r.doc, func() {
		now := time.Now()
		r.doc.write(row, cells, now)
		t.Updated = now
	})
	return map[string]any{"requestId": id, "id": row.ID}, nil
}

func (s *Server) deleteRows(r *request) (any, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, err
	}
	var in struct{ RowIDs []string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, id := range in.RowIDs {
		gone[id] = true
	}
	if t.base != nil {
		t = t.base
	}
	id := s.queue(r.doc, func() {
		kept := make([]*Row, 0, len(t.Rows))
		for _, row := range t.Rows {
			if !gone[row.ID] {
				kept = append(kept, row)
			}
		}
		t.Rows, t.Updated = kept, time.Now()
	})
	return map[string]any{"requestId": id, "rowIds": in.RowIDs}, nil
}

func (s *Server) pushButton(r *request) (any, error) {
	t, row, err := s.findRow(r)
	if err != nil {
		return nil, err
	}
	_, c := t.column(r.PathValue("column"))
	if c == nil || c.Type != "button" {
		return nil, refuse(http.StatusBadRequest, "The column is not a button.")
	}
	id := s.queue(r.doc, func() { r.doc.write(row, nil, time.Now()) })
	return map[string]any{"requestId": id, "rowId": row.ID, "columnId": c.ID}, nil
}
