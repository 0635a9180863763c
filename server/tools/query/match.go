package query

import (
	"strings"
	"time"
	"unicode/utf8"

	"codabridge/server/alike"
)

// order compares an entry with a target: -1 before or less, 1 after or more,
// 0 equal or within; ok is false where the entry cannot be compared.
func (v *value) order(k kind, t *target) (int, bool) {
	switch k {
	case days, moments:
		if v.when.IsZero() {
			return 0, false
		}
		if k == moments && t.span.clock != nil {
			return t.span.clock.order(byClock(v.when)), true
		}
		return t.span.order(v.when), true
	}
	if v.number == nil || t.number == nil {
		return 0, false
	}
	if t.unit != "" && v.unit != "" && !strings.EqualFold(t.unit, v.unit) && isCode(t.unit) {
		return 0, false // another currency
	}
	return v.number.Cmp(t.number), true
}

// order is -1 for a moment before the period, 1 for one after it, 0 for one within.
func (p *period) order(at time.Time) int {
	switch {
	case at.Before(p.from):
		return -1
	case !at.Before(p.to) && at.After(p.from):
		return 1
	}
	return 0
}

// before tells whether a target is less than another.
func (t *target) before(k kind, o *target) bool {
	if k.dated() {
		if (t.span.clock == nil) != (o.span.clock == nil) {
			return false // one names a zone and the other does not: which is first differs by document
		}
		return t.span.from.Before(o.span.from)
	}
	return t.number != nil && o.number != nil && t.number.Cmp(o.number) < 0
}

// met is an entry as conditions compare it, folded once for all they want.
type met struct {
	*value
	folded, foldedAlso string
}

func meet(k kind, v *value) met {
	m := met{value: v}
	if !k.ordered() && k != truths && !v.empty {
		m.folded, m.foldedAlso = alike.Caseless(v.text), alike.Caseless(v.also)
	}
	return m
}

// same tells whether an entry is what a target says.
func (m *met) same(k kind, t *target) bool {
	if k == truths {
		return m.truth == t.truth
	}
	if k.ordered() {
		n, ok := m.order(k, t)
		return ok && n == 0
	}
	switch {
	case m.empty:
		return false
	case t.also != "" && m.foldedAlso != "":
		return m.foldedAlso == t.also
	}
	return m.folded == t.text || m.foldedAlso != "" && m.foldedAlso == t.text || t.also != "" && m.folded == t.also
}

// holds tells whether a row fulfils the condition. Entries are the row's
// cells, by the column's place.
func (n *node) holds(all columns, cells [][]value) bool {
	if n.op == "" {
		for _, child := range n.children {
			if child.holds(all, cells) == n.any {
				return n.any
			}
		}
		return !n.any
	}
	n.looked = true
	ok := n.compare(all[n.column].kind(), cells[n.column])
	if ok {
		n.hits++
	}
	return ok
}

// notice holds a row against the conditions that the others spared it, as long as
// no row has met them: it is said of one that no row has it, and what rows have.
func (n *node) notice(all columns, cells [][]value) {
	for _, child := range n.children {
		child.notice(all, cells)
	}
	if n.op != "" && !n.looked && n.seen != nil && n.wants() {
		n.holds(all, cells)
	}
	n.looked = false
}

// unmet are what a condition asks for and no row had so far.
func (n *node) unmet() (out []*target) {
	for i := range n.wanted {
		if t := &n.wanted[i]; !t.met && (n.op == "in" || n.hits == 0) {
			out = append(out, t)
		}
	}
	return out
}

// wants tells that there is something unmet.
func (n *node) wants() bool { return n.hits == 0 || n.op == "in" && n.met < len(n.wanted) }

func (n *node) compare(k kind, entries []value) bool {
	switch n.op {
	case "empty", "not empty":
		return (len(entries) == 1 && entries[0].empty) == (n.op == "empty")
	case "!=":
		return !n.anyOf(k, "=", entries)
	case "not contains":
		return !n.anyOf(k, "contains", entries)
	}
	return n.anyOf(k, n.op, entries)
}

// anyOf tells whether any entry of a cell is as the operator says.
func (n *node) anyOf(k kind, op string, entries []value) bool {
	for i := range entries {
		m := meet(k, &entries[i])
		n.look(&m)
		if n.meets(k, op, &m) {
			return true
		}
	}
	return false
}

// meets compares one entry.
func (n *node) meets(k kind, op string, m *met) bool {
	t := &n.wanted[0]
	switch op {
	case "=", "in":
		for i := range n.wanted {
			if t := &n.wanted[i]; m.same(k, t) {
				if !t.met {
					t.met = true
					n.met++
				}
				t.meet(k, m)
				return true
			}
		}
		return false
	case "contains":
		return strings.Contains(bare(m.folded), t.bare) || k == people && strings.Contains(m.foldedAlso, t.text)
	case "starts":
		return strings.HasPrefix(bare(m.folded), t.bare)
	}
	at, ok := m.order(k, t)
	if !ok {
		return false
	}
	switch op {
	case ">":
		return at > 0
	case ">=":
		return at >= 0
	case "<":
		return at < 0
	case "<=":
		return at <= 0
	case "between":
		end, ok := m.order(k, &n.wanted[1])
		return ok && at >= 0 && end <= 0
	}
	return false
}

// bare is a text without its accents, as search compares texts.
func bare(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return s
	}
	return alike.Fold(s)
}

// meet keeps who was met by a name that several may share.
func (t *target) meet(k kind, m *met) {
	switch {
	case k != people && k != relation || t.also != "" || m.also == "" || m.foldedAlso == t.text:
	case t.who == "":
		t.who = m.also
	case t.other == "" && m.also != t.who:
		t.other = m.also
	}
}

// look keeps values met, so that a condition that nothing meets can name near
// ones.
func (n *node) look(m *met) {
	if n.seen != nil && !m.empty && len(n.seen) < maxSeen {
		n.seen[m.folded] = m.text
	}
}
