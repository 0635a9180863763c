package codatest

import (
	"cmp"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

const site = "https://docs.superhuman.com"

// stamp writes a time as the API does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// href is the API address of a path below /apis/v1 or below the base.
func (s *Server) href(path string) string {
	root := strings.TrimSuffix(cmp.Or(s.base, site+"/apis/v1"), "/apis/v1")
	return root + (&url.URL{Path: path}).EscapedPath()
}

func (s *Server) api(path string) string { return s.href("/apis/v1" + path) }

// slug writes a name as it stands in a browser link.
func slug(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

func (d *Doc) link() string { return site + "/d/" + slug(d.Name) + "_d" + d.ID }

func (d *Doc) pageLink(p *Page) string {
	return d.link() + "/" + slug(p.Name) + "_su" + suffix(p.ID, 6)
}

func (d *Doc) tableLink(t *Table) string {
	return d.link() + "#" + slug(t.Name) + "_tu" + suffix(t.ID, 8)
}

func (d *Doc) rowLink(t *Table, r *Row) string { return d.tableLink(t) + "/_ru" + r.ID }

func suffix(s string, n int) string { return s[max(len(s)-n, 0):] }

func (s *Server) whoami(r *request) (any, error) {
	u := s.work.User
	return map[string]any{
		"name": u.Name, "loginId": u.Email, "type": "user", "tokenName": r.access.name,
		"scoped": r.access.readOnly || r.access.oneDoc, "href": s.api("/whoami"),
		"pictureLink": site + "/avatars/default.png", "workspace": workspaceRef(),
	}, nil
}

func workspaceRef() map[string]any {
	return map[string]any{"id": workspaceID, "type": "workspace", "name": "Fernhill", "browserLink": site + "/workspaces/" + workspaceID}
}

func (s *Server) showDoc(d *Doc) map[string]any {
	rows, views := 0, 0
	for _, t := range d.Tables {
		views++
		if t.base == nil {
			rows += len(t.Rows)
		}
	}
	folder := cmp.Or(d.Folder, "My docs")
	folderID := folderID(folder)
	out := map[string]any{
		"id": d.ID, "type": "doc", "href": s.api("/docs/" + d.ID), "browserLink": d.link(),
		"name": d.Name, "owner": d.Owner.Email, "ownerName": d.Owner.Name,
		"icon": icon(cmp.Or(d.Icon, "document")),
		"docSize": map[string]any{"totalRowCount": rows, "tableAndViewCount": views,
			"pageCount": len(d.allPages()), "overApiSizeLimit": d.OverLimit},
		"createdAt": stamp(d.Created), "updatedAt": stamp(d.Updated),
		"folder":    map[string]any{"id": folderID, "type": "folder", "name": folder, "browserLink": site + "/docs?folderId=" + folderID},
		"workspace": workspaceRef(), "workspaceId": workspaceID, "folderId": folderID,
	}
	if d.published != nil {
		out["published"] = d.published
	}
	return out
}

func icon(name string) map[string]any {
	return map[string]any{"name": name, "type": "image/png", "browserLink": site + "/icons/png/color/" + name + "-120.png"}
}

func (s *Server) listDocs(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(c.query.Get("query")))
	var found []*Doc
	in := c.query.Get("folderId")
	for _, d := range s.work.Docs {
		if in != "" && in != folderID(cmp.Or(d.Folder, "My docs")) {
			continue
		}
		if containsAll(strings.ToLower(d.Name), words) {
			found = append(found, d)
		}
	}
	sort.SliceStable(found, func(i, k int) bool { return found[i].Updated.After(found[k].Updated) })
	return paged(s, c, found, s.showDoc), nil
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Server) getDoc(r *request) (any, error) { return s.showDoc(r.doc), nil }

// resolveBrowserLink takes links of the current and of the old host.
func (s *Server) resolveBrowserLink(r *request) (any, error) {
	raw := r.URL.Query().Get("url")
	u, err := url.Parse(raw)
	if err != nil || (u.Host != "docs.superhuman.com" && u.Host != "coda.io") || !strings.HasPrefix(u.Path, "/d/") {
		return nil, refuse(http.StatusBadRequest, "The URL is not a valid link to a Superhuman Docs object.")
	}
	want := strings.TrimPrefix(u.Path, "/d/")
	doc := find(s.work.Docs, func(d *Doc) bool {
		segment, _, _ := strings.Cut(want, "/")
		return strings.HasSuffix(segment, "_d"+d.ID)
	})
	if doc == nil || (r.access.oneDoc && doc != s.work.Docs[0]) {
		return nil, refuse(http.StatusNotFound, "Could not find the object that the link points to.")
	}
	resource := s.resolveInDoc(doc, u)
	if resource == nil && r.URL.Query().Get("degradeGracefully") == "true" {
		resource = s.resource("doc", doc.ID, doc.Name, "")
		resource["href"] = s.api("/docs/" + doc.ID)
	}
	if resource == nil {
		return nil, refuse(http.StatusNotFound, "Could not find the object that the link points to.")
	}
	return map[string]any{"type": "apiLink", "href": s.api("/resolveBrowserLink") + "?url=" + url.QueryEscape(raw),
		"browserLink": raw, "resource": resource}, nil
}

func (s *Server) resource(kind, id, name, path string) map[string]any {
	return map[string]any{"type": kind, "id": id, "name": name, "href": s.api(path)}
}

// resolveInDoc finds the row, table, page or doc of a link, nil if it is gone.
func (s *Server) resolveInDoc(d *Doc, u *url.URL) map[string]any {
	root := "/docs/" + d.ID
	fragment, _, _ := strings.Cut(u.Fragment, "&")
	tableMark, rowMark, _ := strings.Cut(fragment, "/")
	if strings.Contains(tableMark, "_t") {
		t := find(d.Tables, func(t *Table) bool { return strings.HasSuffix(tableMark, "_tu"+suffix(t.ID, 8)) })
		if t == nil {
			return nil
		}
		if rowMark == "" {
			return s.resource("table", t.ID, t.Name, root+"/tables/"+t.ID)
		}
		row := find(t.rows(), func(r *Row) bool { return rowMark == "_ru"+r.ID })
		if row == nil {
			return nil
		}
		return s.resource("row", row.ID, d.rowName(t, row), root+"/tables/"+t.ID+"/rows/"+row.ID)
	}
	_, pageMark, ok := strings.Cut(strings.Trim(strings.TrimPrefix(u.Path, "/d/"), "/"), "/")
	if !ok || pageMark == "" {
		return s.resource("doc", d.ID, d.Name, root)
	}
	p := find(d.allPages(), func(p *Page) bool { return strings.HasSuffix(pageMark, "_su"+suffix(p.ID, 6)) })
	if p == nil {
		return nil
	}
	return s.resource("page", p.ID, p.Name, root+"/pages/"+p.ID)
}
