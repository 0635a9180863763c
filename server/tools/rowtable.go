package tools

import (
	"cmp"
	"encoding/json"
	"fmt"
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

	from   []coda.Column
	at     map[string]int // the places of columns in a row, by id
	in     []coda.Row     // what Rows show, and values, decoded
	values [][]any
	who    namesakes
	size   int    // characters so far
	note   string // says what was clipped
}

func newRowTable(columns []coda.Column) *rowTable {
	r := &rowTable{Columns: append([]string{"row"}, words.ColumnNames(columns)...), Rows: []json.RawMessage{},
		from: columns, at: map[string]int{}, who: newNamesakes()}
	for i, c := range columns {
		r.at[c.ID] = i + 1
	}
	for _, c := range r.Columns {
		r.size += words.JSONSize(c) + 3
	}
	return r
}

// add puts a row in, whole, unless that would pass the budget of characters.
// The first row always goes in; where it is too long, its longest cells are
// clipped.
func (r *rowTable) add(row coda.Row, budget int) bool {
	values := r.plain(row)
	raw := encodeRow(values)
	size := utf8.RuneCount(raw) + 1
	if r.size+size > budget {
		if len(r.Rows) > 0 {
			return false
		}
		raw = encodeRow(r.clip(values, budget-r.size))
		size = utf8.RuneCount(raw) + 1
	}
	r.Rows, r.in, r.values = append(r.Rows, raw), append(r.in, row), append(r.values, values)
	r.size += size
	return true
}

// plain are the values of a row as they are shown.
func (r *rowTable) plain(row coda.Row) []any {
	values := make([]any, 1+len(r.from))
	values[0] = row.ID
	for column, text := range row.Values.All() {
		if at := r.at[column]; at > 0 {
			values[at] = r.who.plain(text, r.from[at-1])
		}
	}
	for i, c := range r.from {
		if values[i+1] == nil {
			values[i+1] = words.PlainCell(nil, c, false)
		}
	}
	return values
}

// learn tells namesakes among rows apart, in those already shown too.
func (r *rowTable) learn(rows []coda.Row) {
	if !r.who.learn(rows) || r.note != "" {
		return
	}
	for i, row := range r.in {
		r.values[i] = r.plain(row)
		raw := encodeRow(r.values[i])
		r.size += utf8.RuneCount(raw) - utf8.RuneCount(r.Rows[i])
		r.Rows[i] = raw
	}
}

// leastRow is how many characters a row gets where the names of the columns
// leave less.
const leastRow = 2000

// clip makes a row fit that is too long by itself, and notes it.
func (r *rowTable) clip(values []any, budget int) []any {
	var names []string
	for _, i := range words.Fit(values[1:], max(budget-len(fmt.Sprint(values[0])), leastRow)) {
		names = append(names, r.Columns[i+1])
	}
	if len(names) > 0 {
		r.note = words.ClippedNote(fmt.Sprint(values[0]), names)
	}
	return values
}

func encodeRow(values []any) json.RawMessage { return words.AppendJSON(nil, values) }

// fill puts those rows in that keep takes, from a place on, until there are
// limit of them or the answer is full, and says where it stopped.
func (r *rowTable) fill(rows []coda.Row, from, limit int, keep func(coda.Row) bool) (stopped int) {
	r.learn(rows)
	for i := min(from, len(rows)); i < len(rows); i++ {
		if !keep(rows[i]) {
			continue
		}
		if len(r.Rows) >= limit {
			return i
		}
		if !r.add(rows[i], rowsBudget) {
			r.note = cmp.Or(r.note, "The answer is full after "+words.Count(len(r.Rows), "row")+"; the rest comes with next_cursor. Fewer columns or a filter make room for more.")
			return i
		}
	}
	return len(rows)
}
