package codatest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

func (s *Server) pageRef(d *Doc, p *Page) map[string]any {
	return map[string]any{"id": p.ID, "type": "page", "name": p.Name,
		"href": s.api("/docs/" + d.ID + "/pages/" + p.ID), "browserLink": d.pageLink(p)}
}

func showPerson(p Person) map[string]any {
	return map[string]any{"@context": "http://schema.org/", "@type": "Person", "name": p.Name, "email": p.Email}
}

func (s *Server) showPage(d *Doc, p *Page) map[string]any {
	m := s.pageRef(d, p)
	m["contentType"] = p.Kind
	m["isHidden"] = p.Hidden
	hidden := false
	for up := p; up != nil; up = up.parent {
		hidden = hidden || up.Hidden
	}
	m["isEffectivelyHidden"] = hidden
	if p.Subtitle != "" {
		m["subtitle"] = p.Subtitle
	}
	if p.Icon != "" {
		m["icon"] = icon(p.Icon)
	}
	if p.parent != nil {
		m["parent"] = s.pageRef(d, p.parent)
	}
	children := []any{}
	for _, c := range p.Children {
		if !c.pending {
			children = append(children, s.pageRef(d, c))
		}
	}
	m["children"] = children
	m["authors"] = []any{showPerson(d.Owner)}
	m["createdBy"], m["updatedBy"] = showPerson(d.Owner), showPerson(d.Owner)
	m["createdAt"], m["updatedAt"] = stamp(p.Created), stamp(p.Updated)
	return m
}

func (s *Server) listPages(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	return paged(s, c, r.doc.allPages(), func(p *Page) map[string]any { return s.showPage(r.doc, p) }), nil
}

func (s *Server) findPage(r *request) (*Page, error) {
	p := r.doc.page(r.PathValue("page"))
	if p == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a page with the specified ID or name.")
	}
	return p, nil
}

func (s *Server) getPage(r *request) (any, error) {
	p, err := s.findPage(r)
	if err != nil {
		return nil, err
	}
	return s.showPage(r.doc, p), nil
}

// pageContent is the body of a content write.
type pageContent struct {
	Format  string `json:"format"`
	Content string `json:"content"`
}

func (c pageContent) elements(prefix string) ([]element, error) {
	switch c.Format {
	case "markdown":
		return parseMarkdown(c.Content, prefix), nil
	case "html":
		return parseMarkdown(fromHTML(c.Content), prefix), nil
	}
	return nil, &fault{status: http.StatusBadRequest, message: "format must be html or markdown", shape: ShapeSchema}
}

// decode reads a request body.
func decode(r *request, into any) error {
	if err := json.Unmarshal(r.body, into); err != nil {
		return &fault{status: http.StatusBadRequest, message: "The request body is not valid.", shape: ShapeSchema}
	}
	return nil
}

func (s *Server) createPage(r *request) (any, error) {
	var in struct {
		Name, Subtitle, IconName, ParentPageID string
		PageContent                            struct {
			Type          string
			CanvasContent pageContent
		}
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	s.counter++
	now := time.Now()
	p := &Page{ID: "canvas-" + makeID("created", r.doc.ID, fmt.Sprint(s.counter)), Name: cmp.Or(in.Name, "Untitled"),
		Subtitle: in.Subtitle, Icon: in.IconName, Kind: cmp.Or(in.PageContent.Type, "canvas"), Created: now, Updated: now, pending: true}
	if in.PageContent.CanvasContent.Format != "" {
		var err error
		p.elements, err = in.PageContent.CanvasContent.elements("cl-" + p.ID)
		if err != nil {
			return nil, err
		}
	}
	if in.ParentPageID != "" {
		p.parent = r.doc.page(in.ParentPageID)
		if p.parent == nil {
			return nil, refuse(http.StatusBadRequest, "Could not find the parent page.")
		}
		p.parent.Children = append(p.parent.Children, p)
	} else {
		r.doc.Pages = append(r.doc.Pages, p)
	}
	id := s.queue(r.doc, func() { p.pending = false })
	return map[string]any{"requestId": id, "id": p.ID}, nil
}

func (s *Server) updatePage(r *request) (any, error) {
	p, err := s.findPage(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Name, Subtitle, IconName *string
		IsHidden                 *bool
		ContentUpdate            *contentUpdate
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	var added []element
	if u := in.ContentUpdate; u != nil {
		if err := u.check(p); err != nil {
			return nil, err
		}
		s.counter++
		added, err = u.CanvasContent.elements(fmt.Sprintf("cl-%s-%d", p.ID, s.counter))
		if err != nil {
			return nil, err
		}
	}
	id := s.queue(r.doc, func() {
		setIf(&p.Name, in.Name)
		setIf(&p.Subtitle, in.Subtitle)
		setIf(&p.Icon, in.IconName)
		setIf(&p.Hidden, in.IsHidden)
		if in.ContentUpdate != nil {
			p.elements = in.ContentUpdate.apply(p.elements, added)
		}
		p.Updated = time.Now()
	})
	return map[string]any{"requestId": id, "id": p.ID}, nil
}

func setIf[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

type contentUpdate struct {
	InsertionMode, ElementID string
	CanvasContent            pageContent
}

func (u *contentUpdate) check(p *Page) error {
	if p.Kind != "canvas" {
		return refuse(http.StatusBadRequest, "Only canvas pages can be updated with content.")
	}
	if u.InsertionMode != "append" && u.InsertionMode != "prepend" && u.InsertionMode != "replace" {
		return &fault{status: http.StatusBadRequest, message: "insertionMode must be append, prepend or replace", shape: ShapeSchema}
	}
	if u.ElementID != "" && indexOf(p.elements, u.ElementID) < 0 {
		return refuse(http.StatusBadRequest, "Could not find the element with the specified ID.")
	}
	return nil
}

// apply gives the elements after the update; ids of the others survive.
func (u *contentUpdate) apply(old, added []element) []element {
	from, to := 0, len(old)
	if at := indexOf(old, u.ElementID); at >= 0 {
		from, to = at, at+1
		if u.InsertionMode == "replace" && len(added) > 0 {
			added[0].id = old[at].id
		}
	}
	switch u.InsertionMode {
	case "append":
		from = to
	case "prepend":
		to = from
	}
	out := append([]element(nil), old[:from]...)
	out = append(out, added...)
	return append(out, old[to:]...)
}

func indexOf(elements []element, id string) int {
	for i, e := range elements {
		if e.id == id && id != "" {
			return i
		}
	}
	return -1
}

func (s *Server) listPageContent(r *request) (any, error) {
	p, err := s.findPage(r)
	if err != nil {
		return nil, err
	}
	if p.Kind != "canvas" {
		return nil, refuse(http.StatusBadRequest, "Only canvas pages have content.")
	}
	c, err := s.cursorOf(r, 50, 500)
	if err != nil {
		return nil, err
	}
	var lines []element
	for _, e := range p.elements {
		if e.style != styleObject { // tables, controls and images are not in it
			lines = append(lines, e)
		}
	}
	return paged(s, c, lines, func(e element) map[string]any {
		return map[string]any{"id": e.id, "type": "line", "itemContent": map[string]any{
			"style": e.style, "format": "plainText", "content": plain(e.text), "lineLevel": e.level}}
	}), nil
}
