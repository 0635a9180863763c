package index

import (
	"strings"

	store "codabridge/server/store/index"
)

// Answer is what a search gives.
type Answer struct {
	Hits []Hit
	// More is how many others there are, Lacking how many of them lack words.
	// Many tells that there are more than that, or that others may weigh more: so
	// many fit that not all were compared; ManyLack the same of places that lack
	// words, of which only so many are looked at as it takes.
	More, Lacking  int
	Many, ManyLack bool
	// AsOne tells that among More rows of one name and table count once.
	AsOne bool
	// Full tells that some are left out for the sake of Ask.Bytes or BytesLacking.
	Full bool
	// Next is what Skip of the next search is, to go on with what is left out;
	// zero where there is nothing.
	Next int
	// Mark is another one where the index changed between two searches, so that what
	// Next goes on with may have moved.
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
	advice   string
}

const (
	// longPage is how many bytes of text a page has at least that is Long.
	longPage = 10 << 10
	// mostAlike is how many rows of one title and table are shown by themselves.
	mostAlike = 2
)

// chosen is one of those found that is shown, perhaps for others like it.
type chosen struct {
	*candidate
	alike int // how many there are of its name and table; 0 where it stands for itself
}

// choose takes those that are shown. Rows of one title and table stand as one where
// there are more than a few, so that they do not hide the rest.
func (s *search) choose(skip, limit int) (out []chosen, rest Answer) {
	like, likeLeft := s.alike()
	asOne := map[likeness]bool{}
	stand := 0 // so many hits would be shown if all were
	for i := range s.found {
		c := &s.found[i]
		rest.Kinds[c.Kind]++
		l, ok := c.likeness()
		if ok && asOne[l] {
			rest.AsOne = true
			continue
		}
		one := chosen{candidate: c}
		if n := like[l] + likeLeft[s.likeOf(*c)]; ok && n > mostAlike {
			one.alike, asOne[l] = n, true // all of them, also those that come later
		}
		stand++
		if stand <= skip {
			continue
		}
		if len(out) == limit {
			rest.leave(c)
			rest.Next = skip + limit
			continue
		}
		out = append(out, one)
	}
	return out, rest
}

// leave counts one that is not shown.
func (a *Answer) leave(c *candidate) {
	a.More++
	if !c.full {
		a.Lacking++
	}
}

// answer shows what was chosen, as far as there is room for so many bytes, and
// always the first.
func (s *search) answer(a Ask, shown []chosen, out Answer) Answer {
	asOne, size := map[uint64]bool{}, 0 // of those that were left
	for i, c := range shown {
		h, most := s.hit(*c.candidate), s.room(a, c)
		size += h.size()
		if i > 0 && most > 0 && size > most {
			out.Full, out.Next = most > a.BytesLacking/apart, a.Skip+i
			for _, c := range shown[i:] {
				out.leave(c.candidate)
			}
			shown = shown[:i]
			break
		}
		if c.alike > 0 {
			h.Alike = c.alike - 1
			asOne[s.likeOf(*c.candidate)] = true
		}
		out.Hits = append(out.Hits, h)
	}
	s.countLeft(&out, asOne)
	if out.More > 0 && out.Next == 0 && len(out.Hits) > 0 {
		out.Next = a.Skip + len(out.Hits)
	}
	s.sayMissing(shown)
	out.Odd, out.Stopped, out.Mark, out.Many, out.ManyLack = strings.Join(s.odd, " "), s.stopped, s.mark, s.many, s.manyLack
	out.Uncounted = s.uncounted || s.manyLack
	out.advice = s.advice(shown)
	return out
}

// apart is how small a part of BytesLacking those have that lack other words than
// those that are nowhere, where it is less than Bytes: that there is nothing is
// better said in few words.
const apart = 6

// room is how many bytes there are up to a hit; zero means any number.
func (s *search) room(a Ask, c chosen) int {
	if c.full || a.BytesLacking == 0 {
		return a.Bytes
	}
	gone, other := false, false
	for i, k := range s.q.clauses {
		switch {
		case k.found == 0 && !s.stopped:
			gone = true
		case i < len(c.places) && c.places[i] == nowhere:
			other = true
		}
	}
	if gone && other && a.BytesLacking < a.Bytes {
		return a.BytesLacking / apart
	}
	return a.BytesLacking
}

// size is about how many bytes an answer has for a hit.
func (h Hit) size() int {
	const names = 130 // of what it says, with the time
	return names + len(h.ID) + len(h.Title) + len(h.Holder) + 2*len(h.Doc) + len(h.URL) + len(h.Text) + len(h.Why)
}

// countLeft counts what fits and was not weighed.
func (s *search) countLeft(out *Answer, asOne map[uint64]bool) {
	for kind, n := range s.dropped {
		out.Kinds[kind] += n
		out.More += n
	}
	for _, p := range s.left {
		out.Kinds[p.kind]++
		if p.like == nothingShared || !asOne[p.like] {
			out.More++
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
