package index

import (
	"cmp"
	"container/heap"
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

// lookInside takes one word at a time for the name of a doc or table, and
// looks for the others inside it: "legal hetzner", "features okta".
func (s *search) lookInside() error {
	if err := s.lookUnder(); err != nil {
		return err
	}
	for i, c := range s.q.clauses[:min(len(s.q.clauses), 6)] {
		scope := s.scope
		scope.Kinds = []int{store.Docs, store.Tables}
		ids, err := s.v.Things(store.Match{Titles: true, All: [][]store.Term{c.terms()}}, scope, 6)
		if err != nil {
			return err
		}
		var holders []store.Hit
		if err := s.v.Load(ids, false, func(h store.Hit) { holders = append(holders, h) }); err != nil {
			return err
		}
		left := map[int]bool{i: true}
		for _, h := range holders {
			inside := store.Scope{Docs: []string{h.Doc}, NotDocs: s.scope.NotDocs}
			if h.Kind == store.Tables {
				inside.Table = h.ID
			}
			if err := s.look(left, inside, s.time); err != nil {
				return err
			}
		}
	}
	return nil
}

// relax looks for what holds some of the words, the best first: any of them of
// docs, pages and tables, and of rows those that hold all but one, or a rare one.
// What is not weighed of it is not counted either.
func (s *search) relax() error {
	s.partly = true
	defer func() { s.partly = false }()
	before, dropped, any := len(s.left), s.dropped, s.all(nil)
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
	s.many = s.many || len(s.left) > before || s.dropped != dropped
	s.left, s.dropped = s.left[:before], dropped
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
	return s.relaxToRare(take)
}

// relaxToRare looks for rows with one of the rare words. How they have the others
// is not found out of very many.
func (s *search) relaxToRare(take func(m store.Match, without map[int]bool) error) error {
	n := len(s.q.clauses)
	rare := s.all(nil)
	rare.Any = true
	for i := range n {
		if n < 3 || s.q.clauses[i].found >= countLimit/4 {
			continue
		}
		rare.Of = append(rare.Of, i)
		others := map[int]bool{}
		for k := range n {
			others[k] = k != i
		}
		if n > mostNames {
			if err := take(s.all(others), others); err != nil {
				return err
			}
		}
	}
	if n > mostNames || len(rare.Of) == 0 {
		return nil
	}
	return take(rare, nil)
}

// mostLeftOut is how many words are left out in turn, and mostNames how many a
// query has at most of which one may be the name of what holds the others.
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
