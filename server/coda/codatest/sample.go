package codatest

import (
	"embed"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pageTexts are the pages of the sample docs. A line of one to three @ begins
// a page of that depth: @ name | subtitle | icon | hidden, or a kind of page.
// [[-3]] stands for the date three days ago.
//
//go:embed sample/*.md
var pageTexts embed.FS

var sampleNow = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Sample is the workspace of Fernhill, a company of 24 people that makes
// software for bicycle shops, and of Robin, who also has a kitchen to build.
// It is the same in every run, seen from 20 November 2026.
func Sample() Workspace { return SampleAt(sampleNow) }

// SampleAt is Sample with its dates moved, so that what is overdue on the day
// of now is so by some days and not by years.
func SampleAt(now time.Time) Workspace {
	b := &builder{now: now, rand: rand.New(rand.NewPCG(20261120, 7))}
	return Workspace{User: people()[0], Docs: []*Doc{
		b.roadmap(), b.handbook(), b.crm(), b.hiring(), b.okrs(), b.meetings(), b.support(),
		b.releases(), b.budget(), b.marketing(), b.renovation(), b.trip(), b.recipes(), b.reading(),
	}}
}

// builder makes the sample; its random numbers are the same in every run.
type builder struct {
	now  time.Time
	rand *rand.Rand
}

// doc begins a doc with the pages of sample/file.md.
func (b *builder) doc(name, file, folder, icon string, daysAgo int) *Doc {
	d := &Doc{Name: name, ID: makeID("doc", name), Folder: folder, Icon: icon,
		Created: b.now.AddDate(0, -11, -daysAgo), Updated: b.now.Add(-time.Duration(daysAgo) * 24 * time.Hour)}
	text, err := pageTexts.ReadFile("sample/" + file + ".md")
	if err != nil {
		panic(err) // the files are part of the program
	}
	d.Pages = b.pages(string(text))
	return d
}

var dateMark = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[\[([+-]\d+)\]\]`) })

// pages reads the tree of pages of one file.
func (b *builder) pages(text string) []*Page {
	text = dateMark().ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.Atoi(m[2 : len(m)-2])
		return b.now.AddDate(0, 0, n).Format("2 January 2006")
	})
	root := &Page{}
	path := []*Page{root}
	var body *strings.Builder
	end := func() {
		if body != nil {
			path[len(path)-1].Body = body.String()
		}
	}
	for _, line := range strings.Split(text, "\n") {
		depth := len(line) - len(strings.TrimLeft(line, "@"))
		if depth == 0 {
			if body != nil {
				body.WriteString(line + "\n")
			}
			continue
		}
		end()
		p := b.heading(line[depth:])
		path = append(path[:depth], p)
		path[depth-1].Children = append(path[depth-1].Children, p)
		body = &strings.Builder{}
	}
	end()
	return root.Children
}

// heading reads "name | subtitle | icon | option".
func (b *builder) heading(line string) *Page {
	parts := append(strings.Split(line, "|"), "", "", "")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	p := &Page{Name: parts[0], Subtitle: parts[1], Icon: parts[2]}
	if parts[3] == "hidden" {
		p.Hidden = true
	} else {
		p.Kind = parts[3]
	}
	p.Updated = b.now.Add(-time.Duration(b.rand.IntN(40*24)) * time.Hour)
	return p
}

// sheet is a table while it is filled.
type sheet struct {
	*Table
	b *builder
}

// table adds a base table to a doc. A column is written "Name:type", see col.
func (b *builder) table(d *Doc, name string, columns ...*Column) sheet {
	t := &Table{Name: name, ID: "grid-" + makeID("table", d.ID, name), Columns: columns, Updated: d.Updated}
	d.Tables = append(d.Tables, t)
	return sheet{t, b}
}

// view adds a view of a table that shows the rows that keep takes.
func (s sheet) view(d *Doc, name, layout string, keep func(*Row) bool) {
	d.Tables = append(d.Tables, &Table{Name: name, ViewOf: s.ID, Layout: layout, Updated: d.Updated, filter: keep})
}

// add appends a row and gives the reference to it.
func (s sheet) add(values ...any) Ref {
	id := "i-" + makeID("row", s.ID, strconv.Itoa(len(s.Rows)))
	created := s.b.now.Add(-time.Duration(24+s.b.rand.IntN(120*24)) * time.Hour)
	updated := created.Add(time.Duration(s.b.rand.IntN(int(s.b.now.Sub(created)/time.Hour))) * time.Hour)
	s.Rows = append(s.Rows, &Row{ID: id, Values: values, Created: created, Updated: updated})
	return Ref(id)
}

// col makes a column; change sets what its type needs.
func col(name, kind string, change ...func(*Column)) *Column {
	c := &Column{Name: name, Type: kind}
	for _, f := range change {
		f(c)
	}
	return c
}

func options(o ...string) func(*Column)   { return func(c *Column) { c.Options = o } }
func relation(table string) func(*Column) { return func(c *Column) { c.Table = table } }
func upTo(n float64) func(*Column)        { return func(c *Column) { c.Max = n } }
func label(text string) func(*Column)     { return func(c *Column) { c.Label = text } }
func many(c *Column)                      { c.Multi = true }
func formula(text string) func(c *Column) {
	return func(c *Column) { c.Calculated, c.Formula = true, text }
}
func (b *builder) day(n int) string        { return b.now.AddDate(0, 0, n).Format("2006-01-02") }
func (b *builder) between(low, hi int) int { return low + b.rand.IntN(hi-low+1) }
func (b *builder) chance(percent int) bool { return b.rand.IntN(100) < percent }

func (b *builder) moment(n, hour, minute int) string {
	day := b.now.AddDate(0, 0, n)
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, time.UTC).Format("2006-01-02T15:04")
}

// pick takes one of a list.
func pick[T any](b *builder, from []T) T { return from[b.rand.IntN(len(from))] }

// some takes a few different ones of a list.
func some[T any](b *builder, from []T, n int) []any {
	out := []any{}
	for _, i := range b.rand.Perm(len(from))[:n] {
		out = append(out, from[i])
	}
	return out
}
