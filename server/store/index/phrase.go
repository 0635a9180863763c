package index

import (
	"cmp"
	"slices"
)

// phrase adds the places where the words of a term stand side by side.
func (e *evaluation) phrase(c *met, t Term, weight float32) error {
	last := len(t.Words) - 1
	rarest := 0
	for i, w := range t.Words {
		n := e.v.read.counts[w][e.g.num]
		if n == 0 && !(t.Prefix && i == last) {
			return nil
		}
		if n < e.v.read.counts[t.Words[rarest]][e.g.num] && !(t.Prefix && i == last) {
			rarest = i
		}
	}
	at, err := e.standing(t, rarest, nil)
	for i := range t.Words {
		if err != nil || len(at) == 0 {
			return err
		}
		if i != rarest {
			at, err = e.standing(t, i, at)
		}
	}
	if err != nil {
		return err
	}
	for _, s := range at {
		one := entry{place: s.place}
		switch {
		case s.at < headsFrom:
			one.Title = weight
		case s.at < textFrom:
			one.Head = weight
		default:
			one.Text = weight
		}
		if s.at == 0 && weight == 1 {
			one.First = FirstOfMany // or all of it
		}
		e.add(c, one)
	}
	return nil
}

// standing is a position at a place, at which a phrase may begin.
type standing struct{ place, at uint32 }

// standing gives where the phrase begins by where its word i stands, in order;
// where some beginnings are given, those of them.
func (e *evaluation) standing(t Term, i int, before []standing) ([]standing, error) {
	var out []standing
	var spots []uint32
	n := e.g.places()
	take := func(_ string, p postings) error {
		left := before
		for p.next() && p.place < n {
			for len(left) > 0 && left[0].place < p.place {
				left = left[1:]
			}
			if before != nil && (len(left) == 0 || left[0].place > p.place) {
				p.passed()
				continue
			}
			spots = p.positions(spots[:0])
			for _, at := range spots {
				if at < uint32(i) {
					continue
				}
				begin := standing{p.place, at - uint32(i)}
				for len(left) > 0 && left[0].place == p.place && left[0].at < begin.at {
					left = left[1:]
				}
				if before == nil || len(left) > 0 && left[0] == begin {
					out = append(out, begin)
				}
			}
		}
		return nil
	}
	if !t.Prefix || i < len(t.Words)-1 {
		err := e.v.postings(e.g, t.Words[i], true, take)
		return out, err
	}
	err := e.v.postingsFrom(e.g, t.Words[i], true, take)
	slices.SortFunc(out, func(a, b standing) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.at, b.at)) })
	return slices.Compact(out), err
}
