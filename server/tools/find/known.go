package find

import (
	"context"
	"time"

	"codabridge/server/alike"
	"codabridge/server/coda"
)

// KnownDocuments lists all documents, or those of an earlier list where time
// did not suffice for a new one.
func (f *Finder) KnownDocuments(ctx context.Context) ([]coda.Doc, error) {
	allowed, all := f.Allowed(ctx)
	if all {
		return orOlder(f.list, "")(f.Documents(ctx, NameAge))
	}
	docs, err := f.Documents(ctx, NameAge)
	if !OutOfTime(err) {
		return docs, err
	}
	var older []coda.Doc
	for _, id := range allowed {
		d, ok := f.KnownDoc(id)
		if !ok {
			return docs, err
		}
		older = append(older, d)
	}
	return older, nil
}

// BegunDocuments are those that a broken-off list of all documents had.
func (f *Finder) BegunDocuments() []coda.Doc {
	begun, _, _ := f.begun.Peek("")
	return begun.docs
}

// NamesIn gives the pages and tables of a document. What is in the cache
// serves while the document has not changed, for some minutes.
func (f *Finder) NamesIn(ctx context.Context, doc coda.Doc) ([]coda.DocPage, []coda.Table, error) {
	age := NameAge
	if _, at, ok := f.pages.Peek(doc.ID); ok && doc.UpdatedAt != "" {
		if changed, err := time.Parse(time.RFC3339, doc.UpdatedAt); err == nil && changed.Before(at.Add(-5*time.Minute)) {
			age = DocAge
		}
	}
	pages, err := orOlder(f.pages, doc.ID)(f.PagesOf(ctx, doc.ID, age))
	if err != nil {
		return nil, nil, err
	}
	tables, err := orOlder(f.tables, doc.ID)(f.TablesOf(ctx, doc.ID, age))
	return pages, tables, err
}

// orOlder takes the older names where time did not suffice for new ones: a
// name of some minutes ago is better than none.
func orOlder[T any](from *Cache[T], key string) func(T, error) (T, error) {
	return func(v T, err error) (T, error) {
		if OutOfTime(err) {
			if old, _, ok := from.Peek(key); ok {
				return old, nil
			}
		}
		return v, err
	}
}

// OlderNames gives the pages and tables of a document as they were read
// before; whole says that both were.
func (f *Finder) OlderNames(doc string) (pages []coda.DocPage, tables []coda.Table, whole bool) {
	pages, _, paged := f.pages.Peek(doc)
	tables, _, tabled := f.tables.Peek(doc)
	return pages, tables, paged && tabled
}

// CodaSearch asks Coda itself, for documents that match by more than their
// name. It may fail: it is an extra.
func (f *Finder) CodaSearch(ctx context.Context, text string, budget time.Duration) []coda.Doc {
	if f.Limited(ctx) || text == "" {
		return nil // the list call would show other documents
	}
	ctx, cancel := context.WithTimeout(ctx, min(budget, 1500*time.Millisecond))
	defer cancel()
	found, err := f.list.Get(ctx, "?"+alike.Fold(text), NameAge, func(ctx context.Context) ([]coda.Doc, error) {
		p, err := f.o.Coda.ListDocs(ctx, coda.DocQuery{Query: text, Limit: 20})
		return p.Items, err
	})
	if err != nil {
		return nil
	}
	return found
}
