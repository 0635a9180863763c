package index_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// small is a workspace of three docs.
func small() codatest.Workspace {
	old := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rows := func(names ...string) (out []*codatest.Row) {
		for _, n := range names {
			out = append(out, &codatest.Row{ID: "i-" + n, Values: []any{n, "note about " + n}})
		}
		return out
	}
	return codatest.Workspace{Docs: []*codatest.Doc{
		{ID: "garden0001", Name: "Garden", Updated: old,
			Pages: []*codatest.Page{
				{ID: "canvas-beds", Name: "Vegetable beds", Body: "# Spring\nSow radishes under glass.\n# Autumn\nGarlic goes in before the frost.", Updated: old},
				{ID: "canvas-shed", Name: "Shed", Body: "The mower wants oil.", Updated: old}},
			Tables: []*codatest.Table{{ID: "grid-plants", Name: "Plants", Page: "canvas-beds",
				Columns: []*codatest.Column{{ID: "c-n", Name: "Plant"}, {ID: "c-t", Name: "Note"}}, Rows: rows("dahlia", "lavender", "rhubarb")}}},
		{ID: "kitchen001", Name: "Kitchen", Updated: old.Add(time.Hour),
			Pages: []*codatest.Page{{ID: "canvas-soup", Name: "Soups", Body: "Minestrone with lavender salt.", Updated: old}}},
		{ID: "secret0001", Name: "Diary", Updated: old.Add(-time.Hour),
			Pages: []*codatest.Page{{ID: "canvas-diary", Name: "Monday", Body: "Nobody may read about the zeppelin.", Updated: old}}},
	}}
}

// write sends a change to the fake, which is done at once.
func (b *harness) write(method, path, body string) {
	b.Helper()
	b.fake.Set(func(k *codatest.Knobs) { k.MutationAfter = time.Nanosecond })
	req, err := http.NewRequest(method, b.fake.URL()+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+codatest.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode >= 300 {
		b.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

func TestWhatASearchMayAsk(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	for _, c := range []struct{ what, query, first string }{
		{"a word inside a page", "radishes", "page:garden0001/canvas-beds"},
		{"a word of a row", "rhubarb", "row:garden0001/grid-plants/i-rhubarb"},
		{"the beginning of a word", "minestr", "page:kitchen001/canvas-soup"},
		{"two words far apart", "sow frost", "page:garden0001/canvas-beds"},
		{"an exact phrase", `"before the frost"`, "page:garden0001/canvas-beds"},
		{"without a word", "lavender -minestrone", "row:garden0001/grid-plants/i-lavender"},
		{"one kind only", "lavender type:page", "page:kitchen001/canvas-soup"},
		{"in one doc only", "doc:kitchen lavender", "page:kitchen001/canvas-soup"},
		{"a slip of the finger", "minestrnoe", "page:kitchen001/canvas-soup"},
		{"the doc around a row", "garden dahlia", "row:garden0001/grid-plants/i-dahlia"},
		{"the name of a doc", "garden", "doc:garden0001"},
		{"operators are words", `radishes AND "`, "page:garden0001/canvas-beds"},
	} {
		b.finds(c.what, c.query, c.first)
	}
	b.findsNot("a phrase in another order", `"the before frost"`)
	b.findsNot("nothing has it", "qqqzzz")
	b.findsNot("marks without words", `"" - ( * NEAR`+" ~~")
	for _, odd := range []string{"", "   ", `"`, "-", "doc:", "type:x", "NEAR(a b)", "a*b", "^x", "{title}:y", strings.Repeat("x ", 400), "\x00", "\xff\xfe"} {
		if _, err := b.x.Search(context.Background(), index.Ask{Query: odd}); err != nil {
			t.Errorf("%q: %v", odd, err)
		}
	}
	hit := b.search("garlic").Hits[0]
	if hit.Title != "Vegetable beds" || hit.Doc != "Garden" || hit.Kind != "page" || !strings.HasPrefix(hit.URL, "https://") || !strings.Contains(hit.Text, "**Garlic** goes in") {
		t.Errorf("%+v", hit)
	}
	if row := b.search("dahlia").Hits[0]; !strings.Contains(row.Text, "Note: note about **dahlia**") || !strings.HasSuffix(row.URL, "i-dahlia") || row.Holder != "Plants" {
		t.Errorf("%+v", row)
	}
}

// TestTheIndexFollows: what changes, and above all what goes away, must show.
func TestTheIndexFollows(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	first := b.fake.Count("")
	b.again()
	if n := b.fake.Count("") - first; n > 2 {
		t.Errorf("a look without changes took %d requests, want whoami and one list", n)
	}
	b.write("PUT", "/docs/garden0001/pages/canvas-shed", `{"contentUpdate":{"insertionMode":"replace","canvasContent":{"format":"markdown","content":"The mower is sold."}}}`)
	b.write("POST", "/docs/garden0001/tables/grid-plants/rows", `{"rows":[{"cells":[{"column":"c-n","value":"saffron"}]}]}`)
	b.again()
	b.finds("an edited page", "sold", "page:garden0001/canvas-shed")
	b.findsNot("the old text of a page", "oil")
	if a := b.search("saffron"); len(a.Hits) != 1 || a.Hits[0].Kind != "row" {
		t.Errorf("a new row: %+v", a)
	}
	b.write("DELETE", "/docs/garden0001/tables/grid-plants/rows/i-dahlia", "")
	b.write("DELETE", "/docs/garden0001/pages/canvas-beds", "")
	b.write("DELETE", "/docs/secret0001", "")
	b.again()
	b.findsNot("a deleted row", "dahlia")
	b.findsNot("a deleted page", "radishes")
	b.findsNot("a deleted doc", "zeppelin")
	b.finds("what stays", "rhubarb", "row:garden0001/grid-plants/i-rhubarb")
}

// TestARenamedTableKeepsItsColumns: its rows have not changed, and still the
// words of its columns must be found under the new name.
func TestARenamedTableKeepsItsColumns(t *testing.T) {
	t.Parallel()
	w := small()
	b := newHarness(t, w)
	b.start()
	b.crawled()
	b.finds("a column", "note type:table", "table:garden0001/grid-plants")
	b.fake.Set(func(*codatest.Knobs) {
		w.Docs[0].Tables[0].Name = "Perennials"
		w.Docs[0].Updated = w.Docs[0].Updated.Add(time.Hour)
	})
	b.again()
	b.finds("the new name", "perennials type:table", "table:garden0001/grid-plants")
	b.finds("a column, after the new name", "note type:table", "table:garden0001/grid-plants")
}

func TestExcludedAndForbiddenDocsAreNotFound(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	b.set(func() { b.exclude = []string{"secret0001"} })
	s := b.again()
	b.findsNot("an excluded doc", "zeppelin")
	b.findsNot("the name of an excluded doc", "diary")
	if s.Coverage.Excluded != 1 || len(s.Docs) != 3 {
		t.Errorf("%+v", s.Coverage)
	}
	b.set(func() { b.exclude = nil })
	b.again()
	b.finds("let in again", "zeppelin", "page:secret0001/canvas-diary")
	a, err := b.x.Search(context.Background(), index.Ask{Query: "lavender", Documents: []string{"kitchen001"}})
	if err != nil || len(a.Hits) != 1 || a.Hits[0].DocID != "kitchen001" || a.Coverage.Docs != 1 {
		t.Errorf("the allow-list at the search: %+v %v", a, err)
	}
	if a, err := b.x.Search(context.Background(), index.Ask{Query: "lavender", Documents: []string{}}); err != nil || len(a.Hits) != 0 {
		t.Errorf("an empty allow-list: %+v %v", a, err)
	}
	b.set(func() { b.allowed = []string{"kitchen001"} })
	b.again()
	b.findsNot("a doc off the allow-list", "rhubarb")
}

// TestNothingOfAnotherAccountIsShown: the token, or the account behind it,
// may be another one at any moment.
func TestNothingOfAnotherAccountIsShown(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	reader := index.New(index.Options{SearchTime: time.Hour, Path: b.opt.Path, Owner: func() string { return "owner-1" }})
	t.Cleanup(reader.Close)
	if a, err := reader.Search(context.Background(), index.Ask{Query: "rhubarb"}); err != nil || len(a.Hits) == 0 {
		t.Fatalf("another process of the same owner: %+v %v", a, err)
	}
	b.set(func() { b.owner = "owner-2" })
	if a, err := b.x.Search(context.Background(), index.Ask{Query: "rhubarb"}); !errors.Is(err, index.ErrNone) {
		t.Errorf("before the crawler knew: %+v %v", a, err)
	}
	b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus = -1, 503 })
	b.x.Poke()
	b.until("the crawler met the failure", func(s index.Status) bool { return s.Trouble != "" && s.Work == "" })
	if a, err := b.x.Search(context.Background(), index.Ask{Query: "rhubarb"}); err != nil || len(a.Hits) != 0 {
		t.Errorf("emptied, not yet filled: %+v %v", a, err)
	}
	if a, err := reader.Search(context.Background(), index.Ask{Query: "rhubarb"}); !errors.Is(err, index.ErrNone) {
		t.Errorf("the reader of the old owner: %+v %v", a, err)
	}
	b.end()

	// The same token, but Coda says it is somebody else's.
	other := newHarness(t, codatest.Workspace{User: codatest.Person{Name: "Eve", Email: "eve@example.org"},
		Docs: []*codatest.Doc{{ID: "evesdoc001", Name: "Eve's", Updated: time.Unix(1e9, 0)}}})
	first := newHarness(t, small())
	first.start()
	first.crawled()
	first.end()
	opt := other.opt
	opt.Path = first.opt.Path
	other.x = index.New(opt)
	other.start()
	other.until("the first account's docs are gone", func(s index.Status) bool { return len(s.Docs) == 1 && s.Docs[0].ID == "evesdoc001" })
	other.crawled()
	other.findsNot("the first account's row", "rhubarb")
	other.finds("its own", "eve", "doc:evesdoc001")
}

func TestTheTokenIsSwappedInTheMiddle(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) { k.Delay = 10 * time.Millisecond })
	b.start()
	b.until("names are being read", func(s index.Status) bool { return s.Coverage.Named > 0 })
	b.set(func() { b.owner = "owner-2" })
	b.x.Poke()
	b.crawled()
	b.finds("the new owner's index", "rhubarb", "row:garden0001/grid-plants/i-rhubarb")
	b.set(func() { b.owner = "" })
	if err := b.x.Erase(); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{"", "-wal", "-shm"} {
		if _, err := os.Stat(b.opt.Path + ending); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s stays without a token: %v", ending, err)
		}
	}
}

func TestSwitchedOffMeansRemoved(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	b.set(func() { b.off = true })
	if _, err := b.x.Search(context.Background(), index.Ask{Query: "x"}); !errors.Is(err, index.ErrNone) {
		t.Errorf("%v", err)
	}
	b.x.Poke()
	b.until("the file is gone", func(index.Status) bool { _, err := os.Stat(b.opt.Path); return errors.Is(err, os.ErrNotExist) })
	b.set(func() { b.off = false })
	b.x.Poke()
	b.crawled()
	info, err := os.Stat(b.opt.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// heldList is a Coda that gives the first part of its list of docs and holds
// back the rest.
type heldList struct {
	b    *harness
	rest chan struct{} // closed when it may come
}

func (h heldList) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/docs") && r.URL.Query().Has("pageToken") {
		select {
		case <-h.rest:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return h.b.RoundTrip(r)
}

// TestTitlesAreFoundWhileTheListStillComes: a large account takes minutes to
// list. What has come is found, and the answer says that there may be more.
func TestTitlesAreFoundWhileTheListStillComes(t *testing.T) {
	t.Parallel()
	rest := make(chan struct{})
	b := newHarness(t, many(25), func(b *harness) {
		b.opt.Coda = b.client(heldList{b, rest})
		b.exclude = []string{"many000007"}
	})
	b.fake.Set(func(k *codatest.Knobs) { k.ClampLists = 10 })
	b.start()
	s := b.until("the first titles are there", func(s index.Status) bool { return s.Coverage.Docs > 0 })
	if c := s.Coverage; c.Docs != 9 || c.Excluded != 1 || !c.Listing || c.Complete() {
		t.Errorf("%+v", c)
	}
	b.finds("a title that has come", "Doc 3", "doc:many000003")
	b.findsNot("a title that is excluded", "doc:many000007")
	if said := b.search("Doc 3").Coverage.Sentence(time.Now()); !strings.Contains(said, "9 docs listed so far") {
		t.Error(said)
	}
	close(rest)
	if c := b.crawled().Coverage; c.Docs != 24 || c.Listing {
		t.Errorf("%+v", c)
	}
	b.finds("a doc that came later", "word20", "page:many000020/canvas-000020")
}
