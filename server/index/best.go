package index

import (
	"container/heap"
	"math"
	"slices"
	"time"

	store "codabridge/server/store/index"
)

// How many places of one tier are looked at for one search.
const (
	mostMatches = 1 << 15 // that were written last, by their sketches
	mostKept    = 1 << 12 // of others, by what they may weigh
	mostRead    = 1500    // read and weighed, of those
	mostPartly  = 300     // of those that lack some of many words
	mostEquals  = 4000    // of which none is bound to weigh more than what is there
)

// equal is by how much a bound is made greater, for the sake of rounding, and
// some more.
const equal = 3e-9

// look takes up the best of what holds all clauses but those left out: it is
// known how much each place may weigh, and they are weighed in that order, until
// none that is left can be among those shown. What has a word in a loose form
// only comes last, and is not looked for where others abound.
func (s *search) look(without map[int]bool, scope store.Scope, most time.Duration) error {
	var left promises
	for _, t := range s.tiers(scope) {
		err := s.within(t.share(most), func() error {
			if s.exhaustive {
				return s.everything(s.strictly(without), t, s.all(without))
			}
			more, err := s.promises(s.strictly(without), t, without)
			left = append(left, more...)
			return err
		})
		if err != nil {
			return err
		}
	}
	heap.Init(&left)
	if err := s.inTurn(left, s.all(without)); err != nil {
		return err
	}
	if len(s.left) > 0 && s.lastShown() > 0 {
		return nil
	}
	for _, t := range s.tiers(scope) {
		err := s.within(t.share(most), func() error { return s.lookLoose(s.all(without), t) })
		if err != nil {
			return err
		}
	}
	return nil
}

// tier is a part of what is searched: rows, or the rest.
type tier struct {
	rows  bool
	scope store.Scope
	loose int // how many are weighed that have only loose forms
}

// share is how much of the time a tier may take, so that some is left for rows.
func (t tier) share(all time.Duration) time.Duration {
	if t.rows {
		return all
	}
	return 2 * all / 3
}

// tiers are those that the query asks for.
func (s *search) tiers(scope store.Scope) []tier {
	var out []tier
	if scope.Table == 0 && s.wants(store.Docs, store.Pages, store.Tables) {
		things := scope
		things.Kinds = append([]int(nil), s.q.kinds...) // nil, which means all, when there is none
		out = append(out, tier{false, things, mostThings})
	}
	if s.wants(store.Rows) {
		out = append(out, tier{true, scope, mostRows})
	}
	return out
}

// everything weighs all that a match finds in a tier.
func (s *search) everything(strict store.Match, t tier, m store.Match) error {
	ids, _, err := s.v.Matching(strict, t.scope, t.rows, math.MaxInt32)
	for some := range slices.Chunk(ids, mostMatches) {
		if err == nil {
			err = s.weighAll(some, t.rows, m)
		}
		if n := 2 * mostMatches; len(s.found) > n { // the rest is only counted
			slices.SortFunc(s.found, byScore)
			for _, c := range s.found[n/2:] {
				s.dropped[c.Kind]++
			}
			s.found = slices.Clone(s.found[:n/2])
		}
	}
	return err
}

// lookLoose takes up what has the clauses in other forms too, the first ones.
func (s *search) lookLoose(m store.Match, t tier) error {
	if !slices.ContainsFunc(s.q.clauses, func(c clause) bool { return len(c.loose) > 0 }) {
		return nil
	}
	ids, more, err := s.v.Matching(m, t.scope, t.rows, t.loose+len(s.seen))
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return s.seen[id] })
	if len(ids) > t.loose {
		more, ids = true, ids[:t.loose]
	}
	s.many = s.many || more
	return s.weighAll(ids, t.rows, m)
}

// strictly is the match of all clauses but those left out, in the forms that
// are as good as themselves.
func (s *search) strictly(without map[int]bool) store.Match {
	m := store.Match{None: s.q.none}
	for i, c := range s.q.clauses {
		if !without[i] {
			m.All = append(m.All, c.strict())
		}
	}
	return m
}

// promises are the places of a tier with the most that each can weigh.
func (s *search) promises(strict store.Match, t tier, without map[int]bool) (promises, error) {
	b, err := s.newBound(without)
	if err == nil {
		b.near, err = s.nearness(t.scope, t.rows, without)
	}
	if err != nil {
		return nil, err
	}
	ids, more, err := s.v.Fresh(strict, t.scope, t.rows, mostMatches)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return s.seen[id] })
	s.uncounted, s.many = s.uncounted || more, s.many || more
	fresh, err := s.promised(ids, t.rows, b)
	if err != nil {
		return nil, err
	}
	left, sieve := fresh, b.sieve(len(s.seen) > 0 || strict.Any)
	least := 0.0
	err = s.v.Sealed(strict, t.scope, t.rows, sieve, func(at *store.Spot) {
		p := b.sealed(at)
		switch {
		case len(s.seen) > 0 && s.seen[p.id]:
		case p.most < least:
			s.dropped[p.kind]++
		default:
			left = append(left, p)
		}
		if len(left) >= len(fresh)+2*s.kept {
			left, least = s.drop(left)
			if sieve != nil {
				sieve.Least = least
			}
		}
	})
	if sieve != nil {
		for kind, n := range sieve.HeldBack {
			s.dropped[kind] += n
		}
	}
	s.droppedMost = max(s.droppedMost, least)
	return left, err
}

// drop leaves of too many places those that promise most, and tells the
// least that any of those does; the others are only counted.
func (s *search) drop(all promises) (left promises, least float64) {
	keep := len(all) - s.kept
	all.foremost(keep)
	least = math.Inf(1)
	for _, p := range all[:keep] {
		least = min(least, p.most)
	}
	for _, p := range all[keep:] {
		s.dropped[p.kind]++
	}
	return all[:keep], math.Nextafter(least, math.Inf(1))
}

// inTurn weighs places of a heap until none that is left can be among those
// shown.
func (s *search) inTurn(left promises, m store.Match) error {
	read := 0
	for step := max(s.shown, 16); len(left) > 0 && read < s.mostRead(); step = min(2*step, 256) {
		worst := s.lastShown()
		if left[0].most < worst {
			break
		}
		equals := left[0].most <= worst*(1+equal)
		if equals {
			step = mostEquals
		}
		foremost, err := s.foremost(&left, step, worst)
		if err != nil {
			return err
		}
		var next [2][]int64 // things and rows
		for _, p := range foremost {
			of := p.kind / store.Rows
			next[of] = append(next[of], p.id)
			s.likes[p.id] = p.like
		}
		for of, ids := range next {
			n, err := s.weighSome(ids, of == 1, equals, m)
			if err != nil {
				return err
			}
			read += n
		}
	}
	last := s.lastShown()
	s.many = s.many || len(left) > 0 && left[0].most > last || s.droppedMost > last
	s.left = append(s.left, left...)
	return nil
}

// mostRead is how many places are read and weighed.
func (s *search) mostRead() int {
	if s.partly && len(s.q.clauses) > mostNames {
		return mostPartly
	}
	return mostRead
}

// weighSome weighs places that promise most. Of those that can only be equal to
// what is there, the newest stand first, and no others are read.
func (s *search) weighSome(ids []int64, rows, equals bool, m store.Match) (read int, err error) {
	if equals && len(ids) > 0 {
		newest, err := s.v.Newest(ids, rows, s.shown)
		if err != nil {
			return 0, err
		}
		s.notRead(ids, newest, rows)
		ids = newest
	}
	return len(ids), s.weighAll(ids, rows, m)
}

// promised are the places with the most that each can weigh.
func (s *search) promised(ids []int64, rows bool, b *bound) (promises, error) {
	left := make(promises, 0, len(ids))
	err := s.v.Sketches(ids, rows, func(i int, k *store.Sketch, there bool) {
		p := promise{id: ids[i], most: math.Inf(1), kind: store.Rows}
		if there {
			p = promise{id: ids[i], most: b.of(ids[i], k), like: k.Like(), kind: k.Kind}
		}
		left = append(left, p)
	})
	return left, err
}

// notRead leaves those of some that are not among the newest.
func (s *search) notRead(all, newest []int64, rows bool) {
	for _, id := range all {
		if !slices.Contains(newest, id) {
			kind := store.Rows
			if !rows {
				kind = store.Pages
			}
			s.left = append(s.left, promise{id: id, like: s.likes[id], kind: kind})
		}
	}
}
