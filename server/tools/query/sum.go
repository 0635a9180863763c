package query

import (
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
	s.count++
	switch op {
	case "min", "max":
		if s.least == nil || c.compareOne(k, v, s.least) < 0 {
			s.least = v.alone()
		}
		if s.most == nil || c.compareOne(k, v, s.most) > 0 {
			s.most = v.alone()
		}
		s.unit(v)
	case "median":
		s.numbers = append(s.numbers, v.number)
		s.unit(v)
	default:
		s.add(v)
	}
	return true
}

// alone is an entry without the others of its cell, which would stay with it.
func (v *value) alone() *value {
	one := *v
	return &one
}

// unit is the sum of amounts in the currency of an entry.
func (s *state) unit(v *value) *tally {
	if s.units == nil {
		s.units = map[string]*tally{}
	}
	t := s.units[v.unit]
	if t == nil {
		t = &tally{}
		s.units[v.unit] = t
	}
	return t
}

func (s *state) add(v *value) { s.unit(v).add(v) }

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
// for shares.
func (s *state) result(a aggregate, rows int, total *big.Rat) (value, bool) {
	switch {
	case a.op == "count" && a.column < 0:
		return whole(rows), true
	case a.op == "count":
		return whole(s.count), true
	case a.op == "distinct":
		return whole(len(s.distinct)), true
	case a.op == "share":
		part := s.sum()
		if a.column < 0 {
			part = big.NewRat(int64(rows), 1)
		}
		if part == nil || total.Sign() == 0 {
			return value{empty: true}, true
		}
		return value{number: rounded(new(big.Rat).Quo(part, total), 4)}, len(s.units) < 2
	case s.count == 0 && a.op == "sum":
		return whole(0), true
	case s.count == 0:
		return value{empty: true}, true
	}
	return s.number(a)
}

func (s *state) number(a aggregate) (value, bool) {
	if len(s.units) > 1 {
		if a.op == "sum" {
			return value{text: s.mixed()}, true
		}
		return value{empty: true}, false
	}
	unit := ""
	for u := range s.units {
		unit = u
	}
	switch a.op {
	case "sum":
		return value{number: s.sum(), unit: unit}, true
	case "average":
		return value{number: new(big.Rat).Quo(s.sum(), big.NewRat(int64(s.count), 1)), unit: unit}, true
	case "min":
		return *s.least, true
	case "max":
		return *s.most, true
	}
	return value{number: median(s.numbers), unit: unit}, true
}

// mixed tells a sum of several currencies, each for itself.
func (s *state) mixed() string {
	var parts []string
	for unit, t := range s.units {
		parts = append(parts, strings.TrimSpace(string(plain(t.rat()))+" "+unit))
	}
	slices.Sort(parts)
	return strings.Join(parts, " + ")
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
