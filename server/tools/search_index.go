package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/index"
	"codabridge/server/tools/words"
)

// searchIndex asks the search index, and Coda itself for the names of the
// documents that the index has not reached. ok is false where there is no
// index to ask.
func (t *Tools) searchIndex(ctx context.Context, a searchArgs, q index.Parsed) (out searchResult, ok bool, err error) {
	if t.o.Index == nil {
		return out, false, nil
	}
	mark, skip, err := readSearchCursor(a)
	if err != nil {
		return out, true, err
	}
	within, err := t.searched(ctx, a)
	if err != nil {
		return out, true, err
	}
	ask := index.Ask{Query: a.Query, Limit: cmp.Or(a.Limit, mostResults), Skip: min(skip, mostSkipped), Documents: within,
		Caller: caller.From(ctx).ID, Bytes: mostBytes, BytesLacking: mostBytes}
	if a.Limit == 0 && a.Cursor == "" {
		ask.BytesLacking = mostLacking
	}
	found, err := t.o.Index.Search(ctx, ask)
	switch {
	case errors.Is(err, index.ErrNone) || err == nil && found.Coverage.Docs == 0:
		return out, false, nil
	case err != nil && ctx.Err() != nil:
		return out, false, ctx.Err()
	case err != nil:
		t.o.Log.Error("tools: search the index", "err", err)
		out, err = t.searchNames(ctx, a, q)
		out.Note = "The search index could not be read. " + out.Note
		return out, true, err
	}
	out, err = t.foundInIndex(ctx, a, q, found, mark, skip)
	return out, true, err
}

// foundInIndex shows what was found behind so many results, with the names of what
// the index has not reached; mark is the state of the index at the first results.
func (t *Tools) foundInIndex(
	ctx context.Context, a searchArgs, q index.Parsed, found index.Answer, mark uint32, skip int) (out searchResult, err error) {
	out.Results = []Result{}
	for _, h := range found.Hits {
		out.Results = append(out.Results, IndexResult(h))
	}
	live, next := "", found.Next
	if left := found.Coverage.Unnamed; len(left) > 0 && skip == 0 {
		shown := 0
		out.Results, shown, live, err = t.WithLiveNames(ctx, q, left, out.Results, cmp.Or(a.Limit, mostResults))
		if err != nil {
			return out, err
		}
		if pushed := len(found.Hits) - shown; pushed > 0 {
			next, found.More = shown, found.More+pushed
		}
	}
	if next > 0 && next <= mostSkipped {
		out.NextCursor = searchCursor(a, cmp.Or(mark, found.Mark), next)
	}
	out.Note = indexNote(found, live, len(out.Results), t.o.Now())
	if mark != 0 && mark != found.Mark {
		out.Note += " The index has changed since the first results of this search: some may come twice, and some be missing."
	}
	switch {
	case skip > 0 && len(out.Results) == 0:
		out.Note = "There are no more results."
	case next > mostSkipped:
		out.Note += " No more can be asked for: look for less, with more words, doc: or type:."
	}
	return out, nil
}

// searched are the documents that may be searched: the one that is asked for, or
// those that are allowed; nil means all.
func (t *Tools) searched(ctx context.Context, a searchArgs) ([]string, error) {
	if a.Document == "" {
		return t.find.Within(ctx)
	}
	doc, err := t.find.Doc(ctx, a.Document)
	return []string{doc.ID}, err
}

const (
	mostSkipped = 200    // results that can be asked for after one another
	mostBytes   = 14_000 // about, of the results of one answer
	mostLacking = 6000   // where those are to be shown that lack words, and nobody asked for more
)

// searchCursor is how many results were shown, after the search that they are of
// and the state of the index when its first ones were.
func searchCursor(a searchArgs, mark uint32, shown int) string {
	return partCursor(fmt.Sprintf("%s-%08x", searchOf(a), mark), shown)
}

// searchOf tells searches apart.
func searchOf(a searchArgs) string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q %q", strings.Fields(a.Query), a.Document)
	return fmt.Sprintf("search-%08x", h.Sum32())
}

// readSearchCursor reads the cursor of a search; it is none of another one.
func readSearchCursor(a searchArgs) (mark uint32, shown int, err error) {
	of, _, _ := strings.Cut(a.Cursor, "@")
	state, ok := strings.CutPrefix(of, searchOf(a)+"-")
	n, failed := strconv.ParseUint(state, 16, 32)
	if a.Cursor != "" && (!ok || failed != nil) {
		of = "another search"
	}
	shown, err = readPartCursor(a.Cursor, of, "search")
	return uint32(n), shown, err
}

// IndexResult is what a search shows of a hit. The id of a long page has the
// place that was found.
func IndexResult(h index.Hit) Result {
	if place := placeOf(h.Text); h.Long && place != "" {
		h.ID += placeMark + place
	}
	if h.Alike > 0 {
		h.Text = strings.TrimSpace(h.Text + fmt.Sprintf(" (and %d more like it in the table)", h.Alike))
	}
	r := Result{ID: h.ID, Title: titled(h.Title, h.Holder, h.Doc), URL: h.URL, Text: h.Text, Doc: words.Clip(h.Doc, 100),
		Kind: h.Kind, Why: h.Why}
	if !h.Updated.IsZero() {
		r.Updated = h.Updated.Format(time.RFC3339)
	}
	return r
}

// titled puts the names around behind a name.
func titled(name string, around ...string) string {
	for _, a := range around {
		if a != "" {
			name += " · " + a
		}
	}
	return words.Clip(name, 200)
}

// WithLiveNames puts names that Coda was asked for among the results: a good
// one before all in which only some words were found, and no more than limit with
// them; shown is how many of the results are among those. The docs are those whose
// names the index does not have; the text says what was searched of them.
func (t *Tools) WithLiveNames(ctx context.Context, q index.Parsed, docs []coda.Doc, found []Result, limit int) (
	out []Result, shown int, live string, err error) {
	if q.RowsOnly() {
		return found, len(found), fmt.Sprintf(" %s not in the index yet: their rows were not searched.", words.CountAre(len(docs), "document")), nil
	}
	g, err := t.gatherNames(ctx, q.Words(), docs)
	if err != nil {
		if ctx.Err() != nil {
			return found, len(found), "", ctx.Err()
		}
		return found, len(found), fmt.Sprintf(" %s not in the index yet, and Coda could not be asked: %v.", words.CountAre(len(docs), "document"), err), nil
	}
	names := g.fitting(q)
	if len(names)+len(found) == 0 {
		names = g.having(q)
	}
	out, shown, left := inTurns(found, names, limit)
	live = fmt.Sprintf(" Of %s not in the index yet only the names were searched, live.", words.Count(len(docs), "document"))
	if left > 0 {
		live += fmt.Sprintf(" %s left out.", words.CountAre(left, "more name"))
	}
	if g.unread > 0 {
		live += fmt.Sprintf(" Time ran out before %s of them were read: search again for a fuller answer.", words.Count(g.unread, "document"))
	}
	return out, shown, live, nil
}

// inTurns puts a name beside each result that was found, up to limit together.
// Names of documents may be among both. It tells how many of those found are shown
// and how many names are not.
func inTurns(found []Result, names []hit, limit int) (out []Result, shown, left int) {
	out = []Result{}
	seen := map[string]bool{}
	take := func(r Result) bool {
		switch id := withoutPlace(r.ID); {
		case seen[id]:
		case len(out) == limit:
			return false
		default:
			seen[id] = true
			out = append(out, r)
		}
		return true
	}
	for i := range max(len(names), len(found)) {
		if i < len(names) && !take(names[i].result()) {
			left++
		}
		if i < len(found) && shown == i && take(found[i]) {
			shown++
		}
	}
	return out, shown, left
}

// indexNote says how complete and how old the answer is.
func indexNote(a index.Answer, live string, hits int, now time.Time) string {
	n := a.Coverage.Sentence(now) + live
	for _, more := range []string{a.Counts(), a.Odd, a.Rest()} {
		if more != "" {
			n += " " + more
		}
	}
	if hits > 0 && live == "" && !a.Hits[0].Sure {
		n += " No place has all the words; these have some."
	}
	if hits == 0 && !a.Stopped {
		n += " Nothing fits: try other words, or open a likely document with coda_get_document."
	}
	return n
}

var searchTool = declare(tool{
	name:        "search",
	title:       "Search Coda",
	description: "Full-text search over all documents: names, page text, table rows; best first, slips included. Takes \"a phrase\", -without, doc:name, type:row (page, table, doc). The note says how complete and old the index is.",
	repeatable:  true,
	structured:  true,
	input: `{"type":"object","properties":{"query":{"type":"string","description":"Words, or a Coda link."},"cursor":{"type":"string"}},
		"required":["query"],"additionalProperties":false}`,
	takes: `{"properties":{"document":{"type":"string"},"limit":{"type":"integer","minimum":1,"maximum":20}}}`,
	output: `{"type":"object","properties":{
		"results":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"}},"required":["id","title","url"]}},
		"note":{"type":"string"},"next_cursor":{"type":"string"}},
		"required":["results"],"additionalProperties":false}`,
}, (*Tools).search)
