package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	store "codabridge/server/store/index"
)

// How much of each tier is weighed for one search.
const (
	mostThings = 80
	mostRows   = 250
	countLimit = 2000 // how far occurrences of a word are counted
	enough     = 8    // so many good hits need no relaxing
)

// ErrNone says that there is nothing to search: the index is off, not begun,
// or another account's.
var ErrNone = errors.New("index: there is no search index")

// Ask is a search.
type Ask struct {
	Query string
	// Documents narrows the search to docs with these ids; nil means all.
	Documents []string
	// Limit is how many hits are given; zero means 20. Skip is how many before
	// those are not.
	Limit, Skip int
	// Bytes is about how long the hits may be together, BytesLacking the same with
	// the first that lacks words and behind it; zero means as long as they are.
	Bytes, BytesLacking int
	// Caller tells who asks; one caller has one search at work at a time.
	Caller string

	exhaustive bool // all that fits is weighed
	kept       int  // of places, by what they may weigh; zero means mostKept
}

// Hit is something found.
type Hit struct {
	// ID is doc:…, page:…/…, table:…/… or row:…/…/…, as fetch takes it.
	ID string
	// Kind is doc, page, table or row.
	Kind string
	// Title is its own name, Holder that of the table a row is in, Doc the
	// doc's; Holder may be empty, Doc is not but for a doc.
	Title, Holder, Doc string
	// DocID is the id of the doc.
	DocID string
	// URL is its address in the browser.
	URL     string
	Updated time.Time
	// Text is the part that fits, words found marked as **bold**; it is empty
	// where only the name fits.
	Text string
	// Sure is set when every word that was looked for was found.
	Sure bool
	// Long tells a page of which no more than a part is read at once.
	Long bool
	// Why says by what it was found where that is not to be seen in Title and
	// Text; empty for most.
	Why string
	// Alike is how many other rows of its table have its title and are not
	// shown beside it.
	Alike int
}

// Search finds what fits a query. ErrNone says that there is no index to ask;
// any other error is a fault, never "nothing found".
func (x *Index) Search(ctx context.Context, a Ask) (Answer, error) {
	done, err := x.slots.acquire(ctx, a.Caller)
	if err != nil {
		return Answer{}, fmt.Errorf("index: search: %w", err)
	}
	defer done()
	db, owner, err := x.reading()
	if err != nil {
		return Answer{}, err
	}
	defer x.using.RUnlock()
	if a.Limit <= 0 {
		a.Limit = 20
	}
	cover, err := x.coverage(ctx, db, a.Documents)
	if err != nil {
		return Answer{}, x.noticed(err)
	}
	s, out := newSearch(a, cover, x.o.Excluded()), Answer{}
	err = db.View(ctx, owner, func(v *store.View) error {
		s.v = v
		if err := s.within(x.o.SearchTime, func() error { return s.run(x.o.SearchTime) }); err != nil {
			return err
		}
		order(s.found)
		shown, rest := s.choose(a.Skip, a.Limit)
		if !s.stopped {
			if err := s.showAll(shown); err != nil {
				return err
			}
			s.mark, err = v.Mark()
			if err != nil {
				return err
			}
		}
		out = s.answer(a, shown, rest)
		return nil
	})
	if errors.Is(err, store.ErrOtherOwner) {
		return Answer{}, fmt.Errorf("%w (%w)", ErrNone, err)
	}
	if err != nil {
		return Answer{}, x.noticed(fmt.Errorf("index: search: %w", err))
	}
	out.Coverage = cover
	return out, nil
}

// search is one search in work.
type search struct {
	q     query
	v     *store.View
	own   store.Scope // all that may be searched; nothing of other docs is told
	scope store.Scope // what this search is narrowed to
	whole bool        // the index holds everything there is
	seen  map[int64]bool
	found []candidate
	many  bool // others fit that were not weighed
	// manyLack is set when others lack words and were not weighed.
	manyLack bool
	slow     int // how many bytes may yet be read word by word
	shown    int // how many hits are shown, or were before
	// uncounted is set when more fit than were counted.
	uncounted  bool
	exhaustive bool // all that fits is weighed
	kept       int  // how many places are, by what they may weigh
	left       []promise
	likes      map[int64]uint64 // of those that were taken from left
	// dropped are how many places of each kind were so many that they are only
	// counted.
	dropped        [4]int
	droppedMost    float64         // what any of those may weigh
	time           time.Duration   // that the whole search may take
	held           map[int]holders // by clause
	named          map[int64]bool  // whose titles hold the whole query, once they were looked for
	lookedForNamed bool
	words          map[string][]string // of the index, by how they begin
	begun          map[string]bool     // beginnings of words of which there are many, and whether longer ones are looked for
	guessed        int                 // how many words are nowhere for which others were looked for
	spread         int                 // how much those take
	odd            []string
	// guesses are those of odd that say which word was taken for another.
	guesses []string
	// stopped is set when something was broken off for want of time.
	stopped bool
	// partly is set while places are looked for that lack some of the words.
	partly bool
	mark   uint32 // of the index as it was searched
	// onlyFull is set while what is read counts only if it has all words.
	onlyFull bool
}

// newSearch leaves out what the crawler, which may not run, has yet to remove.
func newSearch(a Ask, cover Coverage, excluded []string) *search {
	own := store.Scope{Docs: a.Documents, NotDocs: slices.Clip(excluded)}
	s := &search{q: parse(a.Query), own: own, scope: own, whole: cover.Complete(), slow: slowBytes, shown: a.Skip + a.Limit,
		exhaustive: a.exhaustive, kept: cmp.Or(a.kept, mostKept), seen: map[int64]bool{}, likes: map[int64]uint64{}, held: map[int]holders{}, begun: map[string]bool{}, words: map[string][]string{}}
	s.odd = s.q.odd
	return s
}

func (s *search) say(sentence string) {
	if !slices.Contains(s.odd, sentence) {
		s.odd = append(s.odd, sentence)
	}
}

// run finds what fits. How rare the words are may take a third of the time, and
// what fits of docs, pages and tables two thirds, so that some is left for rows.
func (s *search) run(all time.Duration) error {
	if lack := s.q.lack(); lack != "" {
		s.say(lack)
		return nil
	}
	if none, err := s.narrow(); err != nil || none {
		return err
	}
	if len(s.q.clauses) == 0 {
		if len(s.q.docs) == 0 {
			return nil // punctuation
		}
		return s.list()
	}
	s.time = all
	if err := s.within(all/3, s.termStatistics); err != nil {
		return err
	}
	if err := s.look(nil, s.scope, all); err != nil {
		return err
	}
	if err := s.lookBeneath(); err != nil {
		return err
	}
	if len(s.q.clauses) > 1 && s.good() < enough {
		if err := s.lookInside(); err != nil {
			return err
		}
	}
	if len(s.q.clauses) > 1 && s.good() < 3 {
		return s.relax()
	}
	return nil
}

// within gives a part of the search no longer than d; what it found until then
// stays.
func (s *search) within(d time.Duration, do func() error) error {
	outer := s.v
	defer func() { s.v = outer }()
	err := outer.Within(d, func(v *store.View) error {
		s.v = v
		return do()
	})
	if errors.Is(err, store.ErrSpent) {
		s.stopped = true
		s.say("The search took too long and was stopped; this is what it found until then. Fewer or rarer words are answered in full.")
		return nil
	}
	return err
}

// all is the match of all clauses but those left out.
func (s *search) all(without map[int]bool) store.Match {
	m := store.Match{None: s.q.none}
	for i, c := range s.q.clauses {
		if !without[i] {
			m.All = append(m.All, c.terms())
		}
	}
	return m
}

func (s *search) wants(kinds ...int) bool {
	return len(s.q.kinds) == 0 || slices.ContainsFunc(kinds, func(k int) bool { return slices.Contains(s.q.kinds, k) })
}

// weighAll weighs what a match found.
func (s *search) weighAll(ids []int64, rows bool, m store.Match) error {
	fresh := slices.DeleteFunc(ids, func(id int64) bool { return s.seen[id] })
	for _, id := range fresh {
		s.seen[id] = true
	}
	whole := !m.Any && len(m.All) == len(s.q.clauses)
	return s.v.Load(fresh, rows, func(h store.Hit) {
		switch c := s.weigh(h, whole); {
		case s.onlyFull && !c.full:
			delete(s.seen, h.ID)
		case c.score > 0:
			s.found = append(s.found, c)
		}
	})
}
