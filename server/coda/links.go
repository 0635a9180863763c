package coda

import (
	"context"
	"net/url"
	"strings"
)

// Link is what a browser link of Coda says by itself. Page, Table and Row are
// the link's own marks ("_su…", "_t…", "_ru…"), which are not ids; compare
// them with Same, or ask ResolveBrowserLink.
type Link struct {
	DocID string
	Page  string
	Table string
	Row   string
	RowID string // "i-…", where the mark carries it
	Line  string // "cl-…", an element of the page
}

// IsCodaHost reports whether a host name is one that serves docs.
func IsCodaHost(host string) bool {
	switch strings.ToLower(host) {
	case "docs.superhuman.com", "coda.io", "www.coda.io":
		return true
	}
	return false
}

// ParseLink recognises a link from the browser's address bar, of the current
// and of the old host.
func ParseLink(s string) (Link, bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || !IsCodaHost(u.Hostname()) {
		return Link{}, false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 || parts[0] != "d" {
		return Link{}, false
	}
	l := Link{DocID: docID(parts[1])}
	if l.DocID == "" {
		return Link{}, false
	}
	if len(parts) > 2 {
		l.Page = mark(parts[2], "_s")
	}
	frag, _, _ := strings.Cut(u.Fragment, "&")
	for _, part := range strings.Split(frag, "/") {
		l.readMark(part)
	}
	return l, true
}

// readMark reads one part of the fragment: "Tasks_tuAbC", "_rui-xyz", "_lAbC".
func (l *Link) readMark(part string) {
	if m := mark(part, "_r"); m != "" {
		l.Row = m
		if id := strings.TrimPrefix(m, "_ru"); strings.HasPrefix(id, "i-") {
			l.RowID = id
		}
		return
	}
	if m := mark(part, "_t"); m != "" {
		l.Table = m
		return
	}
	if m := mark(part, "_l"); m != "" {
		l.Line = "cl-" + m[len("_l"):]
	}
}

// Same reports whether two links point to the same thing, whatever host and
// words they carry.
func (l Link) Same(browserLink string) bool {
	o, ok := ParseLink(browserLink)
	return ok && l.DocID == o.DocID && l.Page == o.Page && l.Table == o.Table && l.Row == o.Row
}

// docID reads "Some-Doc_dAbC". Ids have ten characters and may hold "_d"
// themselves, so the last mark counts that leaves as many, else the last one.
func docID(s string) string {
	for i := len(s) - len("_d") - 10; i >= 0; i-- {
		if strings.HasPrefix(s[i:], "_d") {
			return s[i+len("_d"):]
		}
	}
	return after(s, "_d")
}

// mark cuts "Some-Words_tuXyz" down to "_tuXyz" for the prefix "_t".
func mark(s, prefix string) string {
	if id := after(s, prefix); id != "" {
		return prefix + id
	}
	return ""
}

// after gives what follows the last prefix in s. Ids hold "_" too, so an
// earlier one counts when s begins with it.
func after(s, prefix string) string {
	if strings.HasPrefix(s, prefix) {
		return s[len(prefix):]
	}
	if i := strings.LastIndex(s, prefix); i >= 0 {
		return s[i+len(prefix):]
	}
	return ""
}

// Resolved is what a browser link points to.
type Resolved struct {
	Type string // doc, page, table, row, column, formula, control, …
	ID   string
	Name string
	// DocID and TableID say where it is, TableID for rows and columns.
	DocID   string
	TableID string
}

// ResolveBrowserLink asks Coda what a link points to (operation
// resolveBrowserLink): KindBadRequest when it is no link of Coda's,
// KindNotFound when the token does not see it. With degrade, the nearest
// thing that still exists is taken.
func (c *Client) ResolveBrowserLink(ctx context.Context, link string, degrade bool) (Resolved, error) {
	q := url.Values{"url": {strings.TrimSpace(link)}}
	if degrade {
		q.Set("degradeGracefully", "true")
	}
	type answer struct {
		Resource Reference `json:"resource"`
	}
	a, err := get[answer](ctx, c, "resolve link", readBucket, q, "resolveBrowserLink")
	if err != nil {
		return Resolved{}, err
	}
	r := Resolved{Type: a.Resource.Type, ID: a.Resource.ID, Name: a.Resource.Name}
	r.DocID, r.TableID = pathIDs(a.Resource.Href)
	return r, nil
}

// pathIDs reads the ids out of an API address such as
// …/docs/AbC/tables/grid-1/rows/i-2.
func pathIDs(href string) (doc, table string) {
	u, err := url.Parse(href)
	if err != nil {
		return "", ""
	}
	parts := strings.Split(u.Path, "/")
	for i := 0; i+1 < len(parts); i++ {
		switch parts[i] {
		case "docs":
			doc = parts[i+1]
		case "tables":
			table = parts[i+1]
		}
	}
	return doc, table
}
