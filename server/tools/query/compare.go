package query

import (
	"cmp"
	"slices"
	"strings"

	"codabridge/server/alike"
)

// compare orders two cells. What does not fit the column comes after what does,
// and what is empty last, whichever way.
func (c *Column) compare(a, b []value, down bool) int {
	x, y := &a[0], &b[0]
	k := c.kind()
	if n := cmp.Compare(x.rank(k), y.rank(k)); n != 0 {
		return n
	}
	n := c.compareOne(k, x, y)
	if down {
		return -n
	}
	return n
}

// rank puts values before those that cannot be compared with them.
func (v *value) rank(k kind) int {
	switch {
	case k == truths:
		return 0
	case v.empty:
		return 2
	case k.dated() && v.when.IsZero(), k.ordered() && !k.dated() && v.number == nil:
		return 1
	}
	return 0
}

func (c *Column) compareOne(k kind, x, y *value) int {
	switch {
	case k == truths:
		return cmp.Compare(map[bool]int{true: 1}[x.truth], map[bool]int{true: 1}[y.truth])
	case k.dated():
		if !x.when.IsZero() && !y.when.IsZero() {
			return x.when.Compare(y.when)
		}
	case x.number != nil && y.number != nil:
		return x.number.Cmp(y.number)
	case x.number != nil:
		return -1
	case y.number != nil:
		return 1
	}
	if i, j := c.option(x.text), c.option(y.text); i != j {
		return cmp.Compare(i, j)
	}
	return strings.Compare(alike.Caseless(x.text), alike.Caseless(y.text))
}

// option is the place of a choice among the column's, in which order a
// select column is sorted; what is no choice comes after them.
func (c *Column) option(text string) int {
	if i := slices.IndexFunc(c.Options, func(o string) bool { return o == text }); i >= 0 {
		return i
	}
	return len(c.Options)
}
