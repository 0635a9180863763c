package index

import (
	"math"

	store "codabridge/server/store/index"
)

// sealed is the promise of a place of a segment, which knows how often each clause
// is there and mostly whether neighbours are near.
func (b *bound) sealed(at *store.Spot) promise {
	k := 0
	p := promise{id: at.ID, like: at.Like, kind: at.Kind}
	for i := range b.clauses {
		c := &b.clauses[i]
		c.title, c.head, c.text = 0, 0, 0
		switch {
		case c.absent:
			continue
		case c.open:
			c.title, c.head, c.text = 2, 2, math.Inf(1)
			continue
		case c.unknown:
			c.title, c.head, c.text = 2, 2, math.Inf(1)
		default:
			m := at.Met[k]
			c.title, c.head, c.text = float64(m.Title), float64(m.Head), float64(m.Text)
		}
		k++
		if at.Long {
			c.text = math.Inf(1)
		}
	}
	p.bonus = b.sealedBonus(at)
	p.most, p.bare = b.weigh(spot{at.ID, at.Table, at.Kind, at.Length}, b.sealedCloseness(at), p.bonus)
	if k < len(b.clauses) || at.Kind != store.Pages && at.Kind != store.Tables { // what is absent here is in a name around
		p.bare = 0
	}
	return p
}

// sealedCloseness is closeness by the positions that a segment has.
func (b *bound) sealedCloseness(at *store.Spot) float64 {
	if len(b.clauses) < 2 {
		return 0
	}
	pairs, k := 0, -1
	for i := range len(b.clauses) - 1 {
		one, two := &b.clauses[i], &b.clauses[i+1]
		if !one.absent && !one.open {
			k++
		}
		labelled := at.Kind == store.Rows && (one.labels(at.Table) || two.labels(at.Table)) // and the other may be its value
		if labelled || one.isMet() && two.isMet() && (one.open || two.open || at.Near[k] || at.Long) {
			pairs++
		}
	}
	return 0.5 * float64(pairs) / float64(len(b.clauses)-1)
}

// having is the promise of a row of which it is only known which clauses it has,
// and which it has not.
func (b *bound) having(id int64, not uint64) float64 {
	for i := range b.clauses {
		c := &b.clauses[i]
		c.absent, c.title, c.head, c.text = not&(1<<i) != 0, 0, 0, 0
		if !c.absent {
			c.title, c.head, c.text = 2, 2, math.Inf(1)
		}
	}
	bonus := 1.8
	if not != 0 {
		bonus = 1
	}
	most, _ := b.weigh(spot{id: id, kind: store.Rows}, 0.5, bonus)
	return most
}

// isMet tells that the place has the clause itself.
func (c *boundClause) isMet() bool { return !c.absent && c.title+c.head+c.text > 0 }

// sealedBonus is nameBonus by what a segment knows of the title: whether it
// begins with a word, and has one word, two or more.
func (b *bound) sealedBonus(at *store.Spot) float64 {
	for i := range b.clauses {
		if c := &b.clauses[i]; !c.absent && c.title == 0 {
			return 1 // it is in the name that was asked for, and not in this
		}
	}
	if b.named != nil && !b.named[at.ID] {
		return 1
	}
	title := store.NotFirst
	if !b.clauses[0].absent && !b.clauses[0].open {
		title = int(at.Met[0].First)
	}
	return b.namedBonus(title, at.Kind)
}

// namedBonus is that of a title with every clause, by what the title is where it
// begins with the first one.
func (b *bound) namedBonus(title, kind int) float64 {
	first, n := &b.clauses[0], len(b.whole)
	switch {
	case b.named != nil && len(b.named) == 0:
		return 1
	case n == 0 || !b.beginsWhole(first):
		return 1.8
	}
	switch {
	case title == store.NotFirst:
		return 1
	case len(first.terms[0].words) > 1 || kind == store.Pages: // its subtitle may stand behind
		return 1.8
	case title == store.WholeTitle && n > 1 || title == store.FirstOfTwo && n > 2:
		return 1
	case title == store.FirstOfTwo && n == 1 || title == store.FirstOfMany && n < 3:
		return 1.3
	}
	return 1.8
}
