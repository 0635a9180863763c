package codatest

import (
	"net/http"
	"slices"
)

func (s *Server) getColumn(r *request) (any, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, err
	}
	_, c := t.column(r.PathValue("column"))
	if c == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a column with the specified ID or name.")
	}
	m := s.showColumn(r.doc, t, c)
	m["parent"] = s.tableRef(r.doc, t)
	return m, nil
}

// objectRef is a formula or control as a list shows it.
func (s *Server) objectRef(d *Doc, kind, id, name, page string) map[string]any {
	m := map[string]any{"id": id, "type": kind, "name": name, "href": s.api("/docs/" + d.ID + "/" + kind + "s/" + id)}
	p := d.page(page)
	if p == nil && len(d.Pages) > 0 {
		p = d.Pages[0]
	}
	if p != nil {
		m["parent"] = s.pageRef(d, p)
	}
	return m
}

func (s *Server) listFormulas(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	return paged(s, c, r.doc.Formulas, func(f *Formula) map[string]any { return s.objectRef(r.doc, "formula", f.ID, f.Name, f.Page) }), nil
}

func (s *Server) getFormula(r *request) (any, error) {
	want := r.PathValue("formula")
	f := find(r.doc.Formulas, func(f *Formula) bool { return f.ID == want }, func(f *Formula) bool { return f.Name == want })
	if f == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a formula with the specified ID or name.")
	}
	m := s.objectRef(r.doc, "formula", f.ID, f.Name, f.Page)
	m["value"] = f.Value
	return m, nil
}

func (s *Server) listControls(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	return paged(s, c, r.doc.Controls, func(f *Control) map[string]any { return s.objectRef(r.doc, "control", f.ID, f.Name, f.Page) }), nil
}

func (s *Server) getControl(r *request) (any, error) {
	want := r.PathValue("control")
	c := find(r.doc.Controls, func(c *Control) bool { return c.ID == want }, func(c *Control) bool { return c.Name == want })
	if c == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a control with the specified ID or name.")
	}
	m := s.objectRef(r.doc, "control", c.ID, c.Name, c.Page)
	m["value"], m["controlType"] = c.Value, c.Kind
	return m, nil
}

func (s *Server) triggerAutomation(r *request) (any, error) {
	if !slices.Contains(r.doc.Rules, r.PathValue("rule")) {
		return nil, refuse(http.StatusNotFound, "Could not find an automation with the specified ID.")
	}
	return map[string]any{"requestId": s.queue(r.doc, func() {})}, nil
}
