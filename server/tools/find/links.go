package find

import (
	"context"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// Parse reads a reference that carries its document: a browser link, or an id
// as search gives it. ok is false for a plain id or name.
func (f *Finder) Parse(ctx context.Context, ref string) (p Place, kind string, ok bool, err error) {
	if kind, rest, found := strings.Cut(ref, ":"); found {
		if at, ok := splitID(kind, rest); ok {
			return at, kind, true, nil
		}
	}
	if !isAddress(ref) {
		return Place{}, "", false, nil
	}
	link, isLink := coda.ParseLink(ref)
	if !isLink {
		return Place{}, "", false, nil // a foreign address may be a name
	}
	p.Doc.ID = link.DocID
	if !f.Allows(ctx, link.DocID) {
		return Place{}, "", false, NotAllowed(ref)
	}
	if link.Page == "" && link.Table == "" && link.Row == "" {
		return p, "doc", true, nil
	}
	p, kind, err = f.follow(ctx, ref, p)
	return p, kind, err == nil, err
}

// ForeignLink is the refusal of a web address that is neither a link to a
// document nor anything's name.
func ForeignLink(ref string) error {
	return words.Say("%s is not a link to a Coda document. Such links begin with https://docs.superhuman.com/d/ or https://coda.io/d/.", words.Quote(ref))
}

// isAddress tells that ref looks like a web address.
func isAddress(ref string) bool {
	return strings.HasPrefix(ref, "http://") || strings.HasPrefix(ref, "https://")
}

// foreign is ForeignLink for a web address, and nil for all else.
func foreign(ref string) error {
	if _, ours := coda.ParseLink(ref); ours || !isAddress(ref) {
		return nil
	}
	return ForeignLink(ref)
}

// orInstead takes the place of an error that nothing has a name: what looked
// like a link was meant as one.
func orInstead(err, instead error) error {
	if instead != nil && (fault.Is(err, words.CodeNoSuch) || coda.IsKind(err, coda.KindForbidden)) {
		return instead
	}
	return err
}

// follow asks Coda what a link inside a document points to.
func (f *Finder) follow(ctx context.Context, ref string, p Place) (Place, string, error) {
	r, err := f.links.Get(ctx, ref, DocAge, func(ctx context.Context) (coda.Resolved, error) {
		return f.o.Coda.ResolveBrowserLink(ctx, ref, false)
	})
	if err != nil {
		return p, "", err
	}
	if r.DocID != "" {
		p.Doc.ID = r.DocID
	}
	if !f.Allows(ctx, p.Doc.ID) {
		return p, "", NotAllowed(ref)
	}
	switch r.Type {
	case "doc":
		return p, "doc", nil
	case "page":
		p.Page = r.ID
		return p, "page", nil
	case "table":
		p.Table = r.ID
		return p, "table", nil
	case "row":
		p.Table, p.Row = r.TableID, r.ID
		return p, "row", nil
	}
	return p, "", words.Say("The link %s points to a %s, which no tool can read by itself. Give a link to a document, page, table or row.", words.Quote(ref), words.Clip(r.Type, 20))
}

// splitID reads the ids that search gives.
func splitID(kind, rest string) (Place, bool) {
	if kind == "page" {
		rest, _, _ = strings.Cut(rest, "#") // behind it stands the place on the page that a search found
	}
	ids := strings.Split(rest, "/")
	for _, id := range ids {
		if !DocID.Fits(id) && !RowID.Fits(id) && !PageID.Fits(id) && !TableID.Fits(id) {
			return Place{}, false
		}
	}
	p := Place{Doc: coda.Doc{ID: ids[0]}}
	switch {
	case kind == "doc" && len(ids) == 1:
	case kind == "page" && len(ids) == 2:
		p.Page = ids[1]
	case kind == "table" && len(ids) == 2:
		p.Table = ids[1]
	case kind == "row" && len(ids) == 3:
		p.Table, p.Row = ids[1], ids[2]
	default:
		return Place{}, false
	}
	return p, true
}

// Link gives an absolute address for everything, since clients cite by it.
func Link(browserLink string, doc coda.Doc) string {
	if browserLink != "" {
		return browserLink
	}
	if doc.BrowserLink != "" {
		return doc.BrowserLink
	}
	return "https://docs.superhuman.com/d/_d" + doc.ID
}
