package index

// isNeighbour tells whether it can be seen where clause i stands near the next:
// both are single words.
func (e *evaluation) isNeighbour(i int) bool {
	return i+1 < len(e.m.All) && isSingle(e.m.All[i]) && isSingle(e.m.All[i+1])
}

func isSingle(terms []Term) bool {
	return len(terms) == 1 && len(terms[0].Words) == 1 && !terms[0].Prefix
}

// nearest is how far apart neighbours are at most: two words may be between.
const nearest = 3

// near tells whether clause i and the next may stand near each other at a place,
// in that order.
func (e *evaluation) near(i int, place uint32) bool {
	if !e.isNeighbour(i) || e.m.Titles || e.m.Heads {
		return true
	}
	one, two := e.standsAt(e.sources[i], place), e.standsAt(e.sources[i+1], place)
	for _, at := range one {
		for len(two) > 0 && two[0] <= at {
			two = two[1:]
		}
		if len(two) > 0 && two[0]-at <= nearest {
			return true
		}
	}
	return e.fault != nil
}

// standsAt gives where the word of a single list stands in the place at hand.
func (e *evaluation) standsAt(s *source, place uint32) []uint32 {
	if s == nil || !s.seek(place) || s.place != place {
		return nil
	}
	if s.spots.heads == nil {
		pos, err := e.v.positions([]stored{s.stored})
		if err != nil {
			e.fault = err
			return nil
		}
		s.spots, s.spotsOf = s.teller(pos[0]), noPlace
	}
	if s.spotsOf != place {
		s.spots.to(s.at)
		s.standing, s.spotsOf = s.spots.positions(s.standing[:0]), place
		if s.spots.broken {
			e.fault = errSegment
		}
	}
	return s.standing
}
