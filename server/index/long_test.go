package index_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/index"
	store "codabridge/server/store/index"
)

// filled is a written index without a crawler: docs with pages and one table.
type filled struct {
	testing.TB
	db  *store.DB
	x   *index.Index
	all []store.DocState
	// path is the database file.
	path string
}

// newFilled writes docs of these names; their numbers are their places.
func newFilled(t testing.TB, names ...string) *filled {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index.db")
	db, _, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &filled{TB: t, path: path, db: db, x: index.New(index.Options{Path: path, Owner: func() string { return "me" }, SearchTime: time.Hour})}
	t.Cleanup(func() { f.x.Close(); db.Close() })
	_, err = db.Claim(context.Background(), "me")
	f.must(err)
	var docs []store.Doc
	now := time.Now()
	for i, name := range names {
		docs = append(docs, store.Doc{ID: fmt.Sprintf("doc%07d", i), Name: name,
			Version: "1", Words: index.Words(name), Also: index.Also(name), Updated: now})
	}
	f.must(db.SyncDocs(context.Background(), docs, nil, now))
	f.all, err = db.Docs(context.Background())
	f.must(err)
	slices.SortFunc(f.all, func(a, b store.DocState) int { return strings.Compare(a.ID, b.ID) })
	return f
}

// must fails the test where the last of some results is an error.
func (f *filled) must(results ...any) {
	f.Helper()
	if err := results[len(results)-1]; err != nil {
		f.Fatal(err)
	}
}

// pages gives a doc these pages, each a title and a text.
func (f *filled) pages(doc int, pages ...[2]string) {
	f.Helper()
	ctx, d := context.Background(), f.all[doc]
	var things []store.Thing
	for i, p := range pages {
		things = append(things, store.Thing{Kind: store.Pages, Ref: fmt.Sprintf("canvas-%d-%d", doc, i),
			Title: p[0], Words: index.Words(p[0]), Also: index.Also(p[0]), Version: "1"})
	}
	f.must(f.db.SyncThings(ctx, d.Num, "1", things, time.Now()))
	waiting, err := f.db.WaitingPages(ctx, d.Num)
	f.must(err)
	for i, g := range waiting {
		f.must(f.db.PutText(ctx, g.ID, store.Text{Body: pages[i][1], TitleWords: index.Words(g.Title),
			BodyWords: index.Words(pages[i][1]), Also: index.Also(g.Title, pages[i][1]), Version: "1"}))
	}
	f.must(f.db.FinishDoc(ctx, d.Num, "1", time.Now()))
}

// rows gives a doc one table with rows of these titles, all with one body.
func (f *filled) rows(doc int, body string, titles ...string) {
	f.Helper()
	ctx, d := context.Background(), f.all[doc]
	f.must(f.db.SyncThings(ctx, d.Num, "1", []store.Thing{{Kind: store.Tables, Ref: "grid", Title: "List", Words: "list"}}, time.Now()))
	tables, err := f.db.WaitingTables(ctx, d.Num)
	f.must(err)
	tables[0].Gen, tables[0].Columns, tables[0].RowCount = 1, "Name", len(titles)
	f.must(f.db.BeginRows(ctx, tables[0], store.Text{TitleWords: "list"}, "https://coda.io/", time.Now()))
	var rows []store.Row
	for i, title := range titles {
		rows = append(rows, store.Row{Ref: fmt.Sprintf("i-%d", i), Title: title, Body: body,
			TitleWords: index.Words(title), BodyWords: index.Words(body), Also: index.Also(title, body)})
	}
	f.must(f.db.PutRows(ctx, tables[0].ID, 1, rows, ""))
	f.must(f.db.EndRows(ctx, tables[0], true, time.Now()))
	f.must(f.db.FinishDoc(ctx, d.Num, "1", time.Now()))
}

func (f *filled) search(query string) index.Answer {
	f.Helper()
	a, err := f.x.Search(context.Background(), index.Ask{Query: query})
	f.must(err)
	return a
}

func titles(a index.Answer) string {
	var out []string
	for _, h := range a.Hits {
		out = append(out, h.Title)
	}
	return strings.Join(out, ", ")
}

// book is a text of about n bytes in chapters, with a sentence at its end.
func book(n int, end string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "# Chapter %d\n%s\n", i, strings.Repeat("plain prose about nothing in particular ", 50))
	}
	return b.String() + "# Last words\n" + end + "\n"
}

// TestSearchShowsWhatItFound: what holds little of the query stands behind what
// holds it all, as many as are asked for, and the rest is counted and can be asked
// for.
func TestSearchShowsWhatItFound(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Library")
	pages := [][2]string{{"Walrus tusk ivory", "walrus tusk ivory"}}
	for range 6 {
		pages = append(pages, [2]string{"Weak", book(60_000, "an ivory tower")})
	}
	f.pages(0, pages...)
	for _, c := range []struct {
		query string
		skip  int
		shown string
		rest  string
	}{
		{"walrus tusk ivory", 0, "Walrus tusk ivory, Weak, Weak, Weak, Weak", "2 more results are left out, which have only some of the words."},
		{"walrus tusk ivory", 5, "Weak, Weak", ""},
		{"walrus quagga ivory", 0, "Walrus tusk ivory, Weak, Weak, Weak, Weak", "2 more results are left out, which have only some of the words."},
		{`"walrus ivory" tower`, 0, "Walrus tusk ivory, Weak, Weak, Weak, Weak", "2 more results are left out, which have only some of the words."},
		{"ivory", 0, "Walrus tusk ivory, Weak, Weak, Weak, Weak", "2 more results are left out."},
	} {
		a, err := f.x.Search(context.Background(), index.Ask{Query: c.query, Limit: 5, Skip: c.skip})
		f.must(err)
		next := 0
		if c.rest != "" {
			next = 5
		}
		if titles(a) != c.shown || a.Rest() != c.rest || a.Next != next {
			t.Errorf("%q from %d: %s, next %d: %s", c.query, c.skip, titles(a), a.Next, a.Rest())
		}
	}
	a, err := f.x.Search(context.Background(), index.Ask{Query: "ivory", Bytes: 1})
	f.must(err)
	if len(a.Hits) != 1 || a.Next != 1 || a.Rest() != "6 more results are left out, as the answer would be too long." {
		t.Errorf("%s, next %d: %s", titles(a), a.Next, a.Rest())
	}
}

func ids(a index.Answer) []string {
	var out []string
	for _, h := range a.Hits {
		out = append(out, h.ID)
	}
	return out
}
