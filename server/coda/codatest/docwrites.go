package codatest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

func (s *Server) createDoc(r *request) (any, error) {
	var in struct {
		Title, SourceDoc, FolderID string
		InitialPage                struct {
			Name, Subtitle string
			PageContent    struct{ CanvasContent pageContent }
		}
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	s.counter++
	d := &Doc{ID: makeID("created doc", fmt.Sprint(s.counter)), Name: cmp.Or(in.Title, "Untitled"), Owner: s.work.User,
		Created: time.Now(), Updated: time.Now(), Pages: []*Page{{Name: cmp.Or(in.InitialPage.Name, "Page 1"), Subtitle: in.InitialPage.Subtitle}}}
	if in.FolderID != "" {
		f := s.folder(in.FolderID)
		if f == nil {
			return nil, refuse(http.StatusBadRequest, "Could not find the folder.")
		}
		d.Folder = f.name
	}
	if in.SourceDoc != "" {
		source := find(s.work.Docs, func(o *Doc) bool { return o.ID == in.SourceDoc })
		if source == nil {
			return nil, refuse(http.StatusNotFound, "Could not find the source doc.")
		}
		d.Pages = copyPages(source.Pages, nil)
		d.Name = cmp.Or(in.Title, "Copy of "+source.Name)
	} else if c := in.InitialPage.PageContent.CanvasContent; c.Format != "" {
		d.Pages[0].Body = c.Content
	}
	d.finishPages(nil, d.Pages, map[string]int{})
	s.work.Docs = append(s.work.Docs, d)
	out := s.showDoc(d)
	out["requestId"] = s.queue(d, func() {})
	return out, nil
}

// copyPages copies pages with their lines; the copies get ids of their own.
func copyPages(pages []*Page, parent *Page) []*Page {
	var out []*Page
	for _, p := range pages {
		c := &Page{Name: p.Name, Subtitle: p.Subtitle, Icon: p.Icon, Kind: p.Kind,
			Hidden: p.Hidden, parent: parent, elements: slices.Clone(p.elements)}
		c.Children = copyPages(p.Children, c)
		out = append(out, c)
	}
	return out
}

func (s *Server) updateDoc(r *request) (any, error) {
	var in struct{ Title, IconName *string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	setIf(&r.doc.Name, in.Title)
	setIf(&r.doc.Icon, in.IconName)
	r.doc.Updated = time.Now()
	return map[string]any{}, nil
}

func (s *Server) deleteDoc(r *request) (any, error) {
	s.work.Docs = slices.DeleteFunc(s.work.Docs, func(d *Doc) bool { return d == r.doc })
	return map[string]any{}, nil
}

func (s *Server) deletePage(r *request) (any, error) {
	p, err := s.findPage(r)
	if err != nil {
		return nil, err
	}
	id := s.queue(r.doc, func() {
		from := &r.doc.Pages
		if p.parent != nil {
			from = &p.parent.Children
		}
		*from = slices.DeleteFunc(*from, func(o *Page) bool { return o == p })
	})
	return map[string]any{"requestId": id, "id": p.ID}, nil
}

// deletePageContent leaves one empty line with the first element's id when
// everything goes, as the service does.
func (s *Server) deletePageContent(r *request) (any, error) {
	p, err := s.findPage(r)
	if err != nil {
		return nil, err
	}
	var in struct{ ElementIDs []string }
	if len(r.body) > 0 {
		if err := decode(r, &in); err != nil {
			return nil, err
		}
	}
	if p.Kind != "canvas" {
		return nil, refuse(http.StatusBadRequest, "Only canvas pages have content.")
	}
	for _, id := range in.ElementIDs {
		if indexOf(p.elements, id) < 0 {
			return nil, refuse(http.StatusBadRequest, "Could not find the element with the specified ID.")
		}
	}
	id := s.queue(r.doc, func() {
		if len(in.ElementIDs) == 0 && len(p.elements) > 0 {
			p.elements = []element{{id: p.elements[0].id, style: p.elements[0].style}}
			return
		}
		p.elements = slices.DeleteFunc(p.elements, func(e element) bool { return slices.Contains(in.ElementIDs, e.id) })
	})
	return map[string]any{"requestId": id, "id": p.ID}, nil
}

func (s *Server) deleteRow(r *request) (any, error) {
	t, row, err := s.findRow(r)
	if err != nil {
		return nil, err
	}
	if t.base != nil {
		t = t.base
	}
	id := s.queue(r.doc, func() {
		t.Rows = slices.DeleteFunc(t.Rows, func(o *Row) bool { return o == row })
		t.Updated = time.Now()
	})
	return map[string]any{"requestId": id, "id": row.ID}, nil
}
