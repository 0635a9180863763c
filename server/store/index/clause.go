package index

import (
	"cmp"
	"fmt"
	"slices"
)

// How much a word counts that is met by another: by a longer one where a word
// may go on, or by one that is asked for beside it.
const (
	Longer = 0.75
	Other  = 0.6
)

// mostRemembered is how many entries of clauses a search keeps in case that it
// asks for them again.
const mostRemembered = 100_000

// clause finds the places of clause i, of some places only if those are given.
func (e *evaluation) clause(i int, only *met) (*met, error) {
	terms, positions := e.m.All[i], e.isNeighbour(i) || e.isNeighbour(i-1)
	key := fmt.Sprint(e.g.num, e.m.Titles, e.m.Heads, positions, terms)
	if c := e.v.read.clauses[key]; c != nil {
		return c, nil
	}
	c := e.v.read.empty()
	if only != nil && len(only.all) > int(e.g.places())/4 {
		only = nil // to look is more work than to take
	}
	if err := e.gather(c, terms, positions, only); err != nil {
		return nil, err
	}
	if only == nil && len(c.all) <= min(e.v.read.room, mostRemembered/20) {
		e.v.read.room -= len(c.all)
		e.v.read.clauses[key], c.kept = c, true
	}
	return c, nil
}

// gathering is the work of putting together what meets one of some terms.
type gathering struct {
	*evaluation
	c         *met
	terms     []Term
	positions bool
	only      *met
	exact     map[string]float32 // single words, and what they count
	lists     int
}

func (g *gathering) add(p postings, weight float32, own bool) {
	g.lists++
	g.count(g.c, p, weight, own, g.positions, g.only)
}

// gather puts together what meets one of some terms.
func (e *evaluation) gather(c *met, terms []Term, positions bool, only *met) error {
	g := &gathering{evaluation: e, c: c, terms: terms, positions: positions, only: only, exact: map[string]float32{}}
	for k, t := range terms {
		if len(t.Words) == 1 {
			g.exact[t.Words[0]] = max(g.exact[t.Words[0]], weightOf(k))
			continue
		}
		g.lists += 2
		if err := e.phrase(c, t, weightOf(k)); err != nil {
			return err
		}
	}
	for k, t := range terms {
		if !t.Prefix || len(t.Words) > 1 {
			continue
		}
		if err := g.begun(t, weightOf(k)*Longer, k == 0); err != nil {
			return err
		}
	}
	if err := g.words(); err != nil {
		return err
	}
	if g.lists > 1 {
		c.all = combined(c.all)
	}
	return nil
}

// weightOf is what term k of a clause counts.
func weightOf(k int) float32 {
	if k == 0 {
		return 1
	}
	return Other
}

// begun takes up words that begin as a term does.
func (g *gathering) begun(t Term, weight float32, own bool) error {
	return g.v.postingsFrom(g.g, t.Words[0], false, func(word string, p postings) error {
		exact := g.exact[word]
		delete(g.exact, word)
		g.add(p, max(weight, exact), own && word == t.Words[0])
		return nil
	})
}

// words takes up single words.
func (g *gathering) words() error {
	for word, weight := range g.exact {
		n := g.v.read.counts[word][g.g.num]
		if g.only != nil {
			n = min(n, len(g.only.all))
		}
		g.c.all = slices.Grow(g.c.all, n)
		err := g.v.postings(g.g, word, g.positions, func(_ string, p postings) error {
			g.add(p, weight, word == g.terms[0].Words[0])
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// combined puts entries in order, and those of one place together.
func combined(all []entry) []entry {
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.place, b.place) })
	out := all[:0]
	for _, one := range all {
		if n := len(out); n > 0 && out[n-1].place == one.place {
			last := &out[n-1]
			last.Title, last.Head, last.Text = last.Title+one.Title, last.Head+one.Head, last.Text+one.Text
			last.First = max(last.First, one.First)
			continue
		}
		out = append(out, one)
	}
	return out
}

// count adds a list to what meets a clause.
func (e *evaluation) count(c *met, p postings, weight float32, own, positions bool, only *met) {
	places, at := e.g.places(), 0
	for p.next() && p.place < places {
		if only != nil {
			for at < len(only.all) && only.all[at].place < p.place {
				at++
			}
			if at == len(only.all) {
				return
			}
			if only.all[at].place != p.place {
				if positions {
					p.passed()
				}
				continue
			}
		}
		one := entry{p.place, Met{Title: weight * float32(p.title), Head: weight * float32(p.head), Text: weight * float32(p.text)}}
		if positions {
			one.from = uint32(len(c.spots))
			c.spots = p.positions(c.spots)
			one.to = uint32(len(c.spots))
		}
		if own {
			one.First = p.first
		}
		e.add(c, one)
	}
}

// add takes up an entry, as far as it is in a part that is looked at.
func (e *evaluation) add(c *met, one entry) {
	switch {
	case e.m.Titles:
		one.Head, one.Text = 0, 0
	case e.m.Heads:
		one.Title, one.Text = 0, 0
	}
	if one.Title+one.Head+one.Text > 0 {
		c.all = append(c.all, one)
	}
}

// isNeighbour tells whether it can be seen where clause i stands near the next:
// both are single words.
func (e *evaluation) isNeighbour(i int) bool {
	single := func(terms []Term) bool { return len(terms) == 1 && len(terms[0].Words) == 1 && !terms[0].Prefix }
	return i >= 0 && i+1 < len(e.m.All) && single(e.m.All[i]) && single(e.m.All[i+1])
}

// near tells whether clause i and the next may stand near each other at a place,
// in that order.
func (e *evaluation) near(i int, one Met, place uint32) bool {
	if !e.isNeighbour(i) {
		return true
	}
	two := e.clauses[i+1].of(place)
	after := e.clauses[i+1].spots[two.from:two.to]
	for _, at := range e.clauses[i].spots[one.from:one.to] {
		for len(after) > 0 && after[0] <= at {
			after = after[1:]
		}
		if len(after) > 0 && after[0]-at <= nearest {
			return true
		}
	}
	return false
}

// nearest is how far apart neighbours are at most: two words may be between.
const nearest = 3

// without finds the places of what must not be there.
func (e *evaluation) without() ([]entry, error) {
	if len(e.m.None) == 0 {
		return nil, nil
	}
	other := *e
	other.m = Match{All: [][]Term{e.m.None}}
	c, err := other.clause(0, nil)
	if err != nil {
		return nil, err
	}
	return c.all, nil
}
