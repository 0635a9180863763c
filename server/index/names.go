package index

import (
	"container/heap"
	"slices"
)

// foremost takes up to n places from a heap, those that promise most, and no less
// than worst. There are none where the names tell that none does.
func (s *search) foremost(left *promises, n int, worst float64) ([]promise, error) {
	for {
		out := left.take(n, worst)
		if !slices.ContainsFunc(out, func(p promise) bool { return p.bare > 0 }) {
			return out, nil
		}
		out = append(out, left.take(mostNamed-len(out), worst)...)
		if err := s.lookAtNames(out); err != nil {
			return nil, err
		}
		for _, p := range out {
			heap.Push(left, p)
		}
	}
}

// mostNamed is of how many places the names are looked at at once.
const mostNamed = 128

// lookAtNames makes promises exact by the names of places and those around them,
// which cost less to read than their texts.
func (s *search) lookAtNames(all []promise) error {
	of := map[int64]*promise{}
	var ids []int64
	for i := range all {
		if p := &all[i]; p.bare > 0 {
			of[p.id], ids = p, append(ids, p.id)
		}
	}
	err := s.v.Named(ids, func(id int64, title, parent, doc string) {
		p, holder := of[id], tokens(parent+" "+doc)
		if !slices.ContainsFunc(s.q.clauses, func(c clause) bool { return c.hits(holder) > 0 }) {
			p.most = p.bare
		}
		p.most *= s.q.nameBonus(tokens(title)) / p.bonus
	})
	for _, p := range of {
		p.bare = 0
	}
	return err
}
