package tools

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"codabridge/server/coda"
	"codabridge/server/index"
)

// gathered are the names that could be read within the budget.
type gathered struct {
	all                 []hit
	matched             []coda.Doc // what Coda itself finds for the query
	docs, pages, tables int
	unread, refused     int  // documents not reached in time, or not readable
	leftOut             int  // documents that the owner excluded from search
	unlisted            bool // there are more documents than Coda listed in time
}

// gatherNames reads the names of all documents, pages and tables, from the
// shelf where they are there, within the search budget. With only, it reads
// those of these documents and asks Coda for nothing else, above all not for
// the list of documents, which takes long in a large account.
func (t *Tools) gatherNames(ctx context.Context, text string, only []coda.Doc) (gathered, error) {
	var g gathered
	budget, cancel := context.WithTimeout(ctx, t.o.SearchBudget)
	defer cancel()
	docs, err := t.documentsToSearch(budget, only, &g)
	if err != nil {
		return g, t.outOfBudget(ctx, budget, err)
	}
	var mu sync.Mutex // guards g
	err = eachOf(budget, len(docs)+1, func(ctx context.Context, i int) error {
		if i == len(docs) {
			if only != nil {
				return nil
			}
			matched := t.withoutExcluded(t.codaSearch(ctx, text))
			mu.Lock()
			g.matched = matched
			mu.Unlock()
			return nil
		}
		pages, tables, err := t.namesIn(ctx, docs[i])
		mu.Lock()
		defer mu.Unlock()
		switch {
		case coda.IsKind(err, coda.KindUnauthorized, coda.KindStuck):
			return err
		case coda.IsKind(err, coda.KindForbidden, coda.KindNotFound, coda.KindGone, coda.KindBadRequest):
			g.refused++
		case err != nil:
			g.unread++
		}
		g.take(docs[i], pages, tables)
		return nil
	})
	if err != nil && budget.Err() == nil {
		return g, err
	}
	t.addOlder(&g, docs)
	return g, ctx.Err()
}

// documentsToSearch are those whose names a search reads: only those given, or
// else what Coda lists, as far as it came in time.
func (t *Tools) documentsToSearch(budget context.Context, only []coda.Doc, g *gathered) ([]coda.Doc, error) {
	docs, err := only, error(nil)
	if only == nil {
		docs, err = t.knownDocuments(budget)
	}
	if begun, _, ok := t.names.begun.peek(""); ok && outOfTime(err) && len(begun.docs) > 0 {
		docs, err, g.unlisted = begun.docs, nil, true
	}
	searched := t.withoutExcluded(docs)
	g.leftOut = len(docs) - len(searched)
	return searched, err
}

// withoutExcluded are those of some documents that the owner did not exclude
// from search, which holds for names that Coda is asked for as well.
func (t *Tools) withoutExcluded(docs []coda.Doc) []coda.Doc {
	if t.o.Index == nil {
		return docs
	}
	excluded := t.o.Index.Excluded()
	return slices.DeleteFunc(slices.Clone(docs), func(d coda.Doc) bool { return slices.Contains(excluded, d.ID) })
}

// knownDocuments lists all documents, or those of an earlier list where time
// did not suffice for a new one.
func (t *Tools) knownDocuments(ctx context.Context) ([]coda.Doc, error) {
	allowed := t.allowed()
	if len(allowed) == 0 {
		return orOlder(t.names.list, "")(t.documents(ctx, nameAge))
	}
	docs, err := t.documents(ctx, nameAge)
	if !outOfTime(err) {
		return docs, err
	}
	var older []coda.Doc
	for _, id := range allowed {
		d, _, ok := t.names.docs.peek(id)
		if !ok {
			return docs, err
		}
		older = append(older, d)
	}
	return older, nil
}

func (t *Tools) outOfBudget(ctx, budget context.Context, err error) error {
	if budget.Err() != nil && ctx.Err() == nil {
		return say("Coda did not list the documents within %s. Try again in half a minute.", t.o.SearchBudget)
	}
	return err
}

// namesIn gives the pages and tables of a document. What is on the shelf
// serves while the document has not changed, for some minutes.
func (t *Tools) namesIn(ctx context.Context, doc coda.Doc) ([]coda.DocPage, []coda.Table, error) {
	age := nameAge
	if _, at, ok := t.names.pages.peek(doc.ID); ok && doc.UpdatedAt != "" {
		if changed, err := time.Parse(time.RFC3339, doc.UpdatedAt); err == nil && changed.Before(at.Add(-5*time.Minute)) {
			age = docAge
		}
	}
	pages, err := orOlder(t.names.pages, doc.ID)(t.pagesOf(ctx, doc.ID, age))
	if err != nil {
		return nil, nil, err
	}
	tables, err := orOlder(t.names.tables, doc.ID)(t.tablesOf(ctx, doc.ID, age))
	return pages, tables, err
}

// orOlder takes the older names where time did not suffice for new ones: a
// name of some minutes ago is better than none.
func orOlder[T any](shelf *shelf[T], key string) func(T, error) (T, error) {
	return func(v T, err error) (T, error) {
		if outOfTime(err) {
			if old, _, ok := shelf.peek(key); ok {
				return old, nil
			}
		}
		return v, err
	}
}

func outOfTime(err error) bool { return isContext(err) || errors.Is(err, coda.ErrBusy) }

// codaSearch asks Coda itself, for documents that match by more than their
// name. It may fail: it is an extra.
func (t *Tools) codaSearch(ctx context.Context, text string) []coda.Doc {
	if len(t.allowed()) > 0 || text == "" {
		return nil // the list call would show other documents
	}
	ctx, cancel := context.WithTimeout(ctx, min(t.o.SearchBudget, 1500*time.Millisecond))
	defer cancel()
	found, err := t.names.list.get(ctx, "?"+fold(text), nameAge, func(ctx context.Context) ([]coda.Doc, error) {
		p, err := t.o.Coda.ListDocs(ctx, coda.DocQuery{Query: text, Limit: 20})
		return p.Items, err
	})
	if err != nil {
		return nil
	}
	return found
}

func (g *gathered) take(doc coda.Doc, pages []coda.DocPage, tables []coda.Table) {
	g.docs++
	g.pages += len(pages)
	g.tables += len(tables)
	g.all = append(g.all, docHit(doc))
	for _, p := range pages {
		g.all = append(g.all, hit{id: "page:" + doc.ID + "/" + p.ID, name: p.Name, holder: doc.Name, doc: doc.ID, url: link(p.BrowserLink, doc), kind: pageKind})
	}
	for _, x := range tables {
		g.all = append(g.all, hit{id: "table:" + doc.ID + "/" + x.ID, name: x.Name, holder: doc.Name, doc: doc.ID, url: link(x.BrowserLink, doc), kind: tableKind})
	}
}

func docHit(d coda.Doc) hit {
	return hit{id: "doc:" + d.ID, name: d.Name, doc: d.ID, url: link(d.BrowserLink, d), kind: docKind}
}

// addOlder takes of the documents that time did not reach the names that an
// earlier search read, and at least their own.
func (t *Tools) addOlder(g *gathered, docs []coda.Doc) {
	seen := map[string]bool{}
	for _, h := range g.all {
		if h.kind == docKind {
			seen[h.id] = true
		}
	}
	for _, d := range docs {
		if seen["doc:"+d.ID] {
			continue
		}
		pages, _, paged := t.names.pages.peek(d.ID)
		tables, _, tabled := t.names.tables.peek(d.ID)
		if !paged || !tabled {
			g.unread++
		}
		g.take(d, pages, tables)
	}
}

// byCoda are the documents that only Coda's own search found, last.
func (g *gathered) byCoda(p index.Parsed, hits []hit) []hit {
	seen := map[string]bool{}
	for _, h := range hits {
		seen[h.id] = true
	}
	var more []hit
	for _, d := range g.matched {
		if h := docHit(d); !seen[h.id] && h.allowed(p) {
			more = append(more, h)
		}
	}
	return more
}

// note says what was searched, so that nobody takes silence for absence.
func (g *gathered) note(hits int) string {
	n := fmt.Sprintf("Searched the names of %s, %s and %s; the text inside pages and rows is not searched (that takes the index, which the codabridge app makes while it runs).",
		count(g.docs, "document"), count(g.pages, "page"), count(g.tables, "table"))
	if g.unlisted {
		n += " Coda did not list all documents in time: the same search again goes on from there."
	}
	if g.unread > 0 {
		n += fmt.Sprintf(" Time ran out before the pages and tables of %s were read: search again for a fuller answer.", count(g.unread, "document"))
	}
	if g.refused > 0 {
		n += fmt.Sprintf(" The pages of %s cannot be read with this token.", count(g.refused, "document"))
	}
	if g.leftOut > 0 {
		n += fmt.Sprintf(" The owner left %s out of search.", count(g.leftOut, "document"))
	}
	if hits > mostResults {
		n += fmt.Sprintf(" %d more results are left out: use more words.", hits-mostResults)
	}
	if hits == 0 {
		n += " Nothing fits: try other words of the name, or open a likely document with coda_get_document."
	}
	return n
}
