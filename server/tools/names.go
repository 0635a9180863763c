package tools

import (
	"context"
	"errors"
	"slices"
	"time"

	"codabridge/server/coda"
)

// How long names may be old: briefly for a lookup, since a person may just
// have made the page they speak of.
const (
	nameAge  = time.Minute
	docAge   = 10 * time.Minute
	mostDocs = 3000 // documents, pages or tables walked at most
)

// names are the lists that turn names into ids, shared by all tools.
type names struct {
	list    *shelf[[]coda.Doc]     // "" for all documents, else a query
	begun   *shelf[begunList]      // "" for the list of all documents
	docs    *shelf[coda.Doc]       // by doc id
	pages   *shelf[[]coda.DocPage] // by doc id
	tables  *shelf[[]coda.Table]   // by doc id
	table   *shelf[coda.Table]     // by doc/table id
	columns *shelf[[]coda.Column]  // by doc/table id
	links   *shelf[coda.Resolved]  // by link
}

func newNames(now func() time.Time) names {
	return names{
		list: newShelf[[]coda.Doc](now, 50), begun: newShelf[begunList](now, 1), docs: newShelf[coda.Doc](now, 1000),
		pages: newShelf[[]coda.DocPage](now, 1000), tables: newShelf[[]coda.Table](now, 1000),
		table: newShelf[coda.Table](now, 300), columns: newShelf[[]coda.Column](now, 300),
		links: newShelf[coda.Resolved](now, 300),
	}
}

// begunList is as much of the list of all documents as time sufficed for, and
// the page token of the rest.
type begunList struct {
	docs []coda.Doc
	rest string
}

func (n *names) forget() {
	n.forgetList()
	n.docs.forget()
	n.pages.forget()
	n.tables.forget()
	n.table.forget()
	n.columns.forget()
	n.links.forget()
}

// forgetList is for when a document came, went or was renamed.
func (n *names) forgetList() {
	n.list.forget()
	n.begun.forget()
}

// documents lists all documents that may be used: those of the allow-list, or
// all that the token sees.
func (t *Tools) documents(ctx context.Context, age time.Duration) ([]coda.Doc, error) {
	if allowed := t.allowed(); len(allowed) > 0 {
		return t.allowedDocuments(ctx, allowed)
	}
	return t.names.list.get(ctx, "", age, t.allDocuments)
}

// allDocuments goes on where a list was broken off a while ago: a large
// account takes longer to list than a search may wait.
func (t *Tools) allDocuments(ctx context.Context) ([]coda.Doc, error) {
	var b begunList
	if known, at, ok := t.names.begun.peek(""); ok && t.o.Now().Sub(at) < docAge {
		b = begunList{slices.Clone(known.docs), known.rest}
	}
	first := b.rest
	_, err := walk(func(token string) (coda.Page[coda.Doc], error) {
		page, err := t.o.Coda.ListDocs(ctx, coda.DocQuery{Limit: 100, PageToken: orText(token, first)})
		for _, d := range page.Items {
			t.names.docs.put(d.ID, d)
		}
		b = begunList{append(b.docs, page.Items...), page.NextPageToken}
		if err == nil && b.rest != "" {
			t.names.begun.put("", begunList{slices.Clone(b.docs), b.rest})
		}
		return page, err
	})
	if err != nil && outOfTime(err) {
		return nil, err
	}
	t.names.begun.drop("")
	return b.docs, err
}

// allowedDocuments reads each document of the allow-list by itself, which
// works with a token for one document too. One that is gone is left out.
func (t *Tools) allowedDocuments(ctx context.Context, ids []string) ([]coda.Doc, error) {
	found := make([]*coda.Doc, len(ids))
	err := eachOf(ctx, len(ids), func(ctx context.Context, i int) error {
		d, err := t.document(ctx, ids[i])
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

// allowed is the owner's allow-list; empty means all.
func (t *Tools) allowed() []string {
	if t.o.Documents == nil {
		return nil
	}
	return t.o.Documents()
}

func (t *Tools) isAllowed(doc string) bool {
	ids := t.allowed()
	return len(ids) == 0 || slices.Contains(ids, doc)
}

// document reads one document by id, which also proves that it is one.
func (t *Tools) document(ctx context.Context, id string) (coda.Doc, error) {
	return t.names.docs.get(ctx, id, docAge, func(ctx context.Context) (coda.Doc, error) {
		return t.o.Coda.GetDoc(ctx, id)
	})
}

func (t *Tools) pagesOf(ctx context.Context, doc string, age time.Duration) ([]coda.DocPage, error) {
	return t.names.pages.get(ctx, doc, age, func(ctx context.Context) ([]coda.DocPage, error) {
		return walk(func(token string) (coda.Page[coda.DocPage], error) {
			return t.o.Coda.ListPages(ctx, doc, coda.ListOptions{Limit: 100, PageToken: token})
		})
	})
}

func (t *Tools) tablesOf(ctx context.Context, doc string, age time.Duration) ([]coda.Table, error) {
	return t.names.tables.get(ctx, doc, age, func(ctx context.Context) ([]coda.Table, error) {
		return walk(func(token string) (coda.Page[coda.Table], error) {
			return t.o.Coda.ListTables(ctx, doc, coda.ListOptions{Limit: 100, PageToken: token})
		})
	})
}

func (t *Tools) tableFacts(ctx context.Context, doc, table string, age time.Duration) (coda.Table, error) {
	return t.names.table.get(ctx, doc+"/"+table, age, func(ctx context.Context) (coda.Table, error) {
		return t.o.Coda.GetTable(ctx, doc, table)
	})
}

func (t *Tools) columnsOf(ctx context.Context, doc, table string, age time.Duration) ([]coda.Column, error) {
	return t.names.columns.get(ctx, doc+"/"+table, age, func(ctx context.Context) ([]coda.Column, error) {
		return walk(func(token string) (coda.Page[coda.Column], error) {
			return t.o.Coda.ListColumns(ctx, doc, table, coda.ListOptions{Limit: 100, PageToken: token})
		})
	})
}

// tableRef names a table by what is on the shelves.
func (t *Tools) tableRef(p place) reference {
	if facts, _, ok := t.names.table.peek(p.doc.ID + "/" + p.table); ok {
		return reference{p.table, facts.Name}
	}
	tables, _, _ := t.names.tables.peek(p.doc.ID)
	for _, g := range tables {
		if g.ID == p.table {
			return reference{p.table, g.Name}
		}
	}
	return reference{ID: p.table}
}

// walk reads a whole list, within reason.
func walk[T any](next func(token string) (coda.Page[T], error)) ([]T, error) {
	var all []T
	for item, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		if all = append(all, item); len(all) >= mostDocs {
			break
		}
	}
	return all, nil
}

var errPanic = errors.New("tools: a part of this call met a fault")
