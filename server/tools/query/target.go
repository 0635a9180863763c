package query

import (
	"fmt"
	"math/big"
	"net/mail"
	"slices"
	"strings"
	"time"

	"codabridge/server/alike"
)

// Env is what a question is asked in.
type Env struct {
	// Now says what today is; its location is the owner's zone.
	Now time.Time
	// MyName and MyEmail are who "me" is; empty when not known.
	MyName, MyEmail string
}

// target is what an entry is compared with.
type target struct {
	given      string // as the question has it, "me" by the name
	text, also string // folded
	number     *big.Rat
	span       period
	truth      bool
}

func readTarget(c *Column, op string, v any, env Env) (target, error) {
	text, ok := scalar(v)
	if !ok || text == "" {
		return target{}, fmt.Errorf(`%q on %s needs "value": %s. For cells without a value use "empty"`, op, quote(c.Name), example(c))
	}
	t := target{given: text, text: alike.Caseless(text)}
	switch c.kind() {
	case numbers:
		var unit string
		t.number, unit, ok = amount(text)
		ok = ok && (unit == "" || c.Takes == nil || c.Takes(unit))
		ok = ok && (c.Type != "percent" || strings.HasSuffix(text, "%") || t.number.Cmp(big.NewRat(2, 1)) < 0)
	case lengths:
		t.number, ok = length(text)
	case clocks:
		t.number, ok = clock(text)
	case days, moments:
		var err error
		t.span, err = readPeriod(text, env.Now)
		if err != nil {
			return t, fmt.Errorf("for %s: %w", quote(c.Name), err)
		}
	case truths:
		ok = slices.Contains([]string{"true", "yes", "1", "checked", "done", "false", "no", "0", "unchecked"}, t.text)
		t.truth = slices.Contains([]string{"true", "yes", "1", "checked", "done"}, t.text)
	case people:
		t.person(text, env)
	case relation:
		if m := nameAndID().FindStringSubmatch(text); m != nil {
			t.text, t.also = alike.Caseless(m[1]), alike.Caseless(m[2])
		}
	case words:
		if err := checkOption(c, op, text); err != nil {
			return t, err
		}
	}
	if !ok {
		return t, fmt.Errorf("%s is %s, and %s cannot be compared with it. Give %s", quote(c.Name), c.kind(), quote(text), example(c))
	}
	return t, nil
}

// nameAndID is a related row as answers tell it apart from its namesakes.
var nameAndID = pattern(`^(.+) \((i-[A-Za-z0-9_-]+)\)$`)

// person reads a name, an e-mail, both as mail programs write them, or "me".
func (t *target) person(text string, env Env) {
	if t.text == "me" && (env.MyEmail != "" || env.MyName != "") {
		t.given, t.text, t.also = env.MyName, alike.Caseless(env.MyName), alike.Caseless(env.MyEmail)
		return
	}
	if a, err := mail.ParseAddress(text); err == nil && a.Name != "" {
		t.text, t.also = alike.Caseless(a.Name), alike.Caseless(a.Address)
	}
}

func checkOption(c *Column, op, text string) error {
	if c.Type != "select" || len(c.Options) == 0 || op == "contains" || op == "not contains" || op == "starts" {
		return nil
	}
	for _, o := range c.Options {
		if alike.Caseless(o) == alike.Caseless(text) {
			return nil
		}
	}
	return fmt.Errorf("%s has no option %s. The options are: %s", quote(c.Name), quote(text), nearest(text, c.Options, 30))
}

func example(c *Column) string {
	switch c.kind() {
	case numbers:
		if c.Type == "percent" {
			return `a number such as 0.35 or "35%"`
		}
		if c.Currency != "" {
			return "an amount such as 1200.5 in " + c.Currency
		}
		return "a number such as 1200.5"
	case days, moments:
		return whenHelp
	case clocks:
		return `a time such as "14:30"`
	case lengths:
		return `a duration such as "2 hours" or "3 days"`
	case truths:
		return "true or false"
	case people:
		return `a name, an e-mail or "me"`
	}
	return "a text"
}

// order compares an entry with a target: -1 before or less, 1 after or more,
// 0 equal or within; ok is false where the entry cannot be compared.
func (v *value) order(k kind, t *target) (int, bool) {
	switch k {
	case days, moments:
		switch {
		case v.when.IsZero():
			return 0, false
		case v.when.Before(t.span.from):
			return -1, true
		case !v.when.Before(t.span.to) && v.when.After(t.span.from):
			return 1, true
		}
		return 0, true
	}
	if v.number == nil || t.number == nil {
		return 0, false
	}
	return v.number.Cmp(t.number), true
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
	k := all[n.column].kind()
	ok := n.compare(k, cells[n.column])
	if ok {
		n.hits++
	}
	return ok
}

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
			if m.same(k, &n.wanted[i]) {
				return true
			}
		}
		return false
	case "contains":
		return strings.Contains(m.folded, t.text) || k == people && strings.Contains(m.foldedAlso, t.text)
	case "starts":
		return strings.HasPrefix(m.folded, t.text)
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

// look keeps values met, so that a condition that nothing meets can name near
// ones.
func (n *node) look(m *met) {
	if n.seen != nil && !m.empty && len(n.seen) < maxSeen {
		n.seen[m.folded] = m.text
	}
}
