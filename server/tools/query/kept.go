package query

import (
	"cmp"
	"encoding/json"
	"slices"
)

// row is one that fulfils the conditions: what is shown of it, as JSON, and the
// first entry of each cell that it is sorted by.
type row struct {
	id    string
	at    int
	shown []byte
	cells []value // in the order of Query.sorts
}

// What a question keeps, in bytes, seen from above.
const (
	entrySize = 100      // an entry of a cell, a number, a different value
	maxHeld   = 16 << 20 // of rows that come first, the others go
)

// textOf is what is shown of a row, as JSON.
func (q *Query) textOf(cells [][]value) []byte {
	parts := make([]any, len(q.shown))
	for i, at := range q.shown {
		parts[i] = shown(q.all[at].kind(), cells[at])
	}
	b, _ := json.Marshal(parts)
	return b
}

func (r *row) size() int { return len(r.shown) + (1+len(r.cells))*entrySize }

// keep holds on to a row; of sorted rows to those that come first.
func (q *Query) keep(r row) {
	q.rows = append(q.rows, r)
	q.held += r.size()
	if len(q.sorts) == 0 || len(q.rows) < 2*maxKept && q.held < maxHeld {
		return
	}
	q.sortRows()
	for n := len(q.rows); n > maxKept || q.held > maxHeld/2 && n > 1; n = len(q.rows) {
		q.held -= q.rows[n-1].size()
		q.rows[n-1] = row{}
		q.rows, q.cut = q.rows[:n-1], true
	}
}

// Held is what the question keeps of the rows it was given, in bytes, seen from
// above.
func (q *Query) Held() int { return q.held }

func (q *Query) sortRows() {
	slices.SortFunc(q.rows, func(a, b row) int {
		for i, o := range q.sorts {
			if n := q.all[o.column].compare(a.cells[i:i+1], b.cells[i:i+1], o.down); n != 0 {
				return n
			}
		}
		return cmp.Compare(a.at, b.at)
	})
}
