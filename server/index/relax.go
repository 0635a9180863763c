package index

import (
	"cmp"
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
	if err := s.lookBeneath(); err != nil {
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

// lookBeneath takes one word at a time for the name of a column, and looks for
// the others in rows: "status blocked". Those with such a column stand first.
func (s *search) lookBeneath() error {
	for i, c := range s.q.clauses[:min(len(s.q.clauses), 6)] {
		label := store.Match{Heads: true, All: [][]store.Term{c.strict()}}
		scope := store.Scope{Docs: s.scope.Docs, NotDocs: s.scope.NotDocs, Kinds: []int{store.Tables}}
		tables, _, err := s.v.Matching(label, scope, false, 1)
		if err != nil {
			return err
		}
		if len(tables) > 0 {
			if err := s.lookRows(map[int]bool{i: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

// relax looks for what holds some of the words: any of them in pages, where
// BM25 sorts them out, and of rows those that hold all but one, or a rare one.
func (s *search) relax() error {
	any := s.all(nil)
	any.Any = true
	if err := s.someThings(any, s.scope); err != nil || !s.wants(store.Rows) {
		return err
	}
	n := len(s.q.clauses)
	for _, i := range s.leastTelling(mostLeftOut) {
		left := map[int]bool{i: true}
		if n == 2 && s.q.clauses[1-i].found >= countLimit {
			continue
		}
		if err := s.someRows(s.all(left), s.scope, 60); err != nil {
			return err
		}
	}
	for i := range n {
		if n < 3 || s.q.clauses[i].found >= countLimit/4 {
			continue
		}
		one := store.Match{All: [][]store.Term{s.q.clauses[i].terms()}, None: s.q.none}
		if err := s.someRows(one, s.scope, 60); err != nil {
			return err
		}
	}
	return nil
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
