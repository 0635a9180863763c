package codatest

import (
	"cmp"
)

// shows reports whether a table stands on the page.
func (p *Page) shows(table string) bool {
	for _, e := range p.elements {
		if e.table == table {
			return true
		}
	}
	return false
}

// allPages lists the pages of all depths, parents before children.
func (d *Doc) allPages() []*Page {
	var out []*Page
	var walk func([]*Page)
	walk = func(pages []*Page) {
		for _, p := range pages {
			if !p.pending {
				out = append(out, p)
			}
			walk(p.Children)
		}
	}
	walk(d.Pages)
	return out
}

// page finds a page by id, else the first of that name.
func (d *Doc) page(idOrName string) *Page {
	pages := d.allPages()
	return find(pages, func(p *Page) bool { return p.ID == idOrName }, func(p *Page) bool { return p.Name == idOrName })
}

func (d *Doc) table(idOrName string) *Table {
	return find(d.Tables, func(t *Table) bool { return t.ID == idOrName }, func(t *Table) bool { return t.Name == idOrName })
}

func (t *Table) column(idOrName string) (int, *Column) {
	for i, c := range t.Columns {
		if c.ID == idOrName {
			return i, c
		}
	}
	for i, c := range t.Columns {
		if c.Name == idOrName {
			return i, c
		}
	}
	return -1, nil
}

func (t *Table) displayColumn() (int, *Column) {
	for i, c := range t.Columns {
		if c.Display {
			return i, c
		}
	}
	return 0, &Column{ID: "c-none", Name: "Name", Type: "text"}
}

// rows are the table's own, or those of its base that the view shows.
func (t *Table) rows() []*Row {
	if t.base == nil {
		return t.Rows
	}
	if t.filter == nil {
		return t.base.Rows
	}
	var out []*Row
	for _, r := range t.base.Rows {
		if t.filter(r) {
			out = append(out, r)
		}
	}
	return out
}

// finishObjects fills in the ids of formulas and controls.
func (d *Doc) finishObjects() {
	for _, f := range d.Formulas {
		f.ID = cmp.Or(f.ID, "f-"+makeID("formula", d.ID, f.Name))
	}
	for _, c := range d.Controls {
		c.ID = cmp.Or(c.ID, "ctrl-"+makeID("control", d.ID, c.Name))
		c.Kind = cmp.Or(c.Kind, "textbox")
	}
}

// find gives the first item that the first test takes, else of the next one.
func find[T any](items []*T, tests ...func(*T) bool) *T {
	for _, ok := range tests {
		for _, it := range items {
			if ok(it) {
				return it
			}
		}
	}
	return nil
}
