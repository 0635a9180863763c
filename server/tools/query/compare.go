package query

import (
	"cmp"
	"slices"
	"strings"

	"codabridge/server/alike"
)

// compare orders two cells; empty ones come last whichever way.
func (c *Column) compare(a, b []value, down bool) int {
	x, y := &a[0], &b[0]
	k := c.kind()
	switch {
	case x.empty && y.empty:
		return 0
	case x.empty && k != truths:
		return 1
	case y.empty && k != truths:
		return -1
	}
	n := c.compareOne(k, x, y)
	if down {
		return -n
	}
	return n
}

func (c *Column) compareOne(k kind, x, y *value) int {
	switch {
	case k == truths:
		return cmp.Compare(map[bool]int{true: 1}[x.truth], map[bool]int{true: 1}[y.truth])
	case k == days || k == moments:
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
