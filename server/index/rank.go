package index

import (
	"cmp"
	"math"
	"slices"
	"strings"

	store "codabridge/server/store/index"
)

// How much a word counts by where it stands.
const (
	titleWeight  = 6
	headWeight   = 2.5
	holderWeight = 1.2
	textWeight   = 1
	looseWeight  = 0.6 // of a clause that is met only in a loose form, in the title
	looseInHead  = 0.5 // in a heading
	looseInText  = 0.4
)

// kindFactor is what the weight of a place is times, by its kind.
var kindFactor = [...]float64{1.15, 1.05, 1, 0.95}

// candidate is something found, with its weight.
type candidate struct {
	store.Hit
	score float64
	met   float64 // the share of the query's words, by their rarity
	// full is set when it has all of them, loose when one only in a loose form.
	full, loose bool
	// shown is set when text is what the hit shows, and Body is let go; unread
	// when it shows nothing because the words are in a part that was not read.
	shown, unread bool
	text          string
	places        []place // of the clauses
	length        int     // of all its text, in bytes
}

// weigh gives a hit its weight, and lets go of a long text. With whole, the
// hit is known to hold all of the query.
func (s *search) weigh(h store.Hit, whole bool) candidate {
	length := len(h.Body)
	h = s.excerpt(h)
	head, text := bodyTokens(h)
	isPart := length > mostWeighed
	c := s.q.weigh(h, head, text, whole && isPart)
	c.length = length
	if c.score == 0 || length <= keptBody {
		return c
	}
	c.shown = true
	if h.Kind == store.Pages {
		c.text = s.q.show(h.Kind, h.Body, s.q.marks(h.Body, inOrder(head, text)))
	} else {
		c.text = s.q.snippet(h)
	}
	c.Body, c.unread = "", isPart && whole && !strings.Contains(c.text, "**")
	return c
}

// showAll reads those of some hits again of which nothing could be shown.
func (s *search) showAll(shown []chosen) error {
	s.slow = slowShown
	for _, c := range shown {
		if !c.unread {
			continue
		}
		err := s.v.Load([]int64{c.ID}, c.Kind == store.Rows, func(h store.Hit) { c.text = s.weigh(h, true).text })
		if err != nil {
			return err
		}
	}
	return nil
}

// weigh gives a hit its weight: BM25F over title, headings, text and the names
// around, times the share of the query that is met, and more where the words
// stand side by side or are all of the name. With whole, words that are not
// seen are in a part of the text that is not there.
func (q *query) weigh(h store.Hit, head, text []token, whole bool) candidate {
	c := candidate{Hit: h, full: true, places: make([]place, len(q.clauses))}
	title, holder := tokens(h.Title), tokens(h.HolderName+" "+h.DocName)
	if h.Kind == store.Docs {
		holder = nil
	}
	q.mark(title, holder, head, text)
	made, length, columns := formsMade{h: h}, 1+float64(len(text)+len(head))/150, q.columnsOf(h)
	total, all, held := 0.0, 0.0, 0.0
	for i := range q.clauses {
		cl := &q.clauses[i]
		inTitle, inHead, inText := cl.counts(&made, title, head, text, columns)
		if inTitle+inHead+inText == 0 {
			if tf := cl.looseWeight(&made, title, head, text); tf > 0 {
				all, held, c.met, c.loose = all+cl.idf, held+cl.idf, c.met+cl.idf, true
				c.places[i] = asForm
				total += cl.idf * tf / (tf + 1.5)
				continue
			}
		}
		if whole && inTitle+inHead+inText == 0 {
			inText = 1
		}
		inHolder, label := cl.around(holder, columns)
		own := titleWeight*min(inTitle, 2) + headWeight*min(inHead, 2) + textWeight*inText/math.Sqrt(length)
		tf := own + holderWeight*min(inHolder, 1)
		all += cl.idf
		total += cl.idf * tf / (tf + 1.5)
		switch {
		case tf == 0:
			c.full, c.places[i] = false, nowhere
		case own > 0:
			held += cl.idf
			c.met += cl.idf
		case label:
			c.met += 0.7 * cl.idf
			c.places[i] = asLabel
		default:
			c.met += 0.7 * cl.idf
			c.places[i] = asHolder
		}
	}
	if all == 0 || held == 0 {
		return c
	}
	c.met /= all
	near := q.closeness(q.beneath(columns, text), title, head, text)
	c.score = total / all * c.met * c.met * (1 + near) * q.nameBonus(title) * kindFactor[h.Kind]
	return c
}

// around is how often a clause stands in the names around, or that it is the
// label of a column.
func (cl *clause) around(holder []token, columns []column) (n float64, label bool) {
	n = cl.hits(holder)
	if n == 0 && cl.inLabels(columns) {
		return 1, true
	}
	return n, false
}

// counts are how often a clause stands in the title, the headings and the text.
func (cl *clause) counts(made *formsMade, title, head, text []token, columns []column) (inTitle, inHead, inText float64) {
	if cl.symbol {
		return cl.hits(made.ofTitle()), cl.hits(head), cl.hits(made.ofText())
	}
	return cl.hits(title), cl.hits(head), cl.hits(text) + cl.paired(columns, text)
}

// nameBonus prefers the thing that is called what was asked for.
func (q *query) nameBonus(title []token) float64 {
	var names []string
	for _, t := range title {
		names = append(names, t.text)
	}
	switch name := strings.Join(names, " "); {
	case name == q.whole:
		return 1.8
	case strings.HasPrefix(name, q.whole+" "):
		return 1.3
	}
	return 1
}

// hits counts how often a clause is met, a longer word for less than itself.
func (c *clause) hits(in []token) float64 {
	n, alone := 0.0, c.isOneWord()
	for i := range in {
		if !c.misses(&in[i]) && (!alone || in[i].text == c.words[0]) {
			n += c.at(in, i)
		}
	}
	return n
}

// isOneWord tells that a single word meets the clause, and no other.
func (c *clause) isOneWord() bool {
	return len(c.words) == 1 && len(c.other)+len(c.dates) == 0 && !c.prefix()
}

// at says how well the clause is met by the words from i on: 1, less, or 0.
func (c *clause) at(in []token, i int) float64 {
	if i+len(c.words) > len(in) {
		return c.otherAt(in, i)
	}
	last := len(c.words) - 1
	for k := range last {
		if in[i+k].text != c.words[k] {
			return c.otherAt(in, i)
		}
	}
	switch have, want := in[i+last].text, c.words[last]; {
	case have == want:
		return 1
	case c.prefix() && strings.HasPrefix(have, want):
		return 0.75
	}
	return c.otherAt(in, i)
}

func (c *clause) otherAt(in []token, i int) float64 {
	if slices.Contains(c.other, in[i].text) || c.dated(in, i) > 0 {
		return 0.6
	}
	return 0
}

// closeness is how many neighbours of the query are neighbours in one of the
// parts, from 0 to 0.5; no fewer than are known already.
func (q *query) closeness(known int, parts ...[]token) float64 {
	if len(q.clauses) < 2 {
		return 0
	}
	best := known
	for _, part := range parts {
		pairs := 0
		for k := range len(q.clauses) - 1 {
			if beside(&q.clauses[k], &q.clauses[k+1], part) {
				pairs++
			}
		}
		best = max(best, pairs)
	}
	return 0.5 * float64(best) / float64(len(q.clauses)-1)
}

func beside(a, b *clause, in []token) bool {
	alone := a.isOneWord()
	for i := range in {
		if a.misses(&in[i]) || alone && in[i].text != a.words[0] || a.at(in, i) == 0 {
			continue
		}
		for k := i + len(a.words); k < min(i+len(a.words)+3, len(in)); k++ {
			if !b.misses(&in[k]) && b.at(in, k) > 0 {
				return true
			}
		}
	}
	return false
}

// order sorts the best first. Equals stand with the newer first, and in the
// end by id, so that the same question has the same answer.
func order(all []candidate) {
	placeLoose(all)
	slices.SortFunc(all, byScore)
}

func byScore(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Kind, b.Kind), b.Updated.Compare(a.Updated), cmp.Compare(a.ID, b.ID))
}

// placeLoose puts hits that have all words, but some only in a loose form,
// behind those that have the words themselves, and before those that lack some.
func placeLoose(all []candidate) {
	worst, partial := math.Inf(1), 0.0
	for _, c := range all {
		switch {
		case !c.full:
			partial = max(partial, c.score)
		case !c.loose:
			worst = min(worst, c.score)
		}
	}
	for i := range all {
		c := &all[i]
		if !c.full || !c.loose {
			continue
		}
		share := c.score / (1 + c.score)
		if above := partial * (1 + share/10); above > c.score && above < worst {
			c.score = above
		}
		if c.score >= worst {
			c.score = worst * share
		}
	}
}
