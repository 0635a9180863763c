package query

import "slices"

// currency is what the amounts of a column that is compared are in.
type currency struct {
	column  int
	unit    string
	several bool
}

// currencies are those of the columns by whose amounts rows are chosen or
// sorted, whatever they are in.
func (q *Query) currencies() (out []currency) {
	compared := q.where.amounts(q.all)
	if !q.grouped() {
		for _, o := range q.sorts {
			compared = append(compared, o.column)
		}
	}
	slices.Sort(compared)
	for _, at := range slices.Compact(compared) {
		if q.all[at].Type == "currency" {
			out = append(out, currency{column: at})
		}
	}
	return out
}

// amounts are the columns that a number without a currency is held against.
func (n *node) amounts(all columns) (out []int) {
	for _, child := range n.children {
		out = append(out, child.amounts(all)...)
	}
	for i := range n.wanted {
		if all[n.column].kind() == numbers && n.wanted[i].unit == "" {
			return []int{n.column}
		}
	}
	return out
}

// note looks at what the amounts of a row are in.
func (c *currency) note(cells [][]value) {
	for i := range cells[c.column] {
		v := &cells[c.column][i]
		switch {
		case c.several || v.number == nil:
		case c.unit == "":
			c.unit = v.unit
		case v.unit != c.unit:
			c.several = true
		}
	}
}
