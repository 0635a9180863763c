package index

import (
	"math"

	store "codabridge/server/store/index"
)

// phrase is how often the words of the term may stand side by side: as often as
// the one of them that is there least.
func (t *boundTerm) phrase(text []store.Often) float64 {
	least := math.Inf(1)
	for i, w := range t.words {
		times := 1.0
		for _, o := range text {
			if o.Hash == w {
				times = float64(o.Times)
			}
		}
		if i < len(t.words)-1 || t.begins == 0 {
			least = min(least, times)
		}
	}
	return least
}

// unlisted is how often words of the clause may stand in a text that its
// sketch does not list: each once, and of those that begin alike no more than
// the sketch counts.
func (c *boundClause) unlisted(k *store.Sketch) float64 {
	n := 0.0
	for i := range c.terms {
		t := &c.terms[i]
		more := 1.0
		if len(t.words) == 1 && t.begins != 0 {
			more = t.alike(k)
		}
		n += t.weight * more
	}
	return n
}

// alike is how many words that a sketch does not list may begin as the term:
// one may be just the term, and others count less.
func (t *boundTerm) alike(k *store.Sketch) float64 {
	if t.short {
		return float64(k.Length)
	}
	for _, o := range k.Alike {
		if (o.Hash^t.words[0])&store.Begins(3) == 0 {
			if o.Times == 63 {
				return float64(k.Length)
			}
			return 0.25 + 0.75*float64(o.Times)
		}
	}
	return 1
}

// closeness is how many neighbours of the query may be neighbours, as in weigh.
func (b *bound) closeness(id int64, k *store.Sketch) float64 {
	if len(b.clauses) < 2 {
		return 0
	}
	title, head, text := 0, 0, 0
	for i := range len(b.clauses) - 1 {
		one, two := &b.clauses[i], &b.clauses[i+1]
		if k.TitleCut || one.unknown || two.unknown || one.title > 0 && two.title > 0 && one.beside(two, k.Title) {
			title++
		}
		if !b.near[i].has(id) {
			continue
		}
		if one.head > 0 && two.head > 0 {
			head++
		}
		if one.text > 0 && two.text > 0 || k.Kind == store.Rows && (one.labels(k.Table) && two.text > 0 || two.labels(k.Table) && one.text > 0) {
			text++
		}
	}
	return 0.5 * float64(max(title, head, text)) / float64(len(b.clauses)-1)
}

// labels tells whether a column of the row's table may have the clause's name.
func (c *boundClause) labels(table int64) bool {
	return c.around.everywhere || c.around.labelled[table]
}

func (c *boundClause) beside(next *boundClause, in []uint32) bool {
	for i := range in {
		if c.at(in, i) == 0 {
			continue
		}
		for k := i + len(c.terms[0].words); k < min(i+len(c.terms[0].words)+3, len(in)); k++ {
			if next.at(in, k) > 0 {
				return true
			}
		}
	}
	return false
}

// nameBonus is that of weigh. The title of a page may have its subtitle behind.
func (b *bound) nameBonus(k *store.Sketch) float64 {
	n := min(len(b.whole), len(k.Title))
	if len(b.whole) > len(k.Title) && !k.TitleCut {
		return 1
	}
	for i := range n {
		if k.Title[i] != b.whole[i] {
			return 1
		}
	}
	if k.Kind == store.Rows && len(k.Title) > len(b.whole) {
		return 1.3
	}
	return 1.8
}
