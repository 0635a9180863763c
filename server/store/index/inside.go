package index

import (
	"cmp"
	"context"
	"slices"
)

// Spot is a place of a segment that a match finds. It is good until the next.
type Spot struct {
	ID int64
	// Kind is that of the place, Table the id of a row's table.
	Kind  int
	Table int64
	// Length is how many words its text has; with Long that is not known.
	Length int
	Long   bool
	// Like is the same of places with one title in one table.
	Like uint64
	// Met says how each clause of the match is met. Near tells whether a clause
	// and the next may stand near each other.
	Met  []Met
	Near []bool
}

// Met is how often a clause is met in each part of a place, a word that goes on
// beyond what is asked for, or another one, for less.
type Met struct {
	Title, Head, Text float32
	// First is what the title is, where it begins with the clause's own word.
	First    uint8
	from, to uint32 // its positions
}

// Sealed gives what a match finds in the segments of one tier, by segment, and
// in each in the order of ids.
func (v *View) Sealed(m Match, s Scope, rows bool, take func(*Spot)) error {
	_, err := v.sealed(m, s, rows, func(e *evaluation, place uint32) bool {
		take(e.spot(place))
		return true
	})
	return err
}

// sealed is Sealed by the places; it goes on while take says so.
func (v *View) sealed(m Match, s Scope, rows bool, take func(e *evaluation, place uint32) bool) (more bool, err error) {
	all, err := v.segments(rows)
	if err != nil || len(all) == 0 {
		return true, err
	}
	allowed, err := v.allowed(s)
	if err == nil {
		err = v.lookUp(m.words())
	}
	if err != nil {
		return true, err
	}
	e := evaluation{v: v, m: m, rows: rows, clauses: make([]*met, len(m.All))}
	for _, g := range all {
		inside, any := g.within(s, rows, allowed)
		if !any {
			continue
		}
		more, err = e.in(g, inside, take)
		if err != nil || !more {
			return more, err
		}
	}
	return true, context.Cause(v.ctx)
}

// evaluation finds what meets a match, segment by segment.
type evaluation struct {
	v       *View
	m       Match
	rows    bool
	g       *segment
	clauses []*met
	none    []entry // of what must not be there
	at      Spot
}

// entry is a place with how it meets a clause.
type entry struct {
	place uint32
	Met
}

// met is how a clause is met in the segment at hand, in the order of places.
type met struct {
	all   []entry
	spots []uint32 // positions, where neighbours are looked for
	at    int      // how far it was gone through
	kept  bool     // it may be asked for again
}

// empty gives memory for a clause.
func (r *reading) empty() *met {
	if n := len(r.spare); n > 0 {
		c := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return c
	}
	return &met{}
}

// giveBack takes the memory of what is not asked for again.
func (e *evaluation) giveBack() {
	for i, c := range e.clauses {
		if c != nil && !c.kept {
			e.v.read.spare = append(e.v.read.spare, &met{all: c.all[:0], spots: c.spots[:0]})
		}
		e.clauses[i] = nil
	}
}

// of gives how the clause is met at a place; they must be asked for in order.
func (c *met) of(place uint32) Met {
	for c.at < len(c.all) && c.all[c.at].place < place {
		c.at++
	}
	if c.at < len(c.all) && c.all[c.at].place == place {
		return c.all[c.at].Met
	}
	return Met{}
}

// in finds what meets the match in one segment. Of each clause only those places
// are looked at that meet the rarer ones.
func (e *evaluation) in(g *segment, inside []bool, take func(*evaluation, uint32) bool) (more bool, err error) {
	e.g = g
	defer e.giveBack()
	var left *met
	for _, i := range e.order() {
		e.clauses[i], err = e.clause(i, left)
		switch {
		case err != nil:
			return true, err
		case e.m.Any:
			continue
		case left == nil:
			left = e.clauses[i]
		default:
			left = &met{all: inBoth(left.all, e.clauses[i].all)}
		}
		if len(left.all) == 0 {
			return true, nil
		}
	}
	for _, c := range e.clauses {
		if c != nil {
			c.at = 0
		}
	}
	var places []entry
	if e.m.Any {
		places = e.some()
	} else if left != nil {
		places = left.all
	}
	e.none, err = e.without()
	if err != nil || len(places) == 0 {
		return true, err
	}
	return e.each(places, inside, take)
}

// inBoth are the entries of the second whose places are in the first too.
func inBoth(a, b []entry) []entry {
	out := make([]entry, 0, min(len(a), len(b)))
	for _, one := range b {
		for len(a) > 0 && a[0].place < one.place {
			a = a[1:]
		}
		if len(a) > 0 && a[0].place == one.place {
			out = append(out, one)
		}
	}
	return out
}

// each gives those places that are in the scope, not gone, and have none of what
// must not be there.
func (e *evaluation) each(places []entry, inside []bool, take func(*evaluation, uint32) bool) (more bool, err error) {
	run, g := 0, e.g
	for _, one := range places {
		p := one.place
		for run+1 < len(g.runs) && g.runs[run+1].from <= p {
			run++
		}
		for len(e.none) > 0 && e.none[0].place < p {
			e.none = e.none[1:]
		}
		if !inside[run] || g.isGone(p) || len(e.none) > 0 && e.none[0].place == p {
			continue
		}
		e.at.ID, e.at.Table = g.runs[run].first+int64(p-g.runs[run].from), g.runs[run].of
		if !take(e, p) {
			return false, nil
		}
	}
	return true, nil
}

// some are the places that meet any clause.
func (e *evaluation) some() []entry {
	var out []entry
	for _, c := range e.clauses {
		out = append(out, c.all...)
	}
	return combined(out)
}

// order puts the clauses first that are in the fewest places.
func (e *evaluation) order() []int {
	out, n := make([]int, len(e.clauses)), make([]int, len(e.clauses))
	for i, terms := range e.m.All {
		out[i] = i
		for _, t := range terms {
			least := int(e.g.places())
			for _, w := range t.Words {
				if !t.Prefix || w != t.Words[len(t.Words)-1] {
					least = min(least, e.v.read.counts[w][e.g.num])
				}
			}
			n[i] += least
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(n[a], n[b]) })
	return out
}

// spot tells of a place.
func (e *evaluation) spot(place uint32) *Spot {
	s, g := &e.at, e.g
	of := s.Table
	s.Kind, s.Table = int(of), 0
	if e.rows {
		s.Kind, s.Table = Rows, s.ID>>32<<32|of
	}
	s.Length, s.Long = int(g.lengths[place]), g.lengths[place] == longText
	s.Like = Like(s.Table, g.likes[place])
	s.Met, s.Near = s.Met[:0], s.Near[:0]
	for i := range e.clauses {
		m := e.clauses[i].of(place)
		if !e.rows && s.Kind == Tables { // the names of its columns are its text
			m.Head, m.Text = 0, m.Head+m.Text
		}
		s.Met = append(s.Met, m)
		if i+1 < len(e.clauses) {
			s.Near = append(s.Near, e.near(i, m, place))
		}
	}
	return s
}

// Like tells titles and tables apart.
func Like(table int64, title uint32) uint64 {
	return (uint64(table)*0x9e3779b97f4a7c15 ^ uint64(title)) * 0x100000001b3
}
