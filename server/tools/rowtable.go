package tools

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// rowsBudget is how many characters of rows one answer holds; the rest comes
// with the cursor.
const rowsBudget = 21000

// rowTable is rows as a model reads them cheaply: the names of the columns
// once, then an array of values for each row. The first column is the row's
// id.
//
// Cells are written as JSON as soon as they are read, and compared in that form:
// an answer has thousands.
type rowTable struct {
	Columns []string          `json:"columns"`
	Rows    []json.RawMessage `json:"rows"`

	from []coda.Column
	at   map[string]int // the places of columns in a row, by the id as JSON has it
	in   []coda.Row     // what Rows show
	// starts are where the cells of all rows begin, each row's within its text, and
	// where its last one would be followed by another.
	starts []int
	who    namesakes
	size   int    // characters so far
	note   string // says what was clipped

	chosen bool // the columns were asked for by name
	plain  bool // for the eyes of a person: no key stands for a text

	// spares gives the characters that are spared by what is said once of all rows;
	// nil where nothing is. They were spared, of a size, when asked last.
	spares        func() int
	spared, asked int

	// Of the row at work: its cells in the order of Coda, where each column's stands
	// there, and where each begins in the end.
	cells  []byte
	found  [][2]int
	begins []int
}

func newRowTable(columns []coda.Column) *rowTable {
	r := &rowTable{Columns: append([]string{"row"}, words.ColumnNames(columns)...), Rows: []json.RawMessage{},
		from: columns, at: map[string]int{}, who: newNamesakes(), found: make([][2]int, len(columns))}
	for i, c := range columns {
		r.at[nameInJSON(c.ID)] = i + 1
	}
	for _, c := range r.Columns {
		r.size += words.JSONSize(c) + 3
	}
	return r
}

// leastAsked is after how many characters more it is asked again what is spared.
const leastAsked = 400

// add puts a row in, whole, unless that would pass the budget of characters.
// The first row always goes in; where it is too long, its longest cells are
// clipped.
func (r *rowTable) add(row coda.Row, budget int) bool {
	raw, starts := r.write(row)
	size := utf8.RuneCount(raw) + 1
	if r.size-r.spared+size > budget && r.spares != nil && r.size-r.asked >= leastAsked {
		r.spared, r.asked = r.spares(), r.size
	}
	if r.size-r.spared+size > budget {
		if len(r.Rows) > 0 {
			return false
		}
		raw, starts = r.clip(raw, starts, budget-r.size)
		size = utf8.RuneCount(raw) + 1
	}
	r.Rows, r.in, r.starts = append(r.Rows, raw), append(r.in, row), append(r.starts, starts...)
	r.size += size
	return true
}

// grow makes room for so many rows at once.
func (r *rowTable) grow(more int) {
	more = max(more, 0)
	r.Rows, r.in = slices.Grow(r.Rows, more), slices.Grow(r.in, more)
	r.starts = slices.Grow(r.starts, more*(len(r.Columns)+1))
}

// write gives a row as it is shown, and where its cells begin.
func (r *rowTable) write(row coda.Row) (raw []byte, starts []int) {
	clear(r.found)
	r.cells = r.cells[:0]
	for name, text := range row.Values.Fields() {
		if at := r.place(name); at > 0 {
			begin := len(r.cells)
			r.cells = r.who.appendCell(r.cells, text, &r.from[at-1])
			r.found[at-1] = [2]int{begin, len(r.cells)}
		}
	}
	raw = make([]byte, 0, len(r.cells)+len(row.ID)+4*len(r.from)+8)
	starts = append(r.begins[:0], 1)
	raw = append(words.AppendJSON(append(raw, '['), row.ID), ',')
	for i, cell := range r.found {
		starts = append(starts, len(raw))
		if cell[1] == 0 {
			raw = words.AppendCell(raw, nil, &r.from[i], false)
		} else {
			raw = append(raw, r.cells[cell[0]:cell[1]]...)
		}
		raw = append(raw, ',')
	}
	raw[len(raw)-1] = ']'
	r.begins = append(starts, len(raw))
	return raw, r.begins
}

// place finds the column of a cell by its name as JSON has it; zero where it is
// not shown.
func (r *rowTable) place(name []byte) int { return r.at[string(plainName(name))] }

// plainName is the name of a column as nameInJSON writes it.
func plainName(name []byte) []byte {
	if bytes.IndexByte(name, '\\') < 0 {
		return name
	}
	return []byte(nameInJSON(nameOf(name)))
}

func nameInJSON(id string) string { return string(words.AppendJSON(nil, id)) }

// nameOf is the name of a column that JSON has so.
func nameOf(name []byte) string {
	var id string
	if bytes.IndexByte(name, '\\') < 0 && len(name) > 1 {
		return string(name[1 : len(name)-1])
	}
	_ = json.Unmarshal(name, &id) // no name then, which no column has
	return id
}

// cell is the JSON of a cell of a row that is shown.
func (r *rowTable) cell(row, at int) []byte {
	begin := row*(len(r.Columns)+1) + at
	return r.Rows[row][r.starts[begin] : r.starts[begin+1]-1]
}

// learn tells namesakes among rows apart, in those already shown too.
func (r *rowTable) learn(rows []coda.Row) {
	if !r.who.learn(rows) || r.note != "" {
		return
	}
	for i, row := range r.in {
		raw, starts := r.write(row)
		r.size += utf8.RuneCount(raw) - utf8.RuneCount(r.Rows[i])
		r.Rows[i] = raw
		copy(r.starts[i*len(starts):], starts)
	}
}

// leastRow is how many characters a row gets where the names of the columns
// leave less.
const leastRow = 2000

// clip makes a row fit that is too long by itself, and notes it.
func (r *rowTable) clip(raw []byte, starts []int, budget int) ([]byte, []int) {
	values := make([]any, len(r.Columns))
	for i := range values {
		values[i] = coda.DecodeCell(raw[starts[i] : starts[i+1]-1])
	}
	var names []string
	for _, i := range words.Fit(values[1:], max(budget-len(fmt.Sprint(values[0])), leastRow)) {
		names = append(names, r.Columns[i+1])
	}
	if len(names) > 0 {
		r.note = words.ClippedNote(fmt.Sprint(values[0]), names)
	}
	raw = append(raw[:0], '[')
	for i, v := range values {
		starts[i] = len(raw)
		raw = append(words.AppendJSON(raw, v), ',')
	}
	raw[len(raw)-1], starts[len(values)] = ']', len(raw)
	return raw, starts
}

// fill puts those rows in that keep takes, from a place on, until there are
// limit of them or the answer is full, and says where it stopped.
func (r *rowTable) fill(rows []coda.Row, from, limit int, keep func(coda.Row) bool) (stopped int) {
	r.learn(rows)
	r.grow(min(len(rows), limit-len(r.Rows)))
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
