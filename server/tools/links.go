package tools

import (
	"context"
	"strings"

	"codabridge/server/coda"
)

// parts reads a reference that carries its document: a browser link, or an id
// as search gives it. ok is false for a plain id or name.
func (t *Tools) parts(ctx context.Context, ref string) (p place, kind string, ok bool, err error) {
	if kind, rest, found := strings.Cut(ref, ":"); found {
		if at, ok := splitID(kind, rest); ok {
			return at, kind, true, nil
		}
	}
	if !strings.HasPrefix(ref, "http://") && !strings.HasPrefix(ref, "https://") {
		return place{}, "", false, nil
	}
	link, isLink := coda.ParseLink(ref)
	if !isLink {
		return place{}, "", false, say("%s is not a link to a Coda document. Such links begin with https://docs.superhuman.com/d/ or https://coda.io/d/.", quote(ref))
	}
	p.doc.ID = link.DocID
	if !t.isAllowed(link.DocID) {
		return place{}, "", false, notAllowed(ref)
	}
	if link.Page == "" && link.Table == "" && link.Row == "" {
		return p, "doc", true, nil
	}
	p, kind, err = t.follow(ctx, ref, p)
	return p, kind, err == nil, err
}

// follow asks Coda what a link inside a document points to.
func (t *Tools) follow(ctx context.Context, ref string, p place) (place, string, error) {
	r, err := t.names.links.get(ctx, ref, docAge, func(ctx context.Context) (coda.Resolved, error) {
		return t.o.Coda.ResolveBrowserLink(ctx, ref, false)
	})
	if err != nil {
		return p, "", err
	}
	if r.DocID != "" {
		p.doc.ID = r.DocID
	}
	if !t.isAllowed(p.doc.ID) {
		return p, "", notAllowed(ref)
	}
	switch r.Type {
	case "doc":
		return p, "doc", nil
	case "page":
		p.page = r.ID
		return p, "page", nil
	case "table":
		p.table = r.ID
		return p, "table", nil
	case "row":
		p.table, p.row = r.TableID, r.ID
		return p, "row", nil
	}
	return p, "", say("The link %s points to a %s, which no tool can read by itself. Give a link to a document, page, table or row.", quote(ref), clip(r.Type, 20))
}

// splitID reads the ids that search gives.
func splitID(kind, rest string) (place, bool) {
	ids := strings.Split(rest, "/")
	for _, id := range ids {
		if !docID.MatchString(id) && !rowID.MatchString(id) && !pageID.MatchString(id) && !tableID.MatchString(id) {
			return place{}, false
		}
	}
	p := place{doc: coda.Doc{ID: ids[0]}}
	switch {
	case kind == "doc" && len(ids) == 1:
	case kind == "page" && len(ids) == 2:
		p.page = ids[1]
	case kind == "table" && len(ids) == 2:
		p.table = ids[1]
	case kind == "row" && len(ids) == 3:
		p.table, p.row = ids[1], ids[2]
	default:
		return place{}, false
	}
	return p, true
}
