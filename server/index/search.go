package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"codabridge/server/store"
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
	// Limit is how many hits are given; zero means 20.
	Limit int
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
}

// Answer is what a search gives.
type Answer struct {
	Hits []Hit
	// More is how many others there are at least.
	More int
	// Odd says what the search did beside looking for all the words, such as
	// taking "incidnt" for "incident"; empty for most.
	Odd string
	// Coverage is of the docs that were searched.
	Coverage Coverage
}

// Search finds what fits a query. ErrNone says that there is no index to ask;
// any other error is a fault, never "nothing found".
func (x *Index) Search(ctx context.Context, a Ask) (Answer, error) {
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
	s := &search{q: parse(a.Query), scope: store.IndexScope{Docs: a.Documents}, seen: map[int64]bool{}}
	err = db.View(ctx, owner, func(v *store.IndexView) error { s.v = v; return s.run() })
	if errors.Is(err, store.ErrOtherOwner) {
		return Answer{}, fmt.Errorf("%w (%w)", ErrNone, err)
	}
	if err != nil {
		return Answer{}, x.noticed(fmt.Errorf("index: search: %w", err))
	}
	return s.answer(a.Limit, cover), nil
}

// search is one search in work.
type search struct {
	q     query
	v     *store.IndexView
	scope store.IndexScope
	seen  map[int64]bool
	found []candidate
	odd   string
}

func (s *search) run() error {
	if none, err := s.narrow(); err != nil || none || len(s.q.clauses) == 0 {
		return err
	}
	if err := s.learn(); err != nil || len(s.q.clauses) == 0 {
		return err
	}
	if err := s.look(s.all(nil), s.scope); err != nil {
		return err
	}
	if len(s.q.clauses) > 1 && s.good() < enough {
		if err := s.lookInside(); err != nil {
			return err
		}
	}
	if len(s.q.clauses) > 1 && s.good() < 3 {
		if err := s.relax(); err != nil {
			return err
		}
	}
	order(s.found)
	return nil
}

// narrow applies doc:name; none is true when no doc has such a name.
func (s *search) narrow() (none bool, err error) {
	for _, name := range s.q.docs {
		m := store.IndexMatch{Titles: true, All: [][]store.IndexTerm{{{Words: cut(name), Prefix: true}}}}
		scope := s.scope
		scope.Kinds = []int{store.IndexDocs}
		ids, err := s.v.Things(m, scope, 50)
		if err != nil {
			return false, err
		}
		hits, err := s.v.Load(ids, false)
		if err != nil {
			return false, err
		}
		s.scope.Docs = []string{}
		for _, h := range hits {
			s.scope.Docs = append(s.scope.Docs, h.Doc)
		}
		if len(hits) == 0 {
			return true, nil
		}
	}
	return false, nil
}

// all is the match of all clauses but those left out.
func (s *search) all(without map[int]bool) store.IndexMatch {
	m := store.IndexMatch{None: s.q.none}
	for i, c := range s.q.clauses {
		if !without[i] {
			m.All = append(m.All, c.terms())
		}
	}
	return m
}

// look takes up what fits a match.
func (s *search) look(m store.IndexMatch, scope store.IndexScope) error {
	if scope.Table == 0 && s.wants(store.IndexDocs, store.IndexPages, store.IndexTables) {
		scope.Kinds = s.q.kinds
		if len(scope.Kinds) == 0 {
			scope.Kinds = nil
		}
		ids, err := s.v.Things(m, scope, mostThings)
		if err != nil {
			return err
		}
		if err := s.take(ids, false); err != nil {
			return err
		}
	}
	if m.Any || !s.wants(store.IndexRows) {
		return nil
	}
	ids, err := s.v.Rows(m, scope, mostRows)
	if err != nil {
		return err
	}
	return s.take(ids, true)
}

func (s *search) wants(kinds ...int) bool {
	return len(s.q.kinds) == 0 || slices.ContainsFunc(kinds, func(k int) bool { return slices.Contains(s.q.kinds, k) })
}

func (s *search) take(ids []int64, rows bool) error {
	fresh := slices.DeleteFunc(ids, func(id int64) bool { return s.seen[id] })
	for _, id := range fresh {
		s.seen[id] = true
	}
	hits, err := s.v.Load(fresh, rows)
	if err != nil {
		return err
	}
	for _, h := range hits {
		if c := s.q.weigh(h); c.score > 0 {
			s.found = append(s.found, c)
		}
	}
	return nil
}

func (s *search) answer(limit int, cover Coverage) Answer {
	out := Answer{Coverage: cover, Odd: s.odd}
	for _, c := range s.found {
		// What holds little of the query is no hit beside what holds it all.
		if len(out.Hits) > 0 && c.score < s.found[0].score/12 {
			break
		}
		if len(out.Hits) == limit {
			out.More++
			continue
		}
		out.Hits = append(out.Hits, s.hit(c))
	}
	return out
}

func (s *search) hit(c candidate) Hit {
	h := Hit{Kind: kindNamesOut[c.Kind], Title: c.Title, Doc: c.DocName, DocID: c.Doc, URL: c.URL, Updated: c.Updated,
		Text: s.q.snippet(c.IndexHit), Sure: c.met > 0.6}
	switch c.Kind {
	case store.IndexDocs:
		h.ID, h.Doc = "doc:"+c.Doc, ""
	case store.IndexRows:
		h.ID, h.Holder = "row:"+c.Doc+"/"+c.Holder+"/"+c.Ref, c.HolderName
	default:
		h.ID = h.Kind + ":" + c.Doc + "/" + c.Ref
	}
	return h
}

var kindNamesOut = [...]string{"doc", "page", "table", "row"}
