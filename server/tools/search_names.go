package tools

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"codabridge/server/coda"
	"codabridge/server/index"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
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
// cache where they are there, within the search budget. With only, it reads
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
	err = words.EachOf(budget, len(docs)+1, func(ctx context.Context, i int) error {
		if i == len(docs) {
			if only != nil {
				return nil
			}
			matched := t.withoutExcluded(t.find.CodaSearch(ctx, text, t.o.SearchBudget))
			mu.Lock()
			g.matched = matched
			mu.Unlock()
			return nil
		}
		pages, tables, err := t.find.NamesIn(ctx, docs[i])
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
		g.add(docs[i], pages, tables)
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
		docs, err = t.find.KnownDocuments(budget)
	}
	if begun := t.find.BegunDocuments(); find.OutOfTime(err) && len(begun) > 0 {
		docs, err, g.unlisted = begun, nil, true
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

func (t *Tools) outOfBudget(ctx, budget context.Context, err error) error {
	if budget.Err() != nil && ctx.Err() == nil {
		return words.Say("Coda did not list the documents within %s. Try again in half a minute.", t.o.SearchBudget)
	}
	return err
}

func (g *gathered) add(doc coda.Doc, pages []coda.DocPage, tables []coda.Table) {
	g.docs++
	g.pages += len(pages)
	g.tables += len(tables)
	g.all = append(g.all, docHit(doc))
	for _, p := range pages {
		g.all = append(g.all, hit{id: "page:" + doc.ID + "/" + p.ID, name: p.Name,
			holder: doc.Name, doc: doc.ID, url: find.Link(p.BrowserLink, doc), kind: pageKind})
	}
	for _, x := range tables {
		url := find.Link(x.BrowserLink, doc)
		g.all = append(g.all, hit{id: "table:" + doc.ID + "/" + x.ID, name: x.Name, holder: doc.Name, doc: doc.ID, url: url, kind: tableKind})
	}
}

func docHit(d coda.Doc) hit {
	return hit{id: "doc:" + d.ID, name: d.Name, doc: d.ID, url: find.Link(d.BrowserLink, d), kind: docKind}
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
		pages, tables, whole := t.find.OlderNames(d.ID)
		if !whole {
			g.unread++
		}
		g.add(d, pages, tables)
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
func (g *gathered) note(hits, left int) string {
	n := fmt.Sprintf("Searched the names of %s, %s and %s; the text inside pages and rows is not searched (that takes the index, which the codabridge app makes while it runs).",
		words.Count(g.docs, "document"), words.Count(g.pages, "page"), words.Count(g.tables, "table"))
	if g.unlisted {
		n += " Coda did not list all documents in time: the same search again goes on from there."
	}
	if g.unread > 0 {
		n += fmt.Sprintf(" Time ran out before the pages and tables of %s were read: search again for a fuller answer.", words.Count(g.unread, "document"))
	}
	if g.refused > 0 {
		n += fmt.Sprintf(" The pages of %s cannot be read with this token.", words.Count(g.refused, "document"))
	}
	if g.leftOut > 0 {
		n += fmt.Sprintf(" The owner left %s out of search.", words.Count(g.leftOut, "document"))
	}
	if left > 0 {
		n += " " + words.CountAre(left, "more result") + " left out."
	}
	if hits == 0 {
		n += " Nothing fits: try other words of the name, or open a likely document with coda_get_document."
	}
	return n
}
