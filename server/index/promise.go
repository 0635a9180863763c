package index

import (
	"cmp"
	"container/heap"
	"slices"

	store "codabridge/server/store/index"
)

// promise is what a place may weigh at most.
type promise struct {
	id   int64
	most float64
	like uint64 // the same of places with one title in one table
	kind int
	// bare is what most is if no name around it holds a word of the query, and
	// bonus what its title may give in both; zero where the names are known.
	bare, bonus float64
}

// promises are a heap with the greatest first, and of equals the first by id.
type promises []promise

func (p promises) Len() int { return len(p) }
func (p promises) Less(i, j int) bool {
	return p[i].most > p[j].most || p[i].most == p[j].most && p[i].id < p[j].id
}
func (p promises) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *promises) Push(x any)   { *p = append(*p, x.(promise)) }
func (p *promises) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// once leaves each place once, by the most that is promised of it.
func (p promises) once() promises {
	at, out := make(map[int64]int, len(p)), p[:0]
	for _, one := range p {
		i, there := at[one.id]
		switch {
		case !there:
			at[one.id] = len(out)
			out = append(out, one)
		case one.most > out[i].most:
			out[i] = one
		}
	}
	return out
}

// take takes up to n from the heap that promise no less than worst.
func (p *promises) take(n int, worst float64) (out []promise) {
	for len(out) < n && len(*p) > 0 && (*p)[0].most >= worst {
		out = append(out, heap.Pop(p).(promise))
	}
	return out
}

// foremost puts the first n before all others, in any order.
func (p promises) foremost(n int) {
	for from, to := 0, len(p); to-from > 1; {
		p[from], p[(from+to)/2] = p[(from+to)/2], p[from]
		at := from // of what stands for the others
		for i := from + 1; i < to; i++ {
			if p.Less(i, from) {
				at++
				p[i], p[at] = p[at], p[i]
			}
		}
		p[from], p[at] = p[at], p[from]
		switch {
		case at < n:
			from = at + 1
		default:
			to = at
		}
	}
}

// lastShown is the weight of the last of the hits that are shown, of those
// found so far; zero while there are fewer.
func (s *search) lastShown() float64 {
	if len(s.found) < s.shown {
		return 0
	}
	heaviest := map[likeness]float64{}
	var scores []float64
	for i := range s.found {
		c := &s.found[i]
		if c.loose || !c.full && !s.partly {
			continue
		}
		if l, ok := c.likeness(); ok {
			heaviest[l] = max(heaviest[l], c.score)
		} else {
			scores = append(scores, c.score)
		}
	}
	for _, v := range heaviest {
		scores = append(scores, v)
	}
	if len(scores) < s.shown {
		return 0
	}
	slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
	return scores[s.shown-1]
}

// likeness is what rows share that are shown as one.
type likeness struct{ doc, table, title string }

// likeness tells what a hit is shown together with; nothing where it has no
// title.
func (c *candidate) likeness() (likeness, bool) {
	if c.Kind != store.Rows || c.Title == "" {
		return likeness{}, false
	}
	return likeness{c.Doc, c.Holder, c.Title}, true
}
