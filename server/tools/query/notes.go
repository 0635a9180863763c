package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"codabridge/server/alike"
)

func (q *Query) notes(a Answer) []string {
	var out []string
	for _, at := range slices.Sorted(maps.Keys(q.unfit)) {
		cells, verbs := "cells", [2]string{"hold", "are"}
		if q.unfit[at] == 1 {
			cells, verbs = "cell", [2]string{"holds", "is"}
		}
		out = append(out, fmt.Sprintf("%d %s of %s %s something else than %s and %s in no number.",
			q.unfit[at], cells, quote(q.all[at].Name), verbs[0], q.all[at].wanted(), verbs[1]))
	}
	if q.long > 0 {
		out = append(out, fmt.Sprintf("%d cells have more than %d entries, of which only the first %d count.", q.long, maxEntries, maxEntries))
	}
	if q.several {
		out = append(out, "A row with several entries counts in the group of each, so the groups may add up to more than all rows.")
	}
	if q.cut && !a.More {
		out = append(out, fmt.Sprintf("Only the first %d rows in this order are kept; add conditions to see others.", len(q.rows)))
	}
	if q.mixes() {
		out = append(out, "Amounts in several currencies are told apart and not converted.")
	}
	for _, m := range q.money {
		if m.several {
			out = append(out, fmt.Sprintf("The amounts of %s are in several currencies, and compared by their number alone.", quote(q.all[m.column].Name)))
		}
	}
	out = append(out, q.where.readings(q.all)...)
	if q.having != nil {
		out = append(out, q.having.readings(q.made)...)
	}
	if len(a.Rows) == 0 || q.count == 0 {
		out = append(out, q.where.near(q.all)...)
	}
	return out
}

func (c *Column) wanted() string {
	if k := c.kind(); k != words {
		return k.String()
	}
	return "a number"
}

func (q *Query) mixes() bool {
	for _, g := range q.sequence {
		for i := range g.states {
			if len(g.states[i].units) > 1 {
				return true
			}
		}
	}
	return false
}

// near names, for each condition that nothing met, values that are like it.
func (n *node) near(all columns) []string {
	var out []string
	for _, child := range n.children {
		out = append(out, child.near(all)...)
	}
	if n.op == "" || n.hits > 0 || len(n.seen) == 0 {
		return out
	}
	var seen []string
	for _, key := range slices.Sorted(maps.Keys(n.seen)) {
		seen = append(seen, n.seen[key])
	}
	var wanted []string
	for _, t := range n.wanted {
		wanted = append(wanted, quote(t.given))
	}
	says := "Near it are"
	near, _ := alike.Near(n.wanted[0].text, seen, func(s string) string { return s })
	if len(near) == 0 {
		says, near = "Its values are", seen
	}
	return append(out, fmt.Sprintf("No row has %s %s %s. %s: %s.", quote(all[n.column].Name), n.op,
		strings.Join(wanted[:min(len(wanted), 5)], ", "), says, nearest(n.wanted[0].text, near, 8)))
}

// readings say how a condition was understood where it could have been meant
// otherwise: a date that names no year, a name that several have.
func (n *node) readings(all columns) []string {
	var out []string
	for _, child := range n.children {
		out = append(out, child.readings(all)...)
	}
	for i := range n.wanted {
		t := &n.wanted[i]
		if t.span.assumed {
			out = append(out, fmt.Sprintf("%s is read as %s.", quote(t.given), t.span.told()))
		}
		if t.other != "" {
			c := &all[n.column]
			out = append(out, fmt.Sprintf("Several in %s are called %s, such as %s and %s, and all of them count; give %s to ask for one.",
				quote(c.Name), quote(t.given), t.who, t.other, c.alone(t)))
		}
	}
	return out
}

// alone is how to ask for one of several of a name.
func (c *Column) alone(t *target) string {
	if c.kind() == people {
		return "the e-mail"
	}
	return quote(t.given + " (" + t.who + ")")
}
