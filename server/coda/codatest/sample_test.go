package codatest

import (
	"reflect"
	"testing"
)

func TestSampleIsWholeAndLarge(t *testing.T) {
	t.Parallel()
	w := Sample()
	w.finish()
	rows, deepest, types, kinds := 0, 0, map[string]bool{}, map[string]bool{}
	for _, d := range w.Docs {
		for _, p := range d.allPages() {
			depth := 1
			for up := p.parent; up != nil; up = up.parent {
				depth++
			}
			deepest = max(deepest, depth)
			kinds[p.Kind] = true
			for _, e := range p.elements {
				if e.table != "" && d.table(e.table) == nil {
					t.Errorf("%s / %s shows a table that is not there: %s", d.Name, p.Name, e.table)
				}
			}
		}
		for _, table := range d.Tables {
			if table.base == nil {
				rows += len(table.Rows)
			}
			for i, c := range table.Columns {
				types[c.Type] = true
				checkColumn(t, d, table, i, c)
			}
		}
	}
	if len(w.Docs) < 12 || rows < 3000 || deepest < 3 {
		t.Errorf("the sample has %d docs, %d rows, %d levels of pages", len(w.Docs), rows, deepest)
	}
	for _, want := range []string{"text", "number", "currency", "percent", "date", "dateTime", "select", "person", "lookup", "checkbox", "link", "email", "slider", "scale", "button", "image", "canvas"} {
		if !types[want] {
			t.Errorf("no column of type %s", want)
		}
	}
	if !kinds["embed"] || !kinds["syncPage"] || !kinds["table"] {
		t.Errorf("kinds of pages: %v", kinds)
	}
	t.Logf("%d docs, %d rows", len(w.Docs), rows)
}

// checkColumn finds values that stand under the wrong column or lead nowhere.
func checkColumn(t *testing.T, d *Doc, table *Table, i int, c *Column) {
	t.Helper()
	if c.Type == "lookup" && d.table(c.Table) == nil {
		t.Errorf("%s / %s / %s points to no table", d.Name, table.Name, c.Name)
		return
	}
	if c.Name == table.Columns[0].Name && i > 0 {
		t.Errorf("%s / %s has the column %s twice", d.Name, table.Name, c.Name)
	}
	for n, r := range table.rows() {
		if len(r.Values) != len(table.Columns) {
			t.Errorf("%s / %s row %d has %d values for %d columns", d.Name, table.Name, n, len(r.Values), len(table.Columns))
			return
		}
		v := r.Values[i]
		list, many := v.([]any)
		if many != c.Multi && v != nil {
			t.Errorf("%s / %s / %s: row %d is a list: %v", d.Name, table.Name, c.Name, n, many)
			return
		}
		if !many {
			list = []any{v}
		}
		for _, e := range list {
			if ok := fits(d, c, e); !ok {
				t.Errorf("%s / %s / %s: row %d holds %#v", d.Name, table.Name, c.Name, n, e)
				return
			}
		}
	}
}

func fits(d *Doc, c *Column, v any) bool {
	if v == nil {
		return true
	}
	ok := false
	switch c.Type {
	case "number", "currency", "percent", "slider", "scale":
		_, ok = v.(float64)
	case "checkbox":
		_, ok = v.(bool)
	case "person":
		_, ok = v.(Person)
	case "link":
		_, ok = v.(Link)
	case "image":
		_, ok = v.(Image)
	case "lookup":
		ref, is := v.(Ref)
		ok = is && d.refName(ref, c) != ""
	case "select":
		for _, o := range c.Options {
			ok = ok || o == v
		}
	default:
		_, ok = v.(string)
	}
	return ok
}

func TestSampleIsTheSameInEveryRun(t *testing.T) {
	t.Parallel()
	a, b := Sample(), Sample()
	for i := range a.Docs {
		for k := range a.Docs[i].Tables {
			if x, y := a.Docs[i].Tables[k], b.Docs[i].Tables[k]; x.ID != y.ID || !reflect.DeepEqual(x.Rows, y.Rows) {
				t.Fatalf("%s / %s differs between two runs", a.Docs[i].Name, x.Name)
			}
		}
	}
}

func TestSampleIDsAreUnique(t *testing.T) {
	t.Parallel()
	w := Sample()
	w.finish()
	seen := map[string]string{}
	note := func(id, what string) {
		if other, ok := seen[id]; ok {
			t.Errorf("%s is the id of %s and of %s", id, other, what)
		}
		seen[id] = what
	}
	for _, d := range w.Docs {
		note(d.ID, d.Name)
		for _, p := range d.allPages() {
			note(p.ID, p.Name)
			for _, e := range p.elements {
				note(e.id, e.text)
			}
		}
		for _, table := range d.Tables {
			note(table.ID, table.Name)
			if table.base != nil {
				continue
			}
			for _, r := range table.Rows {
				note(r.ID, table.Name)
			}
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for b.Loop() {
		New(Options{Workspace: Sample()})
	}
}

func TestTheSampleAnswersItsOwnQuestions(t *testing.T) {
	t.Parallel()
	w := Sample()
	w.finish()
	overdue, launch := w.Docs[0].table("Overdue tasks"), w.Docs[0].table("Atlas launch tasks")
	late := map[string]bool{}
	for _, r := range overdue.rows() {
		late[r.ID] = true
	}
	n := 0
	for _, r := range launch.rows() {
		if late[r.ID] {
			n++
		}
	}
	if len(launch.rows()) != len(launchTasks) || n != 5 {
		t.Errorf("%d of %d launch tasks of Atlas are overdue", n, len(launch.rows()))
	}
}
