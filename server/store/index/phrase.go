package index

import "slices"

// phrase adds the places where the words of a term stand side by side.
func (e *evaluation) phrase(c *met, t Term, weight float32) error {
	last := len(t.Words) - 1
	var at []standing // of the words so far, where the last one of them stands
	for i, w := range t.Words {
		next, err := e.standing(w, t.Prefix && i == last, i > 0, at)
		if err != nil || len(next) == 0 {
			return err
		}
		at = next
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
		if int(s.at) == last && weight == 1 {
			one.First = FirstOfMany // or all of it
		}
		e.add(c, one)
	}
	return nil
}

// standing is a position at a place.
type standing struct{ place, at uint32 }

// standing gives where a word stands, in order; with behind only right behind
// one of some positions.
func (e *evaluation) standing(word string, begun, behind bool, before []standing) ([]standing, error) {
	var out []standing
	n := e.g.places()
	add := func(_ string, p postings) error {
		left := before
		var spots []uint32
		for p.next() && p.place < n {
			spots = p.positions(spots[:0])
			if !behind {
				for _, at := range spots {
					out = append(out, standing{p.place, at})
				}
				continue
			}
			for len(left) > 0 && left[0].place < p.place {
				left = left[1:]
			}
			for _, at := range spots {
				for len(left) > 0 && left[0].place == p.place && left[0].at+1 < at {
					left = left[1:]
				}
				if len(left) > 0 && left[0].place == p.place && left[0].at+1 == at {
					out = append(out, standing{p.place, at})
				}
			}
		}
		return nil
	}
	if !begun {
		err := e.v.postings(e.g, word, true, add)
		return out, err
	}
	err := e.v.postingsFrom(e.g, word, true, add)
	slices.SortFunc(out, func(a, b standing) int {
		if a.place != b.place {
			return int(a.place) - int(b.place)
		}
		return int(a.at) - int(b.at)
	})
	return out, err
}
