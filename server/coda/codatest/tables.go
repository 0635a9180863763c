package codatest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) tableRef(d *Doc, t *Table) map[string]any {
	kind := "table"
	if t.base != nil {
		kind = "view"
	}
	m := map[string]any{"id": t.ID, "type": "table", "tableType": kind, "name": t.Name,
		"href": s.api("/docs/" + d.ID + "/tables/" + t.ID), "browserLink": d.tableLink(t)}
	if p := d.page(t.Page); p != nil {
		m["parent"] = s.pageRef(d, p)
	}
	return m
}

func (s *Server) listTables(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	var found []*Table
	kinds := c.query.Get("tableTypes")
	for _, t := range r.doc.Tables {
		kind := "table"
		if t.base != nil {
			kind = "view"
		}
		if kinds == "" || slices.Contains(strings.Split(kinds, ","), kind) {
			found = append(found, t)
		}
	}
	return paged(s, c, found, func(t *Table) map[string]any { return s.tableRef(r.doc, t) }), nil
}

func (s *Server) findTable(r *request) (*Table, error) {
	t := r.doc.table(r.PathValue("table"))
	if t == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a table with the specified ID or name.")
	}
	return t, nil
}

func (s *Server) columnRef(d *Doc, t *Table, c *Column) map[string]any {
	return map[string]any{"id": c.ID, "type": "column", "href": s.api("/docs/" + d.ID + "/tables/" + t.ID + "/columns/" + c.ID)}
}

func (s *Server) getTable(r *request) (any, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, err
	}
	m := s.tableRef(r.doc, t)
	_, display := t.displayColumn()
	m["displayColumn"] = s.columnRef(r.doc, t, display)
	m["rowCount"] = len(t.rows())
	m["sorts"] = []any{}
	m["layout"] = cmp.Or(t.Layout, "default")
	m["createdAt"], m["updatedAt"] = stamp(t.Created), stamp(t.Updated)
	if t.base != nil {
		m["parentTable"] = s.tableRef(r.doc, t.base)
		m["filter"] = map[string]any{"valid": true, "isVolatile": false, "hasUserFormula": false, "hasTodayFormula": false, "hasNowFormula": false}
	}
	return m, nil
}

func (s *Server) listColumns(r *request) (any, error) {
	t, err := s.findTable(r)
	if err != nil {
		return nil, err
	}
	c, err := s.cursorOf(r, 25, 100)
	if err != nil {
		return nil, err
	}
	return paged(s, c, t.Columns, func(col *Column) map[string]any { return s.showColumn(r.doc, t, col) }), nil
}

func (s *Server) showColumn(d *Doc, t *Table, col *Column) map[string]any {
	m := s.columnRef(d, t, col)
	m["name"], m["format"] = col.Name, s.format(d, col)
	if col.Display {
		m["display"] = true
	}
	if col.Calculated {
		m["calculated"], m["formula"] = true, col.Formula
	}
	return m
}

// format describes a column's type as the API does.
func (s *Server) format(d *Doc, c *Column) map[string]any {
	f := map[string]any{"type": c.Type, "isArray": c.Multi}
	if s.knobs.Odd {
		f["isArray"] = !c.Multi // the service is at times wrong here
	}
	switch c.Type {
	case "select":
		options := []any{}
		for _, o := range c.Options {
			options = append(options, map[string]any{"name": o})
		}
		f["options"] = options
	case "lookup":
		if t := d.table(c.Table); t != nil {
			f["table"] = s.tableRef(d, t)
		}
	case "currency":
		f["currencyCode"], f["precision"], f["format"] = cmp.Or(c.Currency, "USD"), 2, "currency"
	case "number", "percent":
		f["precision"], f["useThousandsSeparator"] = 0, true
	case "date":
		f["format"] = "YYYY-MM-DD"
	case "dateTime":
		f["dateFormat"], f["timeFormat"] = "YYYY-MM-DD", "h:mm A"
	case "slider":
		f["minimum"], f["maximum"], f["step"], f["displayType"], f["showValue"] = 0, c.Max, 1, "slider", true
	case "scale":
		f["maximum"], f["icon"] = c.Max, "star"
	case "checkbox":
		f["displayType"] = "check"
	case "image":
		f["width"], f["height"], f["style"] = 64, 64, "auto"
	case "button":
		f["label"], f["action"] = c.Label, "ModifyRows(thisRow)"
	case "link":
		f["display"], f["force"] = "title", false
	case "email":
		f["display"], f["autocomplete"] = "iconAndEmail", true
	}
	return f
}
