package tools

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/index"
	"codabridge/server/tools/words"
)

// mostResults is how many results a search gives.
const mostResults = 20

type searchArgs struct {
	Query    string `json:"query"`
	Cursor   string `json:"cursor"`
	Document string `json:"document"`
	Limit    int    `json:"limit"`
}

// Result has the shape that ChatGPT wants, and some more for those who look.
type Result struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
	// Text is the part that fits, the words found in **bold**.
	Text    string `json:"text,omitempty"`
	Doc     string `json:"doc,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Updated string `json:"updated,omitempty"`
	// Why says by what it was found where title and text do not show it.
	Why string `json:"why,omitempty"`
}

type searchResult struct {
	Results []Result `json:"results"`
	Note    string   `json:"note"`
	// NextCursor is for more results.
	NextCursor string `json:"next_cursor,omitempty"`
}

// longestQuery is far more of a query than is read of one, in bytes.
const longestQuery = 8 << 10

func (t *Tools) search(ctx context.Context, a searchArgs) (searchResult, error) {
	a.Query = strings.ToValidUTF8(a.Query[:min(len(a.Query), longestQuery)], "")
	if at, ok, err := t.searchLink(ctx, a.Query); ok || err != nil {
		return at, err
	}
	q := index.Parse(a.Query)
	if lack := q.Lack(); lack != "" {
		return searchResult{}, words.Say("%s Give some words of a text, or of the name of a document, page or table.", lack)
	}
	if out, ok, err := t.searchIndex(ctx, a, q); ok || err != nil {
		return out, err
	}
	return t.searchNames(ctx, a, q)
}

// searchNames asks Coda for all names and searches those.
func (t *Tools) searchNames(ctx context.Context, a searchArgs, q index.Parsed) (searchResult, error) {
	var only []coda.Doc
	if a.Document != "" {
		doc, err := t.find.Doc(ctx, a.Document)
		if err != nil {
			return searchResult{}, err
		}
		only = []coda.Doc{doc}
	}
	_, skip, err := readSearchCursor(a)
	if err != nil {
		return searchResult{}, err
	}
	g, err := t.gatherNames(ctx, q.Words(), only)
	if err != nil {
		return searchResult{}, err
	}
	hits := g.fitting(q)
	hits = append(hits, g.byCoda(q, hits)...)
	some := ""
	if len(hits) == 0 {
		hits = g.having(q)
		if len(hits) > 0 {
			some = " No name has all the words; these have some."
		}
	}
	out := searchResult{Results: []Result{}}
	end := min(len(hits), skip+cmp.Or(a.Limit, mostResults))
	for _, h := range hits[min(skip, end):end] {
		out.Results = append(out.Results, h.result())
	}
	if end < len(hits) {
		out.NextCursor = searchCursor(a, 0, end)
	}
	out.Note = g.note(len(hits), len(hits)-end) + some
	if odd := q.Odd(); odd != "" {
		out.Note += " " + odd
	}
	return out, nil
}

// fitting are the names that fit a query, the best first; a query without
// words, that names documents, has all that is in them.
func (g *gathered) fitting(p index.Parsed) []hit {
	q := alike.NewQuery(p.Telling())
	var hits []hit
	for _, h := range g.all {
		if !h.allowed(p) {
			continue
		}
		h.score = q.Score(h.name, h.holder)
		if h.score == 0 && p.Meets(h.name, h.holder) {
			h.score = looseScore
		}
		if h.score > 0 || p.Words() == "" {
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, compareHits)
	return hits
}

// having are the names that have some of the words themselves, those with most of
// them first.
func (g *gathered) having(p index.Parsed) []hit {
	var hits []hit
	for _, h := range g.all {
		if n := p.Has(h.name); n > 0 && h.allowed(p) {
			h.score = float64(n)
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, compareHits)
	return hits
}

// looseScore is that of a name which has the words in other forms only.
const looseScore = 1

// allowed tells whether what narrows a query lets a hit through.
func (h hit) allowed(p index.Parsed) bool {
	doc := h.holder
	if h.kind == docKind {
		doc = h.name
	}
	return p.Fits(kindNames[h.kind], h.name, h.doc, doc)
}

func (h hit) result() Result {
	return Result{ID: h.id, Title: titled(h.name, h.holder), URL: h.url, Doc: words.Clip(h.holder, 100), Kind: kindNames[h.kind]}
}

// searchLink answers a link that was searched for with what it points to.
func (t *Tools) searchLink(ctx context.Context, text string) (searchResult, bool, error) {
	text = strings.TrimSpace(text)
	if _, ok := coda.ParseLink(text); !ok {
		return searchResult{}, false, nil
	}
	found, err := t.fetch(ctx, fetchArgs{ID: text})
	if err != nil {
		return searchResult{}, true, err
	}
	return searchResult{Results: []Result{{ID: found.ID, Title: found.Title, URL: found.URL}}, Note: "The query was a link; this is what it points to."}, true, nil
}

// hit is something with a name.
type hit struct {
	id, name, holder, url string
	doc                   string // the id of its document
	kind                  int    // documents before pages before tables
	score                 float64
}

const (
	docKind = iota
	pageKind
	tableKind
)

var kindNames = [...]string{"doc", "page", "table"}

func compareHits(a, b hit) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.kind, b.kind),
		cmp.Compare(len(a.name), len(b.name)), strings.Compare(a.name, b.name), strings.Compare(a.id, b.id))
}
