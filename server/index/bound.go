package index

import (
	"math"
	"strings"

	store "codabridge/server/store/index"
)

// bound says how much a place may weigh for a query at most, by its sketch. It
// follows weigh step by step; where the sketch leaves something open, the most
// is taken. So what weighs more than the bound of another stands before it.
type bound struct {
	clauses []boundClause
	near    []nearby // of each clause and the next
	all     float64  // the rarity of all clauses together
	whole   []uint32 // the words of the query, for names that are just it
	// named are the places whose titles may begin with those where that is not to be
	// seen by the first clause: words that say little are no clauses.
	named map[int64]bool
}

// boundClause is a clause by the hashes of its words.
type boundClause struct {
	idf   float64
	terms []boundTerm
	// unknown is set where sketches say nothing of it; absent where the places
	// do not hold it themselves, and open where they may and were not asked for it.
	unknown, absent, open bool
	loose                 bool // it may be met only in a loose form
	around                holders
	// what was found of it in the sketch at hand
	title, head, text float64
	heads             [2]*store.HeadWeights // what it weighs at most: see headWeights
}

// boundTerm is one way in which a clause is met. The last word may go on where
// begins, the part of a hash that is compared then, is not zero.
type boundTerm struct {
	words  []uint32
	begins uint32
	short  bool // begins with less than the letters by which Alike counts
	weight float64
}

// newBound is that of the clauses that a match holds. Of several that it does not
// hold, a place may have some.
func (s *search) newBound(absent map[int]bool) (*bound, error) {
	b := &bound{}
	if s.q.whole != "" {
		for w := range strings.SplitSeq(s.q.whole, " ") {
			b.whole = append(b.whole, store.Hash(w))
		}
	}
	for i, c := range s.q.clauses {
		bc := boundClause{loose: s.partly && len(c.loose) > 0, idf: c.idf, unknown: c.symbol || c.pair,
			absent: absent[i] && len(absent) == 1, open: absent[i] && len(absent) > 1}
		for k, t := range c.strict() {
			bc.terms = append(bc.terms, newBoundTerm(t, k == 0))
		}
		var err error
		bc.around, err = s.holding(i)
		if err != nil {
			return nil, err
		}
		b.all += c.idf
		b.clauses = append(b.clauses, bc)
	}
	var err error
	if first := &b.clauses[0]; len(b.whole) > 0 && !b.beginsWhole(first) {
		b.named, err = s.namedSo()
	}
	return b, err
}

// beginsWhole tells that the whole query begins with a clause.
func (b *bound) beginsWhole(c *boundClause) bool {
	return !c.absent && !c.unknown && !c.open && c.terms[0].words[0] == b.whole[0]
}

// namedSo are the places whose titles hold the whole query, looked for once; nil
// where they are too many.
func (s *search) namedSo() (map[int64]bool, error) {
	if s.lookedForNamed {
		return s.named, nil
	}
	out := map[int64]bool{}
	m := store.Match{Titles: true, All: [][]store.Term{{{Words: strings.Split(s.q.whole, " ")}}}}
	for _, rows := range []bool{false, true} {
		ids, more, err := s.v.Matching(m, store.Scope{}, rows, mostHolders)
		if err != nil {
			return nil, err
		}
		if more {
			out = nil
			break
		}
		for _, id := range ids {
			out[id] = true
		}
	}
	s.named, s.lookedForNamed = out, true
	return out, nil
}

func newBoundTerm(t store.Term, own bool) boundTerm {
	out := boundTerm{weight: 1}
	if !own {
		out.weight = 0.6
	}
	for _, w := range t.Words {
		out.words = append(out.words, store.Hash(w))
	}
	if n := len(t.Words[len(t.Words)-1]); t.Prefix {
		out.begins, out.short = store.Begins(n), n < 3
	}
	return out
}

// spot is what of a place is known without its words.
type spot struct {
	id, table    int64
	kind, length int
}

// of is the bound of the place with this id and sketch.
func (b *bound) of(id int64, k *store.Sketch) float64 {
	for i := range b.clauses {
		b.clauses[i].look(k)
	}
	at := spot{id, k.Table, k.Kind, k.Length}
	most, _ := b.weigh(at, b.closeness(id, k), b.nameBonus(k))
	return most
}

// weigh is the bound of a place by what was found of the clauses in it, how near
// they may be, and by what its title may be; bare is the same if no name around it
// holds a clause.
func (b *bound) weigh(at spot, near, bonus float64) (most, bare float64) {
	total, alone, met, metAlone := 0.0, 0.0, 0.0, 0.0
	size := math.Sqrt(1 + float64(at.length)/150)
	for i := range b.clauses {
		c := &b.clauses[i]
		own := c.own(c.title, c.head, c.text, size)
		tf := own
		if c.absent || c.around.around(at) {
			tf += holderWeight
		}
		if own > 0 {
			met += c.idf
			metAlone += c.idf
		} else if tf > 0 {
			met += 0.7 * c.idf
		}
		total += c.idf * saturated(tf)
		alone += c.idf * saturated(own)
	}
	if b.all == 0 {
		return math.Inf(1), math.Inf(1)
	}
	factor := (1 + near) * bonus * kindFactor[at.kind] * (1 + 1e-9) / (b.all * b.all * b.all)
	return total * met * met * factor, alone * metAlone * metAlone * factor
}

// own is how much the clause counts that is so often in the parts of a place, whose
// text is of a size.
func (c *boundClause) own(title, head, text, size float64) float64 {
	own := titleWeight*min(title, 2) + headWeight*min(head, 2) + textWeight*text/size
	if c.loose && own > 0 {
		return max(own, looseWeight)
	}
	return own
}

// saturated is what a word counts that is there so often.
func saturated(often float64) float64 {
	if math.IsInf(often, 1) {
		return 1
	}
	return often / (often + 1.5)
}

// look finds out how often a sketch may hold the clause.
func (c *boundClause) look(k *store.Sketch) {
	c.title, c.head, c.text = 0, 0, 0
	switch {
	case c.absent:
		return
	case c.unknown:
		c.title, c.head, c.text = 2, 2, math.Inf(1)
		return
	}
	for i := range k.Title {
		c.title += c.at(k.Title, i)
	}
	if k.TitleCut {
		c.title = 2
	}
	c.head = c.inHead(k)
	c.text = c.inText(k)
	if c.loose {
		c.text = max(c.text, 1e-9) // the sketch does not tell
	}
}

// at says how well the clause is met by the words from i on.
func (c *boundClause) at(in []uint32, i int) float64 {
	best := 0.0
	for t := range c.terms {
		best = max(best, c.terms[t].at(in, i))
	}
	return best
}

func (t *boundTerm) at(in []uint32, i int) float64 {
	last := len(t.words) - 1
	if i+last >= len(in) {
		return 0
	}
	for k := range last {
		if in[i+k] != t.words[k] {
			return 0
		}
	}
	return t.word(last, in[i+last])
}

// word says how well word n of the term is met by another.
func (t *boundTerm) word(n int, have uint32) float64 {
	switch {
	case have == t.words[n]:
		return t.weight
	case n == len(t.words)-1 && t.begins != 0 && (have^t.words[n])&t.begins == 0:
		return t.weight * 0.75
	}
	return 0
}

// inHead is how often the headings may hold it, counted up to 2.
func (c *boundClause) inHead(k *store.Sketch) float64 {
	if k.HeadCut {
		return 2
	}
	n := 0.0
	for i := range k.Head {
		n += float64(k.Head[i].Times) * c.part(k.Head[i].Hash)
	}
	return min(n, 2)
}

// part says how well a single word may meet the clause, or a part of it.
func (c *boundClause) part(have uint32) float64 {
	best := 0.0
	for t := range c.terms {
		best = max(best, c.terms[t].word(len(c.terms[t].words)-1, have))
	}
	return best
}

// inText is how often the text may hold it.
func (c *boundClause) inText(k *store.Sketch) float64 {
	switch {
	case k.Long:
		return math.Inf(1)
	case k.Length == 0:
		return 0
	}
	first := &c.terms[0]
	if len(c.terms) == 1 && len(first.words) > 1 {
		return first.phrase(k.Text)
	}
	n := 0.0
	for i := range k.Text {
		n += float64(k.Text[i].Times) * c.part(k.Text[i].Hash)
	}
	if len(c.terms) == 1 && first.begins == 0 {
		if n == 0 && c.title == 0 && c.head == 0 {
			return 1 // it is found, and nowhere else
		}
		if n == 0 && len(k.Head) == 0 && !k.TitleCut {
			return 0
		}
		return max(n, 1)
	}
	return n + c.unlisted(k)
}
