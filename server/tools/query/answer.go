package query

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"

	"codabridge/server/alike"
)

// Answer is what the rows given so far come to.
type Answer struct {
	// Columns are the names; the first is "row" (its id) where rows are told.
	Columns []string
	Rows    [][]any
	// More tells that there are rows after these.
	More bool
	// Notes are sentences that keep the numbers from being misread.
	Notes []string
}

// Answer gives at most limit rows from the offset on. It may be called again,
// for the rows that follow or after more rows were added.
func (q *Query) Answer(offset, limit int) Answer {
	if !q.arranged {
		q.arrange()
		q.arranged = true
	}
	var a Answer
	if q.grouped() {
		a = q.groupAnswer(offset, limit)
	} else {
		a = q.rowAnswer(offset, limit)
	}
	a.Notes = q.notes(a)
	return a
}

// arrange brings what was kept into the order of the answer.
func (q *Query) arrange() {
	if q.grouped() {
		q.arrangeGroups()
	} else {
		q.sortRows()
	}
}

func (q *Query) rowAnswer(offset, limit int) Answer {
	a := Answer{More: offset+limit < len(q.rows)}
	if q.distinct == nil {
		a.Columns = []string{"row"}
	}
	for _, at := range q.shown {
		a.Columns = append(a.Columns, q.all[at].Name)
	}
	for _, r := range q.rows[min(offset, len(q.rows)):min(offset+limit, len(q.rows))] {
		var cells []any
		dec := json.NewDecoder(bytes.NewReader(r.shown))
		dec.UseNumber()
		_ = dec.Decode(&cells) // it was encoded when the row was kept
		for i := range cells {
			if q.names[i].first != nil {
				cells[i] = q.names[i].told(cells[i])
			}
		}
		if q.distinct == nil {
			cells = append([]any{r.id}, cells...)
		}
		a.Rows = append(a.Rows, cells)
	}
	return a
}

func (q *Query) groupAnswer(offset, limit int) Answer {
	a := Answer{More: offset+limit < len(q.order)}
	made := q.made
	for _, c := range made {
		a.Columns = append(a.Columns, c.Name)
	}
	for _, g := range q.order[min(offset, len(q.order)):min(offset+limit, len(q.order))] {
		var cells []any
		for i, v := range q.numbersOf(g) {
			if i < len(q.groups) && v.also != "" && q.names[i].several[alike.Caseless(v.text)] {
				v.text = apart(v.text, v.also)
			}
			cells = append(cells, v.show(made[i].kind()))
		}
		a.Rows = append(a.Rows, cells)
	}
	return a
}

// numbersOf are the keys of a group and what its aggregates come to.
func (q *Query) numbersOf(g *group) []value {
	r := slices.Clone(g.keys)
	for i, s := range q.sums {
		r = append(r, g.states[i].result(s, &q.made[len(q.groups)+i], g.count, q.totals[i]))
	}
	return r
}

// arrangeGroups chooses the groups of the answer and orders them as asked, else
// by period or as the groups come in their column's own order.
func (q *Query) arrangeGroups() {
	if len(q.groups) == 0 && len(q.sequence) == 0 {
		_, _ = q.groupOf(nil) // the total of nothing is a row too
	}
	made := q.made
	q.totals, q.names = q.sumTotals(), q.namesOf()
	type line struct {
		of      *group
		numbers []value
	}
	var lines []line
	for _, g := range q.sequence {
		r := q.numbersOf(g)
		if q.having == nil || q.having.holds(made, single(r)) {
			lines = append(lines, line{g, r})
		}
	}
	sorts := slices.Clone(q.sorts)
	for i := range q.groups { // what the question leaves open
		sorts = append(sorts, order{column: i})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return q.compareGroups(made, sorts, a.numbers, b.numbers) })
	q.order = make([]*group, len(lines))
	for i, l := range lines {
		q.order[i] = l.of
	}
}

// namesOf gives, for each key, which people or related rows have a name.
func (q *Query) namesOf() []namesakes {
	out := make([]namesakes, len(q.groups))
	for i := range out {
		for _, g := range q.sequence {
			if k := &g.keys[i]; k.also != "" {
				out[i].learn(k)
			}
		}
	}
	return out
}

func (q *Query) compareGroups(made columns, sorts []order, a, b []value) int {
	for _, o := range sorts {
		i := o.column
		compare := made[i].compare
		if i < len(q.groups) && q.groups[i].by != "" {
			compare = periods.compare
		}
		if n := compare(a[i:i+1], b[i:i+1], o.down); n != 0 {
			return n
		}
	}
	return 0
}

// periods stands for a column of which the groups are periods: their order is
// that of their first moments.
var periods = Column{Type: "dateTime"}

func single(r []value) [][]value {
	out := make([][]value, len(r))
	for i := range r {
		out[i] = r[i : i+1]
	}
	return out
}

// sumTotals are what all groups have together. A row that is in two groups
// counts twice, so that shares add up to one.
func (q *Query) sumTotals() []*big.Rat {
	out := make([]*big.Rat, len(q.sums))
	for i, s := range q.sums {
		out[i] = new(big.Rat)
		for _, g := range q.sequence {
			switch {
			case s.op != "share":
			case s.column < 0:
				out[i].Add(out[i], big.NewRat(int64(g.count), 1))
			case len(g.states[i].units) > 0:
				out[i].Add(out[i], g.states[i].sum())
			}
		}
	}
	return out
}
