package tools

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"codabridge/server/coda"
)

// place is where a call leads, in ids.
type place struct {
	doc   coda.Doc
	page  string
	table string
	row   string
}

var (
	docID   = regexp.MustCompile(`^[A-Za-z0-9_-]{6,40}$`)
	pageID  = regexp.MustCompile(`^(canvas|section)-[A-Za-z0-9_-]+$`)
	tableID = regexp.MustCompile(`^(grid|table)-[A-Za-z0-9_-]+$`)
	rowID   = regexp.MustCompile(`^i-[A-Za-z0-9_-]+$`)
)

func notAllowed(ref string) error {
	return say("The document %s is not among those the owner allows here. Call coda_list_documents to see which are.", quote(ref))
}

// refuseOdd stops what could never be a name or id, before any request.
func refuseOdd(argument, ref string) error {
	if strings.TrimSpace(ref) == "" {
		return say("The argument %q is empty. Give an id, a name or a browser link.", argument)
	}
	for _, part := range strings.FieldsFunc(ref, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			return say("The argument %q cannot be %s: give an id, a name or a browser link, not a path.", argument, quote(ref))
		}
	}
	if strings.ContainsFunc(strings.TrimSpace(ref), unicode.IsControl) {
		return say("The argument %q has control characters in it, which no id, name or link has. Give %s without them.", argument, quote(ref))
	}
	if len(ref) > 1000 {
		return say("The argument %q is longer than any id, name or link. Give an id.", argument)
	}
	return nil
}

// findDoc makes a document of an id, a name or a link, and checks that the
// owner allows it.
func (t *Tools) findDoc(ctx context.Context, ref string) (coda.Doc, error) {
	ref = strings.TrimSpace(ref)
	if err := refuseOdd("document", ref); err != nil {
		return coda.Doc{}, err
	}
	p, _, ok, err := t.parts(ctx, ref)
	if err != nil {
		return coda.Doc{}, err
	}
	if ok {
		return t.openDoc(ctx, p.doc.ID, ref)
	}
	if docID.MatchString(ref) && t.isAllowed(ref) {
		d, err := t.openDoc(ctx, ref, ref)
		if err == nil || !coda.IsKind(err, coda.KindNotFound, coda.KindForbidden) {
			return d, err
		}
		if named, nameErr := t.docByName(ctx, ref); nameErr == nil || !coda.IsKind(nameErr, coda.KindForbidden) {
			return named, nameErr
		}
		return d, err // the document's own refusal tells more than the list's
	}
	return t.docByName(ctx, ref)
}

func (t *Tools) openDoc(ctx context.Context, id, ref string) (coda.Doc, error) {
	if !t.isAllowed(id) {
		return coda.Doc{}, notAllowed(ref)
	}
	d, err := t.document(ctx, id)
	if err == nil && d.ID != "" && !t.isAllowed(d.ID) {
		return coda.Doc{}, notAllowed(ref)
	}
	return d, err
}

func (t *Tools) docByName(ctx context.Context, ref string) (coda.Doc, error) {
	docs, err := t.documents(ctx, nameAge)
	if err != nil {
		return coda.Doc{}, err
	}
	d, err := pick("document", "coda_list_documents", ref, docs,
		func(d coda.Doc) (id, name, more string) { return d.ID, d.Name, d.OwnerName })
	if err != nil && len(t.allowed()) > 0 {
		err = say("%v The owner allows only some documents here.", err)
	}
	return d, err
}

// findPage makes ids of the arguments document and page. The document may be
// left out when the page carries it.
func (t *Tools) findPage(ctx context.Context, document, page string) (place, error) {
	p, err := t.pagePlace(ctx, document, page)
	if err == nil {
		err = t.born(ctx, p.page)
	}
	return p, err
}

func (t *Tools) pagePlace(ctx context.Context, document, page string) (place, error) {
	p, done, err := t.inside(ctx, "page", document, page)
	if err != nil || done {
		return p, err
	}
	page = strings.TrimSpace(page)
	if pageID.MatchString(page) {
		p.page = page
		return p, nil
	}
	pages, err := t.pagesOf(ctx, p.doc.ID, nameAge)
	if err != nil {
		return p, err
	}
	found, err := pick("page", "coda_list_pages", page, pages, func(g coda.DocPage) (id, name, more string) {
		if g.Parent != nil {
			more = "below " + g.Parent.Name
		}
		return g.ID, g.Name, more
	})
	p.page = found.ID
	return p, err
}

// findTable does the same for a table or view.
func (t *Tools) findTable(ctx context.Context, document, table string) (place, error) {
	p, done, err := t.inside(ctx, "table", document, table)
	if err != nil || done {
		return p, err
	}
	table = strings.TrimSpace(table)
	if tableID.MatchString(table) {
		p.table = table
		return p, nil
	}
	tables, err := t.tablesOf(ctx, p.doc.ID, nameAge)
	if err != nil {
		return p, err
	}
	found, err := pick("table", "coda_list_tables", table, tables, func(g coda.Table) (id, name, more string) {
		if g.Parent != nil {
			more = "on page " + g.Parent.Name
		}
		return g.ID, g.Name, more
	})
	p.table = found.ID
	return p, err
}

// inside opens the document of a page or table. It is done when the reference
// carried its own place.
func (t *Tools) inside(ctx context.Context, argument, document, ref string) (p place, done bool, err error) {
	if err := refuseOdd(argument, ref); err != nil {
		return p, false, err
	}
	own, kind, ok, err := t.parts(ctx, strings.TrimSpace(ref))
	if err != nil {
		return p, false, err
	}
	if !ok {
		if strings.TrimSpace(document) == "" {
			return p, false, say("The argument \"document\" is missing: with a name or an id of a %s the document is needed too. Only a browser link goes alone.", argument)
		}
		p.doc, err = t.findDoc(ctx, document)
		return p, false, err
	}
	if argument == "page" && own.page == "" || argument == "table" && own.table == "" {
		return p, false, say("%s points to a %s, not to a %s. Call coda_list_%ss and use an id from there.", quote(ref), kind, argument, argument)
	}
	own.doc, err = t.openDoc(ctx, own.doc.ID, ref)
	return own, true, err
}

// findRow makes ids of document, table and row. A row is named by what its
// display column shows.
func (t *Tools) findRow(ctx context.Context, document, table, row string) (place, error) {
	if err := refuseOdd("row", row); err != nil {
		return place{}, err
	}
	row = strings.TrimSpace(row)
	own, _, ok, err := t.parts(ctx, row)
	if err != nil {
		return place{}, err
	}
	if ok && own.row != "" {
		own.doc, err = t.openDoc(ctx, own.doc.ID, row)
		return own, err
	}
	if strings.TrimSpace(table) == "" {
		return place{}, say("The argument \"table\" is missing: only a browser link or search id of a row goes without it.")
	}
	p, err := t.findTable(ctx, document, table)
	if err != nil || rowID.MatchString(row) {
		p.row = row
		return p, err
	}
	p.row, err = t.rowByName(ctx, p, row)
	return p, err
}
