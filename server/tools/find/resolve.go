package find

import (
	"cmp"
	"context"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// Place is where a call leads, in ids.
type Place struct {
	Doc   coda.Doc
	Page  string
	Table string
	Row   string
}

// Doc makes a document of an id, a name or a link, and checks that the
// owner allows it.
func (f *Finder) Doc(ctx context.Context, ref string) (coda.Doc, error) {
	d, err := f.doc(ctx, ref)
	if err == nil {
		Touch(ctx, d)
	}
	return d, err
}

func (f *Finder) doc(ctx context.Context, ref string) (coda.Doc, error) {
	ref = strings.TrimSpace(ref)
	if err := words.RefuseOdd("document", ref); err != nil {
		return coda.Doc{}, err
	}
	p, _, ok, err := f.Parse(ctx, ref)
	if err != nil {
		return coda.Doc{}, err
	}
	if ok {
		d, err := f.OpenDoc(ctx, p.Doc.ID, ref)
		if isAddress(ref) || !coda.IsKind(err, coda.KindNotFound) {
			return d, err
		}
		if named, nameErr := f.docByName(ctx, ref); nameErr == nil {
			return named, nil // called "doc:…" as search would call it
		}
		return d, err
	}
	if DocID.Fits(ref) && f.Allows(ctx, ref) {
		d, err := f.OpenDoc(ctx, ref, ref)
		if err == nil || !coda.IsKind(err, coda.KindNotFound, coda.KindForbidden) {
			return d, err
		}
		if named, nameErr := f.docByName(ctx, ref); nameErr == nil || !coda.IsKind(nameErr, coda.KindForbidden) {
			return named, nameErr
		}
		return d, err // the document's own refusal tells more than the list's
	}
	d, err := f.docByName(ctx, ref)
	return d, orInstead(err, foreign(ref))
}

// OpenDoc reads the document of an id that ref came to, if the owner allows
// it.
func (f *Finder) OpenDoc(ctx context.Context, id, ref string) (coda.Doc, error) {
	if !f.Allows(ctx, id) {
		return coda.Doc{}, NotAllowed(ref)
	}
	d, err := f.DocByID(ctx, id)
	if err == nil && d.ID != "" && !f.Allows(ctx, d.ID) {
		return coda.Doc{}, NotAllowed(ref)
	}
	if err == nil {
		Touch(ctx, d)
	}
	return d, err
}

func (f *Finder) docByName(ctx context.Context, ref string) (coda.Doc, error) {
	docs, err := f.Documents(ctx, NameAge)
	if err != nil {
		return coda.Doc{}, err
	}
	d, err := Pick("document", "coda_list_documents", ref, docs, docLabel)
	if err != nil && f.Limited(ctx) {
		err = fault.With(err, " The owner allows only some documents here.")
	}
	return d, err
}

func docLabel(d coda.Doc) (id, name, more string) { return d.ID, d.Name, aboutDoc(d) }

// aboutDoc is what tells a document from others of its name.
func aboutDoc(d coda.Doc) string {
	about := d.OwnerName
	if d.Folder.Name != "" {
		about += ", in " + d.Folder.Name
	}
	return strings.TrimPrefix(about+changedOn(d.UpdatedAt), ", ")
}

// changedOn says on which day something was changed, behind what else is said of it.
func changedOn(at string) string {
	if len(at) <= len(time.DateOnly) {
		return ""
	}
	return ", changed " + at[:len(time.DateOnly)]
}

// aboutPage is what tells a page from others of its name.
func aboutPage(g coda.DocPage) string {
	about := "at the top"
	if g.Parent != nil {
		about = "below " + words.Clip(g.Parent.Name, 50)
	}
	return about + changedOn(g.UpdatedAt)
}

// aboutTable is what tells a table from others of its name.
func aboutTable(g coda.Table) string {
	about := ""
	if g.TableType == "view" {
		about = "view"
		if g.ParentTable != nil {
			about += " of " + words.Clip(g.ParentTable.Name, 30)
		}
	}
	if g.Parent != nil {
		about = strings.TrimSpace(about + " on page " + words.Clip(g.Parent.Name, 40))
	}
	return about
}

// Page makes ids of the arguments document and page. The document may be
// left out when the page carries it.
func (f *Finder) Page(ctx context.Context, document, page string) (Place, error) {
	p, err := f.pageIn(ctx, document, page)
	if d, name, ok := f.titled(ctx, document, page, err); ok {
		return f.pageIn(ctx, d, name)
	}
	return p, err
}

func (f *Finder) pageIn(ctx context.Context, document, page string) (Place, error) {
	p, done, instead, err := f.inside(ctx, "page", document, page)
	if err != nil || done {
		return p, err
	}
	page = strings.TrimSpace(page)
	if PageID.Fits(page) {
		p.Page = page
		return p, nil
	}
	pages, err := f.PagesOf(ctx, p.Doc.ID, NameAge)
	if err != nil {
		return p, err
	}
	found, err := Pick("page", "coda_list_pages", page, pages,
		func(g coda.DocPage) (id, name, more string) { return g.ID, g.Name, aboutPage(g) })
	p.Page = found.ID
	return p, orInstead(err, instead)
}

// Table does the same for a table or view.
func (f *Finder) Table(ctx context.Context, document, table string) (Place, error) {
	p, err := f.tableIn(ctx, document, table)
	if d, name, ok := f.titled(ctx, document, table, err); ok {
		return f.tableIn(ctx, d, name)
	}
	return p, err
}

func (f *Finder) tableIn(ctx context.Context, document, table string) (Place, error) {
	p, done, instead, err := f.inside(ctx, "table", document, table)
	if err != nil || done {
		return p, err
	}
	table = strings.TrimSpace(table)
	if TableID.Fits(table) {
		p.Table = table
		return p, nil
	}
	tables, err := f.TablesOf(ctx, p.Doc.ID, NameAge)
	if err != nil {
		return p, err
	}
	found, err := Pick("table", "coda_list_tables", table, tables,
		func(g coda.Table) (id, name, more string) { return g.ID, g.Name, aboutTable(g) })
	p.Table = found.ID
	return p, orInstead(err, instead)
}

// inside opens the document of a page or table. It is done when the reference
// carried its own place. Else it may be a name, even of a web address; instead
// is what to say when it is not.
func (f *Finder) inside(ctx context.Context, argument, document, ref string) (p Place, done bool, instead, err error) {
	if err := words.RefuseOdd(argument, ref); err != nil {
		return p, false, nil, err
	}
	ref = strings.TrimSpace(ref)
	own, kind, ok, err := f.Parse(ctx, ref)
	switch {
	case err != nil:
		instead = err
	case !ok:
		instead = foreign(ref)
	case argument == "page" && own.Page == "" || argument == "table" && own.Table == "":
		instead = words.Say("%s points to a %s, not to a %s. Call coda_list_%ss and use an id from there.", words.Quote(ref), kind, argument, argument)
	default:
		own.Doc, err = f.OpenDoc(ctx, own.Doc.ID, ref)
		return own, true, nil, err
	}
	if strings.TrimSpace(document) == "" {
		return p, false, nil, cmp.Or(instead, words.Say("The argument \"document\" is missing: with a name or an id of a %s the document is needed too. Only a browser link goes alone.", argument))
	}
	if words.IsContext(err) {
		return p, false, nil, err
	}
	p.Doc, err = f.Doc(ctx, document)
	return p, false, instead, err
}

// Row makes ids of document, table and row. A row is named by what its
// display column shows.
func (f *Finder) Row(ctx context.Context, document, table, row string) (Place, error) {
	if err := words.RefuseOdd("row", row); err != nil {
		return Place{}, err
	}
	row = strings.TrimSpace(row)
	own, _, ok, instead := f.Parse(ctx, row)
	if ok && own.Row != "" {
		var err error
		own.Doc, err = f.OpenDoc(ctx, own.Doc.ID, row)
		return own, err
	}
	if instead == nil {
		instead = foreign(row)
	}
	if words.IsContext(instead) {
		return Place{}, instead
	}
	if d, t, name, ok := titleOfRow(row); ok && strings.TrimSpace(document+table) == "" {
		return f.Row(ctx, d, t, name)
	}
	if strings.TrimSpace(table) == "" {
		return Place{}, cmp.Or(instead, words.Say("The argument \"table\" is missing: only a browser link or search id of a row goes without it."))
	}
	p, err := f.Table(ctx, document, table)
	if err != nil || RowID.Fits(row) {
		p.Row = row
		return p, err
	}
	p.Row, err = f.RowByName(ctx, p, row)
	return p, orInstead(err, instead)
}
