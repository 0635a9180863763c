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
	Title, Head, Text float64
	// First is what the title is, where it begins with the clause's own word.
	First uint8
}

// Sealed gives what a match finds in the segments of one tier, by segment, and
// in each in the order of ids, but what a sieve holds back.
func (v *View) Sealed(m Match, s Scope, rows bool, sieve *Sieve, take func(*Spot)) error {
	_, err := v.sealed(m, s, rows, sieve, func(e *evaluation, place uint32) bool {
		take(e.spot(place))
		return e.fault == nil
	})
	return err
}

// sealed is Sealed by the places; it goes on while take says so.
func (v *View) sealed(m Match, s Scope, rows bool, sieve *Sieve, take func(e *evaluation, place uint32) bool) (more bool, err error) {
	all, err := v.segments(rows)
	if err != nil || len(all) == 0 {
		return true, err
	}
	allowed, err := v.allowed(s)
	if err == nil {
		err = v.lookUp(m.words())
	}
	if err == nil {
		err = v.fetch(all, slices.Concat(m.All, [][]Term{m.None}))
	}
	if err != nil {
		return true, err
	}
	e := evaluation{v: v, m: m, rows: rows, sieve: sieve, sources: make([]*source, len(m.All))}
	for _, g := range all {
		inside, any := g.within(s, rows, allowed)
		if !any {
			continue
		}
		more, err = e.in(g, inside, take)
		if err != nil || !more {
			return more, err
		}
		if err := context.Cause(v.ctx); err != nil {
			return more, err
		}
	}
	return true, nil
}

// evaluation finds what meets a match, segment by segment.
type evaluation struct {
	v       *View
	m       Match
	rows    bool
	sieve   *Sieve
	g       *segment
	sources []*source // by clause
	lead    *source   // gives the places
	rest    []*source // must have them too
	at      Spot
	spots   []uint32
	fault   error
	without bitset // places that are gone or have what must not be there; nil for none
	passing [2]passing
}

// in finds what meets the match in one segment.
func (e *evaluation) in(g *segment, inside []bool, take func(*evaluation, uint32) bool) (more bool, err error) {
	e.g, e.v.read.places = g, e.v.read.places[:0]
	order := e.order()
	if err := e.openAll(order); err != nil || len(e.m.All) == 0 {
		return true, err
	}
	e.rest = e.rest[:0]
	if e.m.Any {
		e.lead = e.some()
	} else {
		for _, i := range order {
			if e.sources[i] == nil || e.sources[i].n == 0 {
				return true, nil
			}
			e.rest = append(e.rest, e.sources[i])
		}
		slices.SortStableFunc(e.rest, func(a, b *source) int { return cmp.Compare(a.n, b.n) })
		e.lead, e.rest = e.rest[0], e.rest[1:]
	}
	if e.lead.n == 0 {
		return true, nil
	}
	none, err := e.openNone()
	if err != nil {
		return true, err
	}
	e.leaveOut(none)
	return e.each(inside, take), e.fault
}

// allMeet gives the first place from p on that may meet all clauses.
func (e *evaluation) allMeet(p uint32) uint32 {
	for _, s := range e.rest {
		s.seek(p)
		if s.place != p {
			return s.place
		}
	}
	return p
}

// be makes a place of a run the one at hand.
func (e *evaluation) be(run int, place uint32) {
	r := &e.g.runs[run]
	s := &e.at
	s.ID = r.first + int64(place-r.from)
	s.Kind, s.Table = int(r.of), 0
	if e.rows {
		s.Kind, s.Table = Rows, s.ID>>32<<32|r.of
	}
}

// some are the places that meet any clause.
func (e *evaluation) some() *source {
	set := newBits(e.g.places())
	for i, s := range e.sources {
		if s == nil || len(e.m.Of) > 0 && !slices.Contains(e.m.Of, i) {
			continue
		}
		for s.next() {
			set.put(s.place)
		}
		s.again()
	}
	return &source{postings: set.postings()}
}

// order puts the clauses first that are in the fewest places.
func (e *evaluation) order() []int {
	out, n := make([]int, len(e.m.All)), make([]int, len(e.m.All))
	for i, terms := range e.m.All {
		out[i] = i
		for _, t := range terms {
			least := int(e.g.places())
			for _, w := range t.Words {
				if !t.Prefix || w != t.Words[len(t.Words)-1] {
					least = min(least, e.v.count(e.g, w))
				}
			}
			n[i] += least
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(n[a], n[b]) })
	return out
}

// spot tells of the place at hand.
func (e *evaluation) spot(place uint32) *Spot {
	s, g := &e.at, e.g
	s.Length, s.Long = int(g.lengths[place]), g.lengths[place] == longText
	s.Like = Like(s.Table, g.likes[place])
	s.Met, s.Near = s.Met[:0], s.Near[:0]
	for i, source := range e.sources {
		m := Met{}
		if source != nil && source.at < source.n && source.seek(place) && source.place == place {
			m = source.met()
			if source.tell.broken {
				e.fault = errSegment
			}
		}
		if !e.rows && s.Kind == Tables { // the names of its columns are its text
			m.Head, m.Text = 0, m.Head+m.Text
		}
		s.Met = append(s.Met, m)
		if i+1 < len(e.sources) {
			s.Near = append(s.Near, e.near(i, place))
		}
	}
	return s
}

// Like tells titles and tables apart.
func Like(table int64, title uint32) uint64 {
	return (uint64(table)*0x9e3779b97f4a7c15 ^ uint64(title)) * 0x100000001b3
}
