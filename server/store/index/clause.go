package index

import (
	"fmt"
	"slices"
)

// How much a word counts that is met by another, by a longer one where a word
// may go on or by one that is asked for beside it, in twentieths.
const (
	fully  = 20
	longer = 15
	other  = 12
)

// mostRemembered is how many places of clauses a search keeps in case that it
// asks for them again, mostOfOne of one clause in one segment. What has fewPlaces
// is put together as a whole, of the rest only what other clauses have too.
const (
	mostRemembered = 300_000
	mostOfOne      = 20_000
	fewPlaces      = 5_000
)

// source is where a clause is met in the segment at hand: a single list, or what
// was put together of several.
type source struct {
	postings
	cells  []cell // of several
	tell   teller // of one
	stored stored
	spots  teller // of one, once positions were asked for
	// standing is where it stands in the place spotsOf.
	standing []uint32
	spotsOf  uint32
}

// met says how the clause is met at the place at hand.
func (s *source) met() Met {
	if s.cells == nil {
		s.tell.to(s.at)
		t := &s.tell
		return Met{float64(t.title), float64(t.head), float64(t.text), t.first}
	}
	c := s.cells[s.at]
	return Met{often20(c.title), often20(c.head), often20(c.text), c.first}
}

type clauseKey struct {
	segment int64
	what    string
}

// openAll opens the sources of all clauses: single lists first, and of the
// others only what meets the rarest before them.
func (e *evaluation) openAll(order []int) error {
	clear(e.sources)
	if err := e.openSingle(); err != nil {
		return err
	}
	var least *source
	for _, s := range e.sources {
		if s != nil && !e.m.Any && (least == nil || s.n < least.n) {
			least = s
		}
	}
	for _, i := range order {
		if e.sources[i] != nil || least != nil && least.n == 0 {
			continue
		}
		s, err := e.gather(e.m.All[i], least)
		if err != nil {
			return err
		}
		e.sources[i] = s
		if !e.m.Any && (least == nil || s.n < least.n) {
			least = s
		}
	}
	return nil
}

// openSingle opens the clauses that are one word.
func (e *evaluation) openSingle() error {
	if e.m.Titles || e.m.Heads {
		return nil
	}
	var all []stored
	var of []int
	for i, terms := range e.m.All {
		if !isSingle(terms) {
			continue
		}
		l, ok := e.v.read.found[terms[0].Words[0]][e.g.num]
		if !ok {
			e.sources[i] = &source{postings: postings{at: -1}}
			if !e.m.Any {
				return nil // nothing meets all
			}
			continue
		}
		all, of = append(all, stored{terms[0].Words[0], l}), append(of, i)
	}
	opened, err := e.open(all)
	for k, s := range opened {
		e.sources[of[k]] = s
	}
	return err
}

// open opens single lists.
func (e *evaluation) open(all []stored) (out []*source, err error) {
	if err := e.v.bodies(all); err != nil {
		return nil, err
	}
	for _, l := range all {
		p, err := e.v.open(e.g, l.listed)
		if err != nil {
			return nil, err
		}
		out = append(out, &source{postings: p, tell: p.teller(nil), stored: l})
	}
	return out, nil
}

// gather puts together what meets one of some terms; of many places only those
// of another source.
func (e *evaluation) gather(terms []Term, only *source) (*source, error) {
	key := clauseKey{e.g.num, fmt.Sprint(e.m.Titles, e.m.Heads, terms)}
	if s := e.v.read.clauses[key]; s != nil {
		again := *s
		again.again()
		return &again, nil
	}
	k := &e.v.read.counter
	k.begin(e.g.places(), e.m)
	n, err := e.countAll(k, terms)
	if err != nil {
		e.v.read.counter = counter{} // what it has added up is of no use
		return nil, err
	}
	if n <= fewPlaces {
		only = nil
	}
	s := k.take(only)
	if only == nil && s.n <= min(e.v.read.room, mostOfOne) {
		e.v.read.room -= s.n
		kept := *s
		e.v.read.clauses[key] = &kept
	}
	return s, nil
}

// countAll adds up how often one of some terms is met, and tells how many places
// the lists had.
func (e *evaluation) countAll(k *counter, terms []Term) (n int, err error) {
	lists, weights, err := e.listsOf(terms)
	if err != nil {
		return 0, err
	}
	for i, l := range lists {
		room := len(e.v.read.places)
		p, err := e.v.open(e.g, l.listed)
		if err == nil {
			err = k.add(&p, weights[i].twentieths, weights[i].own)
		}
		if err != nil {
			return 0, err
		}
		e.v.read.places = e.v.read.places[:room]
		n += p.n
	}
	for i, t := range terms {
		if len(t.Words) > 1 {
			if err := e.phrase(k, t, weightOf(i)); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// weightOf is what term k of a clause counts, in twentieths.
func weightOf(k int) int {
	if k == 0 {
		return fully
	}
	return other
}

// weight is what a list counts; own tells that it is of the clause's own word.
type weight struct {
	twentieths int
	own        bool
}

// listsOf are the lists of the single words of terms, and of those that begin so.
func (e *evaluation) listsOf(terms []Term) (lists []stored, weights []weight, err error) {
	at := map[string]int{} // of a word among them
	put := func(l stored, w weight) {
		i, ok := at[l.word]
		if !ok {
			at[l.word] = len(lists)
			lists, weights = append(lists, l), append(weights, w)
			return
		}
		weights[i] = weight{max(weights[i].twentieths, w.twentieths), weights[i].own || w.own}
	}
	for k, t := range terms {
		if len(t.Words) > 1 {
			continue
		}
		word := t.Words[0]
		if l, ok := e.v.read.found[word][e.g.num]; ok {
			put(stored{word, l}, weight{weightOf(k), word == terms[0].Words[0]})
		}
		if !t.Prefix {
			continue
		}
		begun, err := e.v.begun(e.g, word)
		if err != nil {
			return nil, nil, err
		}
		for _, l := range begun {
			put(l, weight{weightOf(k) * longer / fully, false})
		}
	}
	return lists, weights, e.v.bodies(lists)
}

// openNone opens what must not be there.
func (e *evaluation) openNone() (out []*source, err error) {
	var single []stored
	var rest []Term
	for _, t := range e.m.None {
		switch l, ok := e.v.read.found[t.Words[0]][e.g.num]; {
		case len(t.Words) > 1 || t.Prefix:
			rest = append(rest, t)
		case ok && !slices.ContainsFunc(single, func(s stored) bool { return s.word == t.Words[0] }):
			single = append(single, stored{t.Words[0], l})
		}
	}
	if len(single) > 0 {
		out, err = e.open(single)
	}
	if err != nil || len(rest) == 0 {
		return out, err
	}
	plain := *e
	plain.m.Titles, plain.m.Heads = false, false
	s, err := plain.gather(rest, nil)
	return append(out, s), err
}
