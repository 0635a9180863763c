package index

import (
	"fmt"
	"slices"
	"strings"

	store "codabridge/server/store/index"
)

// Answer is what a search gives.
type Answer struct {
	Hits []Hit
	// More is how many others there are, Weak how many of them lack words and
	// weigh next to nothing beside the first hit. Many tells that there are more
	// than that, or that others may weigh more: so many fit that not all were
	// compared.
	More, Weak int
	Many       bool
	// AsOne tells that among More rows of one name and table count once.
	AsOne bool
	// Next is what Skip of the next search is, to go on with what is left out;
	// zero where there is nothing.
	Next int
	// Mark is another one where the index changed between two searches, so that what
	// Next goes on with may have moved; zero where there is nothing to go on with.
	Mark uint32
	// Kinds is how many docs, pages, tables and rows fit; with Uncounted there
	// are more.
	Kinds     [4]int
	Uncounted bool
	// Odd says what the search did beside looking for all the words, such as
	// taking "incidnt" for "incident", or why there was nothing to look for;
	// sentences, empty for most.
	Odd string
	// Stopped tells that the search took too long, which Odd says too: others
	// may fit, and better.
	Stopped bool
	// Coverage is of the docs that were searched.
	Coverage Coverage
}

const (
	// weak is the share of the query below which a hit is dropped beside one
	// that is a dozen times better. One that holds it all never is.
	weak = 0.75
	// fewShown is how many hits are shown however weak they are: the one that
	// is meant may be among them.
	fewShown = 5
	// mostPartial is how many hits are shown at once where none has all words.
	mostPartial = 10
	// mostMissing is how many are, where a word is nowhere: what was meant is
	// hardly among them, and the answer says which word it is.
	mostMissing = 2
	// longPage is how many bytes of text a page has at least that is Long.
	longPage = 10 << 10
	// mostAlike is how many rows of one title and table are shown by themselves.
	mostAlike = 2
)

// answer shows the best of what was found. Rows of one title and table stand
// as one where there are more than a few, so that they do not hide the rest.
func (s *search) answer(skip, limit int, cover Coverage) Answer {
	out := Answer{Coverage: cover, Odd: strings.Join(s.odd, " "), Many: s.many, Uncounted: s.uncounted, Stopped: s.stopped, Mark: s.mark}
	if len(s.found) > 0 && !s.found[0].full {
		limit = min(limit, s.mostPartial())
	}
	like, likeLeft := s.alike()
	asOneLeft := map[uint64]bool{} // of those that were left
	asOne := map[likeness]bool{}
	stand := 0 // so many hits would be shown if all were
	for _, c := range s.found {
		out.Kinds[c.Kind]++
		l, ok := c.likeness()
		alike := like[l] + likeLeft[s.likeOf(c)]
		if ok && asOne[l] {
			out.AsOne = true
			continue
		}
		asOne[l] = alike > mostAlike // all of them, also those that come later
		if c.met < weak && c.score < s.found[0].score/12 && stand >= fewShown {
			out.More++
			out.Weak++
			continue
		}
		stand++
		if stand <= skip {
			continue
		}
		if len(out.Hits) == limit {
			out.More++
			out.Next = skip + limit
			continue
		}
		h := s.hit(c)
		if ok && alike > mostAlike {
			h.Alike = alike - 1
			asOneLeft[s.likeOf(c)] = true
		}
		out.Hits = append(out.Hits, h)
	}
	s.countLeft(&out, asOneLeft, skip+limit)
	return out
}

// mostPartial is how many hits are shown where none has all words.
func (s *search) mostPartial() int {
	if !s.stopped && slices.ContainsFunc(s.q.clauses, func(c clause) bool { return c.found == 0 }) {
		return mostMissing
	}
	return mostPartial
}

// countLeft counts what fits and was not weighed.
func (s *search) countLeft(out *Answer, asOne map[uint64]bool, next int) {
	for kind, n := range s.dropped {
		out.Kinds[kind] += n
		if n > 0 {
			out.More += n
			out.Next = next
		}
	}
	for _, p := range s.left {
		out.Kinds[p.kind]++
		if p.like == nothingShared || !asOne[p.like] {
			out.More++
			out.Next = next
		} else {
			out.AsOne = true
		}
	}
}

// alike counts rows of one title and table: those that were weighed, and those
// like them that were left, by what their sketches share.
func (s *search) alike() (found map[likeness]int, left map[uint64]int) {
	found, left = map[likeness]int{}, map[uint64]int{}
	for i := range s.found {
		if l, ok := s.found[i].likeness(); ok {
			found[l]++
		}
		if like := s.likeOf(s.found[i]); like != nothingShared {
			left[like] = 0
		}
	}
	for _, p := range s.left {
		if n, asked := left[p.like]; asked {
			left[p.like] = n + 1
		}
	}
	return found, left
}

// nothingShared is of a place of which nothing is known that it would share.
const nothingShared = 0

// likeOf is what a hit shares with places that were not weighed.
func (s *search) likeOf(c candidate) uint64 { return s.likes[c.ID] }

func (s *search) hit(c candidate) Hit {
	h := Hit{Kind: kindNamesOut[c.Kind], Title: c.Title, Doc: c.DocName, DocID: c.Doc, URL: c.URL, Updated: c.Updated,
		Text: s.text(c), Sure: c.met > 0.6, Why: s.why(c), Long: c.Kind == store.Pages && c.length > longPage}
	switch c.Kind {
	case store.Docs:
		h.ID, h.Doc = "doc:"+c.Doc, ""
	case store.Rows:
		h.ID, h.Holder = "row:"+c.Doc+"/"+c.Holder+"/"+c.Ref, c.HolderName
	default:
		h.ID = h.Kind + ":" + c.Doc + "/" + c.Ref
	}
	return h
}

var kindNamesOut = [...]string{"doc", "page", "table", "row"}

// Rest says what an answer leaves out; empty where that is nothing.
func (a Answer) Rest() string {
	strong := a.More - a.Weak
	switch {
	case a.Many && strong > 0:
		return fmt.Sprintf("At least %s left out, of so many that not all were compared: use more words.", moreResults(strong))
	case a.Many:
		return "So many places fit that not all were compared: use more words."
	case strong > 0:
		if a.AsOne {
			return moreResults(strong) + " left out, rows of one name counted once."
		}
		return moreResults(strong) + " left out."
	case a.Weak > 0:
		return moreResults(a.Weak) + " left out, which have only some of the words."
	}
	return ""
}

func moreResults(n int) string {
	if n == 1 {
		return "1 more result is"
	}
	return thousands(n) + " more results are"
}

// Counts says how many of each kind fit; empty where all of them are shown.
func (a Answer) Counts() string {
	var out []string
	total := 0
	for i, n := range a.Kinds {
		total += n
		switch {
		case n == 1:
			out = append(out, "1 "+kindNamesOut[i])
		case n > 1:
			out = append(out, thousands(n)+" "+kindNamesOut[i]+"s")
		}
	}
	if total <= len(a.Hits) {
		return ""
	}
	found := "Found "
	if a.Uncounted {
		found = "Found at least "
	}
	return found + strings.Join(out, ", ") + "."
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
