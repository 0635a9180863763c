package query

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// addTo counts a cell into an aggregate.
func (q *Query) addTo(s *state, a aggregate, entries []value) {
	c := &q.all[a.column]
	for i := range entries {
		v := &entries[i]
		if v.empty && c.kind() != truths {
			continue
		}
		if a.op == "count" {
			s.count++
			return // a cell counts once, however many entries it has
		}
		if a.op == "distinct" {
			q.held += s.differ(v.key())
			continue
		}
		if a.op == "median" {
			q.held += entrySize
		}
		if !s.take(a.op, c, v) {
			q.unfit[a.column]++
		}
	}
}

// differ notes a value; size is what that takes.
func (s *state) differ(key string) (size int) {
	if s.distinct == nil {
		s.distinct = map[string]bool{}
	}
	if s.distinct[key] {
		return 0
	}
	s.distinct[key] = true
	return len(key) + entrySize
}

// take counts one entry, and says whether it fits.
func (s *state) take(op string, c *Column, v *value) bool {
	k := c.kind()
	if k == words && v.number == nil {
		v.number, _ = number(v.text)
	}
	if v.number == nil && v.when.IsZero() {
		return false
	}
	t := s.unit(v.unit)
	t.count++
	switch op {
	case "min":
		if t.end == nil || c.compareOne(k, v, t.end) < 0 {
			t.end = v.alone()
		}
	case "max":
		if t.end == nil || c.compareOne(k, v, t.end) > 0 {
			t.end = v.alone()
		}
	case "median":
		t.numbers = append(t.numbers, v.number)
	default:
		t.add(v)
	}
	return true
}

// alone is an entry without the others of its cell, which would stay with it.
func (v *value) alone() *value {
	one := *v
	return &one
}

// unit is what was counted in a currency; it is empty of what is no money.
func (s *state) unit(name string) *tally {
	if s.units == nil {
		s.units = map[string]*tally{}
	}
	t := s.units[name]
	if t == nil {
		t = &tally{}
		s.units[name] = t
	}
	return t
}

// sum is what was added, in whatever currency; nil where nothing was.
func (s *state) sum() *big.Rat {
	var all *big.Rat
	for _, t := range s.units {
		if all == nil {
			all = new(big.Rat)
		}
		all.Add(all, t.rat())
	}
	return all
}

// result is an aggregate of a group; total is what all groups have together,
// for shares. Amounts of several currencies have no share.
func (s *state) result(a aggregate, c *Column, rows int, total *big.Rat) value {
	switch {
	case a.op == "count" && a.column < 0:
		return whole(rows)
	case a.op == "count":
		return whole(s.count)
	case a.op == "distinct":
		return whole(len(s.distinct))
	case a.op == "share":
		part := s.sum()
		if a.column < 0 {
			part = big.NewRat(int64(rows), 1)
		}
		if part == nil || total.Sign() == 0 || len(s.units) > 1 {
			return value{empty: true}
		}
		return value{number: rounded(new(big.Rat).Quo(part, total), 4)}
	case len(s.units) == 0 && a.op == "sum":
		return value{number: new(big.Rat), unit: c.Currency}
	case len(s.units) == 0:
		return value{empty: true}
	}
	return s.numbers(a.op, c)
}

// numbers are what an operation gives, of several currencies each for itself.
func (s *state) numbers(op string, c *Column) value {
	var parts []string
	for _, unit := range slices.Sorted(maps.Keys(s.units)) {
		v := s.units[unit].result(op)
		v.unit = unit
		if len(s.units) == 1 {
			return v
		}
		parts = append(parts, fmt.Sprint(v.show(c.kind())))
	}
	joint := ", "
	if op == "sum" {
		joint = " + "
	}
	return value{text: strings.Join(parts, joint)}
}

func (t *tally) result(op string) value {
	switch op {
	case "sum":
		return value{number: t.rat()}
	case "average":
		return value{number: new(big.Rat).Quo(t.rat(), big.NewRat(int64(t.count), 1))}
	case "min", "max":
		return *t.end
	}
	return value{number: median(t.numbers)}
}

func median(list []*big.Rat) *big.Rat {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b *big.Rat) int { return a.Cmp(b) })
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	m := new(big.Rat).Add(sorted[n/2-1], sorted[n/2])
	return m.Quo(m, big.NewRat(2, 1))
}

func whole(n int) value { return value{number: big.NewRat(int64(n), 1)} }

func rounded(n *big.Rat, places int) *big.Rat {
	r, _ := new(big.Rat).SetString(n.FloatString(places))
	return r
}
