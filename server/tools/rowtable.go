package tools

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// rowTable is rows as a model reads them cheaply: the names of the columns
// once, then an array of values for each row. The first column is the row's
// id.
type rowTable struct {
	Columns []string          `json:"columns"`
	Rows    []json.RawMessage `json:"rows"`

	from []coda.Column
	size int // characters so far
}

func newRowTable(columns []coda.Column) *rowTable {
	r := &rowTable{Columns: append([]string{"row"}, words.ColumnNames(columns)...), Rows: []json.RawMessage{}, from: columns}
	for _, c := range r.Columns {
		r.size += words.JSONSize(c) + 3
	}
	return r
}

// add puts a row in, whole, unless that would pass the budget of characters.
// The first row always goes in.
func (r *rowTable) add(row coda.Row, budget int) bool {
	values := []any{row.ID}
	cells := row.Values.ByColumn()
	for _, c := range r.from {
		values = append(values, words.PlainCell(cells[c.ID], c, false))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(values) != nil {
		return true // cannot happen with decoded JSON
	}
	raw := bytes.TrimSpace(b.Bytes())
	size := utf8.RuneCount(raw) + 1
	if len(r.Rows) > 0 && r.size+size > budget {
		return false
	}
	r.Rows = append(r.Rows, slices.Clone(raw))
	r.size += size
	return true
}
