package index

import (
	"cmp"
	"slices"
)

// phrase adds the places where the words of a term stand side by side.
func (e *evaluation) phrase(k *counter, t Term, twentieths int) error {
	last := len(t.Words) - 1
	rarest := 0
	for i, w := range t.Words {
		n := e.v.count(e.g, w)
		if n == 0 && !(t.Prefix && i == last) {
			return nil
		}
		if n < e.v.count(e.g, t.Words[rarest]) && !(t.Prefix && i == last) {
			rarest = i
		}
	}
	if t.Prefix && last > 0 {
		begun, err := e.v.begun(e.g, t.Words[last])
		if err != nil || len(begun) == 0 {
			return err
		}
	}
	others, err := e.others(t, rarest)
	if err != nil {
		return err
	}
	at, err := e.standing(t, rarest, nil, others)
	for i := range t.Words {
		if err != nil || len(at) == 0 {
			return err
		}
		if i != rarest {
			at, err = e.standing(t, i, at, nil)
		}
	}
	if err != nil {
		return err
	}
	for _, s := range at {
		k.put(s.place, s.posting(twentieths == fully), twentieths)
	}
	return nil
}

// posting is the phrase that begins there; own tells that it is as asked for.
func (s standing) posting(own bool) posting {
	one := posting{}
	switch {
	case s.at < headsFrom:
		one.title = 1
	case s.at < textFrom:
		one.head = 1
	default:
		one.text = 1
	}
	if s.at == 0 && own {
		one.first = FirstOfMany // or all of it
	}
	return one
}

// others are the lists of the words of a phrase beside one, but of one that goes
// on.
func (e *evaluation) others(t Term, but int) ([]*source, error) {
	var all []stored
	for i, w := range t.Words {
		if i != but && w != t.Words[but] && !(t.Prefix && i == len(t.Words)-1) {
			all = append(all, stored{w, e.v.read.found[w][e.g.num]})
		}
	}
	return e.open(all)
}

func allAt(all []*source, place uint32) bool {
	for _, s := range all {
		s.seek(place)
		if s.place != place {
			return false
		}
	}
	return true
}

// standing is a position at a place, at which a phrase may begin.
type standing struct{ place, at uint32 }

// standing gives where the phrase begins by where its word i stands, in order;
// where some beginnings are given, those of them, and else those in places that
// others have too.
func (e *evaluation) standing(t Term, i int, before []standing, others []*source) (out []standing, err error) {
	word := t.Words[i]
	lists := []stored{{word, e.v.read.found[word][e.g.num]}}
	if t.Prefix && i == len(t.Words)-1 {
		lists, err = e.v.begun(e.g, word)
	}
	if err == nil {
		err = e.v.bodies(lists)
	}
	if err != nil {
		return nil, err
	}
	pos, err := e.v.positions(lists)
	if err != nil {
		return nil, err
	}
	for k, l := range lists {
		room := len(e.v.read.places)
		p, err := e.v.open(e.g, l.listed)
		if err != nil {
			return nil, err
		}
		out, err = e.begins(out, p, pos[k], uint32(i), before, others)
		if err != nil {
			return nil, err
		}
		e.v.read.places = e.v.read.places[:room]
	}
	if len(lists) > 1 {
		slices.SortFunc(out, func(a, b standing) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.at, b.at)) })
		out = slices.Compact(out)
	}
	return out, nil
}

// begins appends where a phrase begins of which a word, after so many others,
// stands at the places of a list.
func (e *evaluation) begins(out []standing, p postings, pos []byte, after uint32, before []standing,
	others []*source) ([]standing, error) {
	tell := p.teller(pos)
	if before == nil {
		for p.next() {
			if !mayBeIn(p.heads[p.at], e.m.Titles, e.m.Heads) || !allAt(others, p.place) {
				continue
			}
			tell.to(p.at)
			e.spots = tell.positions(e.spots[:0])
			for _, at := range e.spots {
				if at >= after {
					out = append(out, standing{p.place, at - after})
				}
			}
		}
		return out, tell.fault()
	}
	for len(before) > 0 && p.seek(before[0].place) {
		for len(before) > 0 && before[0].place < p.place {
			before = before[1:]
		}
		if len(before) == 0 || before[0].place > p.place {
			continue
		}
		tell.to(p.at)
		e.spots = tell.positions(e.spots[:0])
		spots := e.spots
		for ; len(before) > 0 && before[0].place == p.place; before = before[1:] {
			for len(spots) > 0 && spots[0] < before[0].at+after {
				spots = spots[1:]
			}
			if len(spots) > 0 && spots[0] == before[0].at+after {
				out = append(out, before[0])
			}
		}
	}
	return out, tell.fault()
}
