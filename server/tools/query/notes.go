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
	if !a.More || !q.Settled() { // else there are rows that nobody has read
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

// near says of each condition which of what it asks for no row has, and names
// values that are like it.
func (n *node) near(all columns) []string {
	var out []string
	for _, child := range n.children {
		out = append(out, child.near(all)...)
	}
	if n.op == "" || len(n.seen) == 0 {
		return out
	}
	unmet := n.unmet()
	if len(unmet) == 0 {
		return out
	}
	op := n.op
	if op == "in" {
		op = "="
	}
	var wanted []string
	for _, t := range unmet {
		wanted = append(wanted, quote(t.given))
	}
	return append(out, fmt.Sprintf("No row has %s %s %s. %s.", quote(all[n.column].Name), op, listed(wanted), n.likely(unmet)))
}

// listed are the first of some texts.
func listed(texts []string) string {
	list := strings.Join(texts[:min(len(texts), 5)], " or ")
	if more := len(texts) - 5; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// likely names the values that rows have and that may be meant: those near what
// was asked for, or any.
func (n *node) likely(unmet []*target) string {
	var seen, near []string
	for _, key := range slices.Sorted(maps.Keys(n.seen)) {
		seen = append(seen, n.seen[key])
	}
	for _, t := range unmet[:min(len(unmet), 5)] {
		like, _ := alike.Near(t.text, seen, func(s string) string { return s })
		for _, s := range like[:min(len(like), 8)] {
			if !slices.Contains(near, s) {
				near = append(near, s)
			}
		}
	}
	if len(near) == 0 {
		return "Its values are: " + nearest(unmet[0].text, seen, 8)
	}
	return "Near it are: " + nearest(unmet[0].text, near, 8)
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
