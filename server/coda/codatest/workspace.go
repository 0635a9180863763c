package codatest

import (
	"cmp"
	"hash/fnv"
	"strings"
	"time"
)

// Workspace is everything an account sees. A test may write one down; New
// fills in missing ids and takes the value over.
type Workspace struct {
	User Person
	Docs []*Doc
}

// Person is a member of the workspace, and the value of a person column.
type Person struct{ Name, Email string }

// Doc is a document.
type Doc struct {
	ID, Name         string
	Owner            Person // zero means the workspace's user
	Folder           string
	Icon             string
	Created, Updated time.Time
	// OverLimit docs refuse to be read, being over 125 MB.
	OverLimit bool
	Pages     []*Page // the top level
	Tables    []*Table
	Formulas  []*Formula
	Controls  []*Control
	Rules     []string // ids of automations that wait for a webhook

	sharing   sharing
	published map[string]any // as it was published; nil when it is not

	seq int // counts changes of rows, for sync tokens
}

// Page is a page of a doc.
type Page struct {
	ID, Name, Subtitle, Icon string
	// Kind is the contentType; empty means canvas.
	Kind   string
	Hidden bool
	// Body is Markdown; a line {{Table Name}} stands for that table.
	Body             string
	Children         []*Page
	Created, Updated time.Time

	parent   *Page
	elements []element
	pending  bool // created, but its mutation is not done
}

// Table is a base table, or a view when ViewOf is set.
type Table struct {
	ID, Name string
	Page     string // name or id of the page it stands on; empty: where its {{name}} is
	ViewOf   string // name or id of the base table
	Layout   string
	Columns  []*Column
	Rows     []*Row

	base             *Table // of a view
	filter           func(*Row) bool
	Created, Updated time.Time
}

// Column is a column. Type is one of the API's column types.
type Column struct {
	ID, Name, Type string
	Display        bool
	Calculated     bool
	Formula        string
	Multi          bool
	Options        []string // select
	Table          string   // lookup: name or id of the table it points to
	Currency       string
	Max            float64 // slider, scale
	Label          string  // button
}

// Formula is a named formula. Its value is a scalar or a list of scalars.
type Formula struct {
	ID, Name string
	Page     string // name or id of the page it stands on; empty: the first
	Value    any
}

// Control is a control; Kind is one of the API's control types.
type Control struct {
	ID, Name, Kind string
	Page           string
	Value          any
}

// Row is a row; Values stand in the order of the table's columns. A value is
// nil, string, float64, bool, Person, Ref, Link, Image, or []any of such.
// Dates are text: 2026-11-20, or 2026-11-20T15:04.
type Row struct {
	ID               string
	Values           []any
	Created, Updated time.Time

	index, seq int
}

// Ref is the value of a lookup column: the id of a row of the other table.
type Ref string

// Link is the value of a link column.
type Link struct{ Name, URL string }

// Image is the value of an image column.
type Image struct{ Name, URL string }

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// makeID makes the ten characters of an id out of what it names, so that the
// same workspace has the same ids in every run.
func makeID(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	n := h.Sum64()
	n ^= n >> 29 // the hash of short texts differs too little in its high bits
	n *= 0xbf58476d1ce4e5b9
	var out [10]byte
	for i := range out {
		out[i] = base62[n%62]
		n /= 62
	}
	return string(out[:])
}

// finish fills in ids, times and the links between things.
func (w *Workspace) finish() {
	if w.User.Name == "" {
		w.User = people()[0]
	}
	for _, d := range w.Docs {
		if d.ID == "" {
			d.ID = makeID("doc", d.Name)
		}
		if d.Owner.Name == "" {
			d.Owner = w.User
		}
		d.Created = cmp.Or(d.Created, sampleNow.AddDate(0, -6, 0))
		d.Updated = cmp.Or(d.Updated, sampleNow)
		d.finishPages(nil, d.Pages, map[string]int{})
		for _, t := range d.Tables {
			d.finishTable(t)
		}
		for _, t := range d.Tables {
			d.linkTable(t)
		}
		d.finishObjects()
	}
}

func (d *Doc) finishPages(parent *Page, pages []*Page, seen map[string]int) {
	for _, p := range pages {
		if p.ID == "" {
			seen[p.Name]++
			p.ID = "canvas-" + makeID("page", d.ID, p.Name, strings.Repeat("+", seen[p.Name]))
		}
		p.Kind = cmp.Or(p.Kind, "canvas")
		p.Created, p.Updated = cmp.Or(p.Created, d.Created), cmp.Or(p.Updated, d.Updated)
		p.parent = parent
		if p.elements == nil {
			p.elements = parseMarkdown(p.Body, "cl-"+p.ID)
		}
		p.Body = ""
		d.finishPages(p, p.Children, seen)
	}
}

func (d *Doc) finishTable(t *Table) {
	if t.ID == "" {
		prefix := "grid-"
		if t.ViewOf != "" {
			prefix = "table-"
		}
		t.ID = prefix + makeID("table", d.ID, t.Name)
	}
	t.Created, t.Updated = cmp.Or(t.Created, d.Created), cmp.Or(t.Updated, d.Updated)
	display := false
	for _, c := range t.Columns {
		if c.ID == "" {
			c.ID = "c-" + makeID("column", t.ID, c.Name)
		}
		c.Type = cmp.Or(c.Type, "text")
		display = display || c.Display
	}
	if !display && len(t.Columns) > 0 {
		t.Columns[0].Display = true
	}
	var number [8]byte
	for i, r := range t.Rows {
		if r.ID == "" {
			for k := range number {
				number[k] = byte(i >> (8 * k))
			}
			r.ID = "i-" + makeID("row", t.ID, string(number[:]))
		}
		r.index = i
		r.Created, r.Updated = cmp.Or(r.Created, t.Created), cmp.Or(r.Updated, t.Updated)
	}
}

// linkTable turns names into ids, once all tables have theirs.
func (d *Doc) linkTable(t *Table) {
	for _, p := range d.allPages() {
		if t.Page == p.Name || (t.Page == "" && p.shows(t.Name)) {
			t.Page = p.ID
			break
		}
	}
	if t.Page == "" && len(d.Pages) > 0 {
		t.Page = d.Pages[0].ID // every table stands somewhere
	}
	if t.ViewOf != "" {
		t.base = d.table(t.ViewOf)
		if t.base != nil && len(t.Columns) == 0 {
			t.Columns = t.base.Columns
		}
	}
	for _, c := range t.Columns {
		if target := d.table(c.Table); target != nil {
			c.Table = target.ID
		}
	}
}
