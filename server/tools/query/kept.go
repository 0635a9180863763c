package query

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"codabridge/server/alike"
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

// namesakes are who or what the names in a column stand for, folded: the first,
// and whether there are more.
type namesakes struct {
	first   map[string]string
	several map[string]bool
}

// textOf is what is shown of a row, as JSON. A name is followed by what tells it
// apart, which told takes off again where nobody else has that name.
func (q *Query) textOf(cells [][]value) []byte {
	if q.names == nil {
		q.names = make([]namesakes, len(q.shown))
	}
	parts := make([]any, len(q.shown))
	for i, at := range q.shown {
		k := q.all[at].kind()
		if k != people && k != relation {
			parts[i] = shown(k, cells[at])
			continue
		}
		marked := slices.Clone(cells[at])
		for j := range marked {
			if v := &marked[j]; v.also != "" && v.also != v.text {
				q.held += q.names[i].learn(v)
				v.text += mark + v.also
			}
		}
		parts[i] = shown(k, marked)
	}
	b, _ := json.Marshal(parts)
	return b
}

// keyOfRow tells rows apart by what is shown of them, as groups are.
func (q *Query) keyOfRow(cells [][]value) string {
	var b strings.Builder
	for _, at := range q.shown {
		for i := range cells[at] {
			b.WriteString(cells[at][i].key() + "\x00")
		}
		b.WriteByte(1)
	}
	return b.String()
}

// mark stands between a name and what tells it apart.
const mark = "\x00"

// learn notes whom a name stands for, and says how much that takes.
func (n *namesakes) learn(v *value) (size int) {
	if n.first == nil {
		n.first, n.several = map[string]string{}, map[string]bool{}
	}
	name := alike.Caseless(v.text)
	first, ok := n.first[name]
	switch {
	case !ok:
		n.first[name] = v.also
		return len(name) + len(v.also) + entrySize
	case first != v.also:
		n.several[name] = true
	}
	return 0
}

// told is a cell of a row that was kept, as the answer has it.
func (n *namesakes) told(cell any) any {
	switch x := cell.(type) {
	case []any:
		for i := range x {
			x[i] = n.told(x[i])
		}
	case string:
		at := strings.LastIndex(x, mark)
		switch {
		case at < 0:
		case n.several[alike.Caseless(x[:at])]:
			return apart(x[:at], x[at+1:])
		default:
			return x[:at]
		}
	}
	return cell
}

// apart is a name with what tells it from its namesakes, as writes and
// conditions take it: a person's e-mail, a row's id.
func apart(name, also string) string {
	if strings.Contains(also, "@") {
		return name + " <" + also + ">"
	}
	return name + " (" + also + ")"
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
