package find

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// How long names may be old: briefly for a lookup, since a person may just
// have made the page they speak of.
const (
	NameAge = time.Minute
	DocAge  = 10 * time.Minute
	// listAge is for the same part of a list asked for again at once: Coda
	// allows four lists of documents in six seconds.
	listAge = 6 * time.Second
	// listSettles is for how long after a change of ours Coda may list documents as
	// they were before, so that no such list is kept.
	listSettles = 30 * time.Second
	mostDocs    = 3000 // documents, pages or tables walked at most
)

// Listing is one part of the list of documents.
type Listing struct {
	Docs []coda.Doc
	Next string    // page token of the part that follows
	At   time.Time // when Coda answered
}

// Listing gives a part of the list of documents as Coda does, or as it did a
// few seconds ago.
func (f *Finder) Listing(ctx context.Context, q coda.DocQuery) (Listing, error) {
	age := listAge
	if at := f.changed.Load(); at != nil && f.o.Now().Sub(*at) < listSettles {
		age = 0
	}
	return f.parts.Get(ctx, fmt.Sprintf("%q %d %q", q.Query, q.Limit, q.PageToken), age, func(ctx context.Context) (Listing, error) {
		page, err := coda.Listed(f.o.Coda.ListDocs(ctx, q))
		return Listing{page.Items, page.NextPageToken, f.o.Now()}, err
	})
}

// begunList is as much of the list of all documents as time sufficed for, and
// the page token of the rest.
type begunList struct {
	docs []coda.Doc
	rest string
}

// Documents lists all documents that may be used: those of the allow-list, or
// all that the token sees.
func (f *Finder) Documents(ctx context.Context, age time.Duration) ([]coda.Doc, error) {
	if allowed, all := f.Allowed(ctx); !all {
		return f.allowedDocuments(ctx, allowed)
	}
	return f.list.Get(ctx, "", age, f.allDocuments)
}

// allDocuments goes on where a list was broken off a while ago: a large
// account takes longer to list than a search may wait.
func (f *Finder) allDocuments(ctx context.Context) ([]coda.Doc, error) {
	var b begunList
	if known, at, ok := f.begun.Peek(""); ok && f.o.Now().Sub(at) < DocAge {
		b = begunList{slices.Clone(known.docs), known.rest}
	}
	first := b.rest
	_, err := Walk(func(token string) (coda.Page[coda.Doc], error) {
		page, err := f.o.Coda.ListDocs(ctx, coda.DocQuery{Limit: 100, PageToken: cmp.Or(token, first)})
		for _, d := range page.Items {
			f.docs.Put(d.ID, d)
		}
		b = begunList{append(b.docs, page.Items...), page.NextPageToken}
		if err == nil && b.rest != "" {
			f.begun.Put("", begunList{slices.Clone(b.docs), b.rest})
		}
		return page, err
	})
	if err != nil && OutOfTime(err) {
		return nil, err
	}
	f.begun.Delete("")
	return b.docs, err
}

// allowedDocuments reads each document of the allow-list by itself, which
// works with a token for one document too. One that is gone is left out.
func (f *Finder) allowedDocuments(ctx context.Context, ids []string) ([]coda.Doc, error) {
	found := make([]*coda.Doc, len(ids))
	err := words.EachOf(ctx, len(ids), func(ctx context.Context, i int) error {
		d, err := f.DocByID(ctx, ids[i])
		switch {
		case err == nil:
			found[i] = &d
		case coda.IsKind(err, coda.KindNotFound, coda.KindForbidden, coda.KindGone):
			return nil
		}
		return err
	})
	var docs []coda.Doc
	for _, d := range found {
		if d != nil {
			docs = append(docs, *d)
		}
	}
	return docs, err
}

// DocByID reads one document by id, which also proves that it is one.
func (f *Finder) DocByID(ctx context.Context, id string) (coda.Doc, error) {
	return f.docs.Get(ctx, id, DocAge, func(ctx context.Context) (coda.Doc, error) {
		return f.o.Coda.GetDoc(ctx, id)
	})
}

// PagesOf lists all pages of a document, as they were at most age ago.
func (f *Finder) PagesOf(ctx context.Context, doc string, age time.Duration) ([]coda.DocPage, error) {
	return f.pages.Get(ctx, doc, age, func(ctx context.Context) ([]coda.DocPage, error) {
		return Walk(func(token string) (coda.Page[coda.DocPage], error) {
			return f.o.Coda.ListPages(ctx, doc, coda.ListOptions{Limit: 100, PageToken: token})
		})
	})
}

// TablesOf lists all tables and views of a document, as they were at most age
// ago.
func (f *Finder) TablesOf(ctx context.Context, doc string, age time.Duration) ([]coda.Table, error) {
	return f.tables.Get(ctx, doc, age, func(ctx context.Context) ([]coda.Table, error) {
		return Walk(func(token string) (coda.Page[coda.Table], error) {
			return f.o.Coda.ListTables(ctx, doc, coda.ListOptions{Limit: 100, PageToken: token})
		})
	})
}

// TableByID reads what Coda says of one table.
func (f *Finder) TableByID(ctx context.Context, doc, table string, age time.Duration) (coda.Table, error) {
	return f.table.Get(ctx, doc+"/"+table, age, func(ctx context.Context) (coda.Table, error) {
		return f.o.Coda.GetTable(ctx, doc, table)
	})
}

// ColumnsOf lists the columns of a table, as they were at most age ago.
func (f *Finder) ColumnsOf(ctx context.Context, doc, table string, age time.Duration) ([]coda.Column, error) {
	return f.columns.Get(ctx, doc+"/"+table, age, func(ctx context.Context) ([]coda.Column, error) {
		return Walk(func(token string) (coda.Page[coda.Column], error) {
			return f.o.Coda.ListColumns(ctx, doc, table, coda.ListOptions{Limit: 100, PageToken: token})
		})
	})
}

// ColumnsKnown are those of ColumnsOf where nobody has to be asked.
func (f *Finder) ColumnsKnown(doc, table string, age time.Duration) (columns []coda.Column, ok bool) {
	columns, at, ok := f.columns.Peek(doc + "/" + table)
	return columns, ok && f.o.Now().Sub(at) < age
}

// TableRef names a table by what is in the caches.
func (f *Finder) TableRef(p Place) words.Reference {
	if about, _, ok := f.table.Peek(p.Doc.ID + "/" + p.Table); ok {
		return words.Reference{ID: p.Table, Name: about.Name}
	}
	tables, _, _ := f.tables.Peek(p.Doc.ID)
	for _, g := range tables {
		if g.ID == p.Table {
			return words.Reference{ID: p.Table, Name: g.Name}
		}
	}
	return words.Reference{ID: p.Table}
}

// Walk reads a whole list, within reason.
func Walk[T any](next func(token string) (coda.Page[T], error)) ([]T, error) {
	var all []T
	for item, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
		if len(all) >= mostDocs {
			break
		}
	}
	return all, nil
}

// PageName is the name of the page of a place where that is known, or empty.
func (f *Finder) PageName(p Place) string {
	pages, _, _ := f.pages.Peek(p.Doc.ID)
	for _, page := range pages {
		if page.ID == p.Page {
			return page.Name
		}
	}
	return ""
}

// DocName is the name of the doc of an id where that is known, or empty.
func (f *Finder) DocName(id any) string {
	key, _ := id.(string)
	doc, _, _ := f.docs.Peek(key)
	return doc.Name
}
