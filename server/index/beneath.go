package index

import (
	"container/heap"
	"maps"
	"slices"

	store "codabridge/server/store/index"
)

// mostLabels is how many words of a query are taken for the name of a column.
const mostLabels = 6

// lookBeneath takes up rows that hold the words but one, which is the name of one
// of their columns: "status blocked"; and those in which both sides of a colon are
// a column and its value: "status:blocked".
func (s *search) lookBeneath() error {
	if !s.wants(store.Rows) {
		return nil
	}
	labels := 0
	paired := slices.ContainsFunc(s.q.clauses, func(c clause) bool { return c.pair })
	for i := range s.q.clauses {
		if s.q.clauses[i].pair {
			tables, err := s.labelledAs(&s.q.clauses[i])
			if err == nil {
				err = s.lookIn(tables, i, nil, true)
			}
			if err != nil {
				return err
			}
		}
		if len(s.q.clauses) < 2 || s.q.clauses[i].symbol {
			continue
		}
		h, err := s.holding(i)
		if len(h.labelled) > 0 {
			labels++
		}
		if err == nil && labels <= mostLabels {
			err = s.lookIn(h.labelled, i, map[int]bool{i: true}, paired)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// orValues is strictly, and of a column and its value the value may be anywhere.
func (s *search) orValues(without map[int]bool) store.Match {
	m := store.Match{None: s.q.none}
	for i := range s.q.clauses {
		if without[i] {
			continue
		}
		c := &s.q.clauses[i]
		terms := c.strict()
		for k := 1; c.pair && k < len(c.words); k++ {
			v := c.value(k)
			terms = append(terms, v.strict()...)
		}
		m.All = append(m.All, terms)
	}
	return m
}

// labelledAs are the tables with a column that the clause begins with.
func (s *search) labelledAs(c *clause) (map[int64]bool, error) {
	out := map[int64]bool{}
	for k := 1; k < len(c.words); k++ {
		tables, err := s.labelled([]store.Term{{Words: c.words[:k]}})
		if err != nil {
			return nil, err
		}
		maps.Copy(out, tables)
	}
	return out, nil
}

// labelled are the tables that have a column whose name meets one of some terms.
func (s *search) labelled(terms []store.Term) (map[int64]bool, error) {
	called := store.Match{Heads: true, All: [][]store.Term{terms}}
	scope := store.Scope{Docs: s.scope.Docs, NotDocs: s.scope.NotDocs, Kinds: []int{store.Tables}}
	ids, _, err := s.v.Matching(called, scope, false, mostHolders)
	out := map[int64]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// lookIn takes up rows of some tables; those that have clause i in themselves were
// found before. Where values may be anywhere, those count that are in their columns.
func (s *search) lookIn(tables map[int64]bool, i int, without map[int]bool, anywhere bool) error {
	if len(tables) == 0 {
		return nil
	}
	m, t := s.orValues(without), tier{rows: true, scope: s.scope}
	t.scope.Tables = slices.Sorted(maps.Keys(tables))
	m.None = slices.Concat(m.None, s.q.clauses[i].strict())
	before, dropped := len(s.left), s.dropped
	s.onlyFull = anywhere
	defer func() { s.onlyFull = false }()
	err := s.within(s.time, func() error {
		if s.exhaustive {
			return s.everything(m, t, m)
		}
		left, err := s.promises(m, t, without)
		if err != nil {
			return err
		}
		heap.Init(&left)
		return s.inTurn(left, m)
	})
	if anywhere && (len(s.left) > before || s.dropped != dropped) { // how many of them are full is not known
		s.left, s.dropped, s.many, s.uncounted = s.left[:before], dropped, true, true
	}
	return err
}

// lookUnder takes one word at a time for the name of a column, and looks for the
// others in all rows. Those with such a column stand first.
func (s *search) lookUnder() error {
	labels := 0
	for i, c := range s.q.clauses {
		tables, err := s.labelled(c.strict())
		if err != nil {
			return err
		}
		if len(tables) == 0 {
			continue
		}
		labels++
		if labels > mostLabels {
			return nil
		}
		if err := s.lookRows(map[int]bool{i: true}); err != nil {
			return err
		}
	}
	return nil
}

// isPair tells whether the clause may be a column and its value, of what the
// tables have for columns.
func (s *search) isPair(c *clause) (bool, error) {
	if !c.pair {
		return false, nil
	}
	tables, err := s.labelledAs(c)
	return len(tables) > 0, err
}

// value is the clause without its first k words, those of a column.
func (c *clause) value(k int) clause {
	v := clause{words: c.words[k:], last: c.last, plain: c.plain}
	if len(v.words) == 1 {
		v.other = otherForms(v.words[0])
	}
	return v
}

// paired is how often the words of the clause are a column and what its value
// has.
func (c *clause) paired(columns []column, text []token) float64 {
	n := 0.0
	for k := 1; c.pair && k < len(c.words); k++ {
		label, value := clause{words: c.words[:k], exact: true}, c.value(k)
		for _, in := range columns {
			if label.hits(in.label) > 0 {
				n += value.hits(within(text, in))
			}
		}
	}
	return n
}
