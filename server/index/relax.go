package index

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"

	store "codabridge/server/store/index"
)

// good counts the hits in which nearly all words were found.
func (s *search) good() int {
	n := 0
	for _, c := range s.found {
		if c.met > 0.75 {
			n++
		}
	}
	return n
}

// namesake is a doc or table, and which words of the query its name has.
type namesake struct {
	store.Hit
	words map[int]bool
	says  float64 // how much those say
}

// How many docs and tables are looked into that words of a query name: of each
// word so many, of all words together, and of a query with many.
const (
	mostOfName = 6
	mostCalled = 50 // titles have a word at most that is looked at of many
	mostInside = 24
	fewInside  = 6
)

// lookInside takes words for the name of a doc or table, and looks for the others
// inside it: "legal hetzner", "features okta".
func (s *search) lookInside() error {
	if err := s.lookUnder(); err != nil {
		return err
	}
	all, err := s.namesakes()
	if err != nil {
		return err
	}
	for _, h := range all {
		inside := store.Scope{Docs: []string{h.Doc}, NotDocs: s.scope.NotDocs}
		if h.Kind == store.Tables {
			inside.Table = h.ID
		}
		if len(h.words) < len(s.q.clauses) {
			if err := s.look(h.words, inside, s.time); err != nil {
				return err
			}
			continue
		}
		for i := range s.q.clauses[:min(len(s.q.clauses), mostLeftOut)] {
			if err := s.look(map[int]bool{i: true}, inside, s.time); err != nil {
				return err
			}
		}
	}
	return nil
}

// namesakes are the docs and tables that the query names, those first whose names
// say most of it.
func (s *search) namesakes() ([]namesake, error) {
	var all []namesake
	at, many := map[int64]int{}, len(s.q.clauses) > mostNames
	for i, c := range s.q.clauses {
		h, err := s.holding(i)
		if err != nil {
			return nil, err
		}
		if many && (h.everywhere || len(h.things) > mostCalled) {
			continue // it tells no doc from another
		}
		scope := s.scope
		scope.Kinds = []int{store.Docs, store.Tables}
		ids, err := s.v.Things(store.Match{Titles: true, All: [][]store.Term{c.terms()}}, scope, mostOfName)
		if err == nil {
			err = s.v.Load(ids, false, func(h store.Hit) {
				k, there := at[h.ID]
				if !there {
					k, at[h.ID] = len(all), len(all)
					all = append(all, namesake{Hit: h, words: map[int]bool{}})
				}
				all[k].words[i], all[k].says = true, all[k].says+c.idf
			})
		}
		if err != nil {
			return nil, err
		}
	}
	for _, doc := range all {
		for i := range all {
			if t := &all[i]; doc.Kind == store.Docs && t.Kind == store.Tables && t.Doc == doc.Doc {
				maps.Copy(t.words, doc.words) // and its doc may have them
			}
		}
	}
	slices.SortStableFunc(all, func(a, b namesake) int { return cmp.Compare(b.says, a.says) })
	if many {
		return all[:min(len(all), fewInside)], nil
	}
	return all[:min(len(all), mostInside)], nil
}

// relax looks for what holds some of the words, the best first: any of them of
// docs, pages and tables, and of rows those that hold all but one, or a rare one.
// What is not weighed of it is not counted either.
func (s *search) relax() error {
	s.partly = true
	defer func() { s.partly = false }()
	before, dropped, many, any := len(s.left), s.dropped, s.many, s.all(nil)
	any.Any = true
	var left promises
	take := func(m store.Match, t tier, without map[int]bool) error {
		if s.exhaustive {
			return s.everything(m, t, any)
		}
		more, err := s.promises(m, t, without)
		left = append(left, more...)
		return err
	}
	for _, t := range s.tiers(s.scope) {
		err := error(nil)
		if t.rows {
			err = s.relaxRows(func(m store.Match, without map[int]bool) error { return take(m, t, without) })
			if err == nil && len(s.q.clauses) > mostNames && !s.exhaustive {
				more, failed := s.rareOfMany(t)
				left, err = append(left, more...), failed
			}
		} else {
			err = take(any, t, nil)
		}
		if err != nil {
			return err
		}
	}
	left = left.once()
	heap.Init(&left)
	err := s.inTurn(left, any)
	s.manyLack = s.many || len(s.left) > before || s.dropped != dropped
	s.left, s.dropped, s.many = s.left[:before], dropped, many
	return err
}

// relaxRows gives what rows are looked for instead, and which words they are not
// asked for.
func (s *search) relaxRows(take func(m store.Match, without map[int]bool) error) error {
	n := len(s.q.clauses)
	for _, i := range s.leastTelling(mostLeftOut) {
		left := map[int]bool{i: true}
		if n == 2 && s.q.clauses[1-i].found >= countLimit {
			continue
		}
		if err := take(s.all(left), left); err != nil {
			return err
		}
	}
	rare := s.all(nil)
	rare.Any, rare.Of = true, s.rare()
	if len(rare.Of) == 0 || n > mostNames && !s.exhaustive {
		return nil
	}
	return take(rare, nil)
}

// rare are the words that are in few places, of three or more.
func (s *search) rare() (out []int) {
	for i, c := range s.q.clauses {
		if len(s.q.clauses) > 2 && c.found < countLimit/4 {
			out = append(out, i)
		}
	}
	return out
}

// rareOfMany are the promises of rows with one of the rare words, of many: by which
// of those they have. How they have the others is not found out.
func (s *search) rareOfMany(t tier) (promises, error) {
	b, err := s.newBound(nil)
	if err != nil {
		return nil, err
	}
	has, known := map[int64]uint64{}, uint64(0)
	for _, i := range s.rare() {
		m := store.Match{None: s.q.none, All: [][]store.Term{s.q.clauses[i].terms()}}
		ids, more, err := s.v.Matching(m, t.scope, true, countLimit)
		if err != nil {
			return nil, err
		}
		if !more && !s.q.clauses[i].pair { // which is met by columns too
			known |= 1 << i
		}
		s.many = s.many || more
		for _, id := range ids {
			has[id] |= 1 << i
		}
	}
	out := make(promises, 0, len(has))
	for id, words := range has {
		if !s.seen[id] {
			out = append(out, promise{id: id, most: b.having(id, known&^words), kind: store.Rows})
		}
	}
	return out, nil
}

// mostLeftOut is how many words are left out in turn, and mostNames how many a
// query has at most of which it is found out how each place has them.
const (
	mostLeftOut = 6
	mostNames   = 8
)

// leastTelling are the clauses that are in the most places, in their order.
func (s *search) leastTelling(most int) []int {
	all := make([]int, len(s.q.clauses))
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(s.q.clauses[a].idf, s.q.clauses[b].idf) })
	all = all[:min(len(all), most)]
	slices.Sort(all)
	return all
}

// lookRows is look for rows of the whole scope.
func (s *search) lookRows(without map[int]bool) error {
	kinds := s.q.kinds
	defer func() { s.q.kinds = kinds }()
	if !s.wants(store.Rows) {
		return nil
	}
	s.q.kinds = []int{store.Rows}
	return s.look(without, s.scope, s.time)
}
