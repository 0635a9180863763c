package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/index"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

func (t *Tools) recentChanges(ctx context.Context, a recentChangesArgs) (recentChangesResult, error) {
	at, err := t.changesFrom(ctx, a)
	if err != nil {
		return recentChangesResult{}, err
	}
	ask := index.Since{Time: at.since, Until: at.until, Newest: at.newest, Documents: at.within,
		Limit: at.limit + len(at.told) + 1, Caller: caller.From(ctx).ID}
	if t.o.Index != nil {
		found, err := t.o.Index.Recent(ctx, ask)
		switch {
		case err == nil && found.Coverage.Docs > 0:
			return t.part(ctx, t.indexedChanges(found, at), at), nil
		case err != nil && !errors.Is(err, index.ErrNone):
			if ctx.Err() != nil {
				return recentChangesResult{}, ctx.Err()
			}
			t.o.Log.Error("tools: recent changes", "err", err)
		}
	}
	out, err := t.liveChanges(ctx, ask)
	return t.part(ctx, out, at), err
}

// indexedChanges are what the index knows.
func (t *Tools) indexedChanges(found index.Recent, at changesAt) recentChangesResult {
	out := recentChangesResult{Since: at.since.Format(time.RFC3339), Changes: []recentChange{}, Counts: map[string]int{},
		all: found.All, later: found.Later}
	for i, c := range found.Counts {
		if i < shownCounts {
			out.Counts[countName(c.Doc, c.Table)] += c.Count
		}
	}
	for _, c := range found.Changes {
		name := words.Clip(words.OneLine(c.Title), 120)
		out.Changes = append(out.Changes, recentChange{at: c.Updated, When: c.Updated.UTC().Format(time.RFC3339), ID: c.ID, Name: name,
			In: countName(c.Doc, c.Holder), By: words.Clip(c.By, 80)})
	}
	out.Note = strings.Replace(found.Coverage.Sentence(t.o.Now()), "Searched", "From the search index, which has", 1) +
		" What others changed since is not in it. What was deleted elsewhere is not told; who changed it, Coda tells of pages only. did and was are told of changes made here."
	if found.Stopped {
		out.Note += " There may be more: counting took too long."
	}
	if more := len(found.Counts) - shownCounts; more > 0 && at.until.IsZero() {
		out.Note += fmt.Sprintf(" Counts leave %s out.", words.Count(more, "more table"))
	}
	return out
}

// mostChangedDocs is how many documents are asked for the pages that changed,
// where there is no index.
const mostChangedDocs = 20

// liveChanges asks Coda for the documents that changed and for their pages:
// of rows only the index knows.
func (t *Tools) liveChanges(ctx context.Context, ask index.Since) (recentChangesResult, error) {
	docs, err := t.find.Documents(ctx, find.NameAge)
	if err != nil {
		return recentChangesResult{}, err
	}
	since := ask.Time
	docs = slices.DeleteFunc(t.withoutExcluded(docs), func(d coda.Doc) bool {
		return len(ask.Documents) > 0 && !slices.Contains(ask.Documents, d.ID) || changedAt(d.UpdatedAt).Before(since)
	})
	slices.SortStableFunc(docs, func(a, b coda.Doc) int { return changedAt(b.UpdatedAt).Compare(changedAt(a.UpdatedAt)) })
	left := max(len(docs)-mostChangedDocs, 0)
	docs = docs[:len(docs)-left]
	out := recentChangesResult{Since: since.Format(time.RFC3339), Changes: []recentChange{}, Counts: map[string]int{}}
	var mu sync.Mutex // guards out
	err = words.EachOf(ctx, len(docs), func(ctx context.Context, i int) error {
		pages, err := t.find.PagesOf(ctx, docs[i].ID, find.NameAge)
		if coda.IsKind(err, coda.KindForbidden, coda.KindNotFound, coda.KindGone, coda.KindBadRequest) {
			pages, err = nil, nil
		}
		mu.Lock()
		defer mu.Unlock()
		out.takeLive(docs[i], pages, since)
		return err
	})
	slices.SortStableFunc(out.Changes, func(a, b recentChange) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(a.ID, b.ID)) })
	if !ask.Until.IsZero() {
		for _, c := range out.Changes {
			if c.at.After(ask.Newest) {
				out.later++
			}
		}
		out.Changes = slices.DeleteFunc(out.Changes, func(c recentChange) bool { return c.at.After(ask.Until) })
	}
	out.all = len(out.Changes)
	out.Note = "Asked Coda just now, for documents and pages: which rows changed is known only to the search index, which the codabridge app makes while it runs. For one table use coda_list_rows with sort updated and descending."
	if left > 0 {
		out.Note += fmt.Sprintf(" %s that changed earlier were not looked into.", words.Count(left, "document"))
	}
	return out, err
}

func (r *recentChangesResult) takeLive(doc coda.Doc, pages []coda.DocPage, since time.Time) {
	name := countName(doc.Name, "")
	at := changedAt(doc.UpdatedAt)
	r.Changes = append(r.Changes, recentChange{at: at, When: at.Format(time.RFC3339), ID: "doc:" + doc.ID, Name: name, In: name})
	for _, p := range pages {
		at := changedAt(p.UpdatedAt)
		if at.IsZero() || at.Before(since) {
			continue
		}
		c := recentChange{at: at, When: at.Format(time.RFC3339), ID: "page:" + doc.ID + "/" + p.ID, Name: words.Clip(words.OneLine(p.Name), 120), In: name}
		if p.UpdatedBy != nil {
			c.By = words.Clip(cmp.Or(p.UpdatedBy.Name, p.UpdatedBy.Email), 80)
		}
		r.Changes = append(r.Changes, c)
		r.Counts[name]++
	}
}

// changedAt reads a moment as Coda writes it; zero for none.
func changedAt(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

var recentChangesTool = declare(tool{
	name:        "coda_recent_changes",
	title:       "What changed",
	description: "Pages and rows changed since a day, in all documents or one, newest first: counts, how fresh, and by whom where known.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"since":{"type":"string","description":"\"2026-11-20\", \"yesterday\"; default \"7 days\"."},
		"document":{"type":"string"},
		"limit":{"type":"integer"},
		"cursor":{"type":"string"}},
		"additionalProperties":false}`,
	takes: `{"properties":{"limit":{"minimum":1,"maximum":200}}}`,
	output: `{"type":"object","properties":{
		"since":{"type":"string"},
		"changes":{"type":"array","items":{"type":"object","properties":{"when":{"type":"string"},"id":{"type":"string"},"did":{"type":"string"},"name":{"type":"string"},"in":{"type":"string"},"by":{"type":"string"},"was":{}},"required":["when","id","name","in"]}},
		"counts":{"type":"object","additionalProperties":{"type":"integer"}},"more":{"type":"integer"},"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["since","changes","note"],"additionalProperties":false}`,
}, (*Tools).recentChanges)
