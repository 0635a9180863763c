package index

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	store "codabridge/server/store/index"
)

// How many places of one tier are looked at for one search.
const (
	fewMatches  = 60      // which are all weighed
	manyRows    = 2000    // of which those with the words in the title come first
	mostMatches = 1 << 15 // by their sketches
	mostRead    = 1500    // read and weighed, of those
	mostEquals  = 4000    // of which none is bound to weigh more than what is there
)

// equal is by how much a bound is made greater, for the sake of rounding, and
// some more.
const equal = 3e-9

// lookTier takes up the best of what a match finds in one tier. Few enough are
// all weighed. Of many the sketches say how much each may weigh, and they are
// weighed in that order, until none that is left can be among those shown.
// What has a word in a loose form only comes last, and is not looked for where
// others abound.
func (s *search) lookTier(without map[int]bool, scope store.Scope, rows bool, loosely int) error {
	strict := s.strictly(without)
	ids, more, err := s.v.Matching(strict, scope, rows, max(mostMatches, s.few))
	if err != nil {
		return err
	}
	if more {
		strict.Titles = true
		titled, _, err := s.v.Matching(strict, scope, rows, mostMatches)
		if err != nil {
			return err
		}
		ids = slices.Compact(sorted(append(ids, titled...)))
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return s.seen[id] })
	m, proven := s.all(without), false
	if len(ids) > max(s.few, s.shown) {
		proven, err = s.foremost(ids, scope, rows, without)
	} else {
		err = s.weighAll(ids, rows, m)
	}
	s.uncounted = s.uncounted || more
	s.many = s.many || more && !proven
	if err != nil || len(s.left) > 0 && s.lastShown() > 0 {
		return err
	}
	return s.lookLoose(m, scope, rows, loosely)
}

// foremost weighs of very many rows first those that have all words in the
// title or one of them often: mostly no others are among the best.
func (s *search) foremost(ids []int64, scope store.Scope, rows bool, without map[int]bool) (proven bool, err error) {
	beyond, ok := s.beyond(without)
	if !rows || !ok || len(ids) < manyRows*s.few/fewMatches {
		return false, s.best(ids, scope, rows, without)
	}
	titled, heavy := s.strictly(without), s.strictly(without)
	titled.Titles = true
	for _, c := range s.q.clauses {
		heavy.Heavy = append(heavy.Heavy, c.words[0])
	}
	first, cut, err := s.v.Matching(titled, scope, rows, mostMatches)
	if err != nil {
		return false, err
	}
	often, more, err := s.v.Matching(heavy, scope, rows, mostMatches)
	if err != nil {
		return false, err
	}
	first = slices.Compact(sorted(append(first, often...)))
	first = slices.DeleteFunc(first, func(id int64) bool { return s.seen[id] })
	if err := s.best(first, scope, rows, without); err != nil {
		return false, err
	}
	rest := slices.DeleteFunc(ids, func(id int64) bool {
		_, done := slices.BinarySearch(first, id)
		return done
	})
	if s.lastShown() < beyond {
		return false, s.best(rest, scope, rows, without)
	}
	for _, id := range rest {
		s.left = append(s.left, promise{id: id, kind: store.Rows})
	}
	return !cut && !more, nil
}

// beyond is what a row may weigh at most that lacks a word in the title and has
// none more than a few times; ok tells that this can be said of the clauses.
func (s *search) beyond(without map[int]bool) (most float64, ok bool) {
	share := func(tf float64) float64 { return tf / (tf + 1.5) }
	text := textWeight*(store.HeavyTimes-1) + holderWeight
	all, least := 0.0, math.Inf(1)
	for i, c := range s.q.clauses {
		if without[i] || len(c.strict()) > 1 || len(c.words) > 1 || c.prefix() || c.symbol {
			return 0, false
		}
		all += c.idf
		least = min(least, c.idf)
	}
	most = (all-least)*share(2*titleWeight+text) + least*share(text)
	if len(s.q.clauses) > 1 {
		most *= 1.5
	}
	return most / all * 0.95, true
}

func sorted(ids []int64) []int64 {
	slices.Sort(ids)
	return ids
}

// lookLoose takes up what has the clauses in other forms too, the first ones.
func (s *search) lookLoose(m store.Match, scope store.Scope, rows bool, most int) error {
	if !slices.ContainsFunc(s.q.clauses, func(c clause) bool { return len(c.loose) > 0 }) {
		return nil
	}
	ids, more, err := s.v.Matching(m, scope, rows, most+len(s.seen))
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return s.seen[id] })
	if len(ids) > most {
		more, ids = true, ids[:most]
	}
	s.many = s.many || more
	return s.weighAll(ids, rows, m)
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

// promise is what a place may weigh at most.
type promise struct {
	id   int64
	most float64
	like uint64 // the same of places with one title in one table
	kind int
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

// best weighs places in the order of what they promise.
func (s *search) best(ids []int64, scope store.Scope, rows bool, without map[int]bool) error {
	b, err := s.newBound(without)
	if err == nil {
		b.near, err = s.nearness(scope, rows, without)
	}
	if err != nil {
		return err
	}
	left, err := s.promised(ids, rows, b)
	if err != nil {
		return err
	}
	m := s.all(without)
	read := 0
	for step := 32; len(left) > 0 && read < mostRead; step = min(2*step, 256) {
		worst := s.lastShown()
		if left[0].most < worst {
			break
		}
		equals := left[0].most <= worst*(1+equal)
		if equals {
			step = mostEquals
		}
		var next []int64
		for len(left) > 0 && len(next) < step && left[0].most >= worst {
			p := heap.Pop(&left).(promise)
			next = append(next, p.id)
			s.likes[p.id] = p.like
		}
		if equals {
			newest, err := s.v.Newest(next, rows, s.shown)
			if err != nil {
				return err
			}
			s.notRead(next, newest, rows)
			next = newest
		}
		read += len(next)
		if err := s.weighAll(next, rows, m); err != nil {
			return err
		}
	}
	if len(left) > 0 && left[0].most > s.lastShown() {
		s.many = true
	}
	s.left = append(s.left, left...)
	return nil
}

// promised are the places with the most that each can weigh, as a heap.
func (s *search) promised(ids []int64, rows bool, b *bound) (promises, error) {
	left := make(promises, 0, len(ids))
	err := s.v.Sketches(ids, rows, func(i int, k *store.Sketch, there bool) {
		p := promise{id: ids[i], most: math.Inf(1), kind: store.Rows}
		if there {
			p = promise{ids[i], b.of(ids[i], k), likeOf(k), k.Kind}
		}
		left = append(left, p)
	})
	heap.Init(&left)
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

// likeOf tells titles and tables apart.
func likeOf(k *store.Sketch) uint64 {
	h := uint64(k.Table) * 0x9e3779b97f4a7c15
	for _, w := range k.Title {
		h = (h ^ uint64(w)) * 0x100000001b3
	}
	return h
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
		if c.loose || !c.full {
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
