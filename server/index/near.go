package index

import (
	"slices"

	store "codabridge/server/store/index"
)

// nearby are the places in which two neighbours of a query stand near each
// other; all of them where that was not looked for.
type nearby struct {
	anywhere bool
	ids      []int64 // in order
}

// has tells whether a place is among them.
func (n *nearby) has(id int64) bool {
	if n.anywhere {
		return true
	}
	_, ok := slices.BinarySearch(n.ids, id)
	return ok
}

const (
	nearWords = 2 // that may stand between neighbours
	mostNear  = 8 // pairs of forms that are looked for
)

// nearness finds out for each clause and the next one where they are near each
// other in what was written last; segments know it themselves. That costs less
// than to read the texts in which they are not.
func (s *search) nearness(scope store.Scope, rows bool, without map[int]bool) ([]nearby, error) {
	out := make([]nearby, max(len(s.q.clauses)-1, 0))
	for i := range out {
		one, two := &s.q.clauses[i], &s.q.clauses[i+1]
		out[i].anywhere = true
		if rows || s.partly || one.symbol || two.symbol || without[i] || without[i+1] {
			continue
		}
		m := s.strictly(without)
		for _, a := range one.strict() {
			for _, b := range two.strict() {
				m.Near = append(m.Near, [2]store.Term{a, b})
			}
		}
		if len(m.Near) > mostNear {
			continue
		}
		m.Within = nearWords
		ids, more, err := s.v.Fresh(m, scope, rows, mostMatches)
		if err != nil {
			return nil, err
		}
		out[i] = nearby{more, ids}
	}
	return out, nil
}
