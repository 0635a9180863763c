package index_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// reader is another process, which searches what b has crawled, and brings there
// what it wrote itself.
func (b *harness) reader(owner string) *harness {
	b.Helper()
	opt := b.opt
	opt.Reader, opt.Owner = true, func() string { return owner }
	r := &harness{TB: b.TB, fake: b.fake, opt: opt, owner: owner, changed: make(chan struct{})}
	r.x = index.New(opt)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.x.Follow(ctx); close(done) }()
	b.Cleanup(func() { cancel(); <-done; r.x.Close() })
	return r
}

var dahliaFreezes = `{"row":{"cells":[{"column":"c-t","value":"frostbitten"}]}}`

// TestAReaderBringsThereWhatItWrote: whether a crawler runs beside it or not,
// and into no index of another owner.
func TestAReaderBringsThereWhatItWrote(t *testing.T) {
	t.Parallel()
	path := strings.Split(strings.Trim(rowsURL, "/"), "/")
	for _, beside := range []bool{false, true} {
		b := newHarness(t, small())
		b.start()
		b.crawled()
		if !beside {
			b.end()
		}
		r := b.reader("owner-1")
		b.write("PUT", rowsURL+"/i-dahlia", dahliaFreezes)
		r.x.Wrote(path)
		if note := r.search("dahlia").Coverage.Sentence(time.Now()); !strings.Contains(note, "“Garden” since") && len(r.search("frostbitten").Hits) == 0 {
			t.Errorf("it is not there, and not said to be missing: %s", note)
		}
		r.until("it is there", func(index.Status) bool {
			a := r.search("frostbitten")
			return len(a.Hits) == 1 && len(a.Coverage.Pending) == 0
		})
		r.finds("what stood there", "lavender -minestrone", "row:garden0001/grid-plants/i-lavender")
		if beside {
			b.finds("in the crawler's own searches", "frostbitten", "row:garden0001/grid-plants/i-dahlia")
			b.again()
			b.end()
		}
		stranger := b.reader("owner-2")
		n := b.fake.Count("")
		stranger.x.Wrote(path)
		if _, err := stranger.x.Search(t.Context(), index.Ask{Query: "frostbitten"}); err == nil {
			t.Error("another owner may search it")
		}
		if got := b.fake.Count("") - n; got > 0 {
			t.Errorf("%d requests for an index of another owner", got)
		}
		b.start()
		b.crawled()
		b.finds("after a crawl", "frostbitten", "row:garden0001/grid-plants/i-dahlia")
		b.end()
	}
}

// TestANewDocIsFoundWithoutAPass, and one that is deleted is not.
func TestANewDocIsFoundWithoutAPass(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	passes := b.fake.Count("whoami")
	b.write("POST", "/docs", `{"title":"Greenhouse","initialPage":{"name":"Orchids"}}`)
	b.x.Wrote([]string{"docs"})
	b.until("the new doc is in the index", func(index.Status) bool {
		a := b.search("greenhouse")
		return len(a.Hits) > 0 && a.Hits[0].Title == "Greenhouse" && len(b.search("orchids").Hits) > 0 && len(a.Coverage.Pending) == 0
	})
	b.write("DELETE", "/docs/kitchen001", "")
	b.x.Wrote([]string{"docs", "kitchen001"})
	b.until("what was in the deleted doc is gone", func(index.Status) bool { return len(b.search("minestrone").Hits) == 0 })
	if n := b.fake.Count("whoami"); n != passes {
		t.Error("found by a pass of the crawler")
	}
}

// TestWhoMaySeeSomeDocsIsNotToldOfTheOthers: how much of them Coda does not
// give is nobody else's.
func TestWhoMaySeeSomeDocsIsNotToldOfTheOthers(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 500, "listRows" })
	b.start()
	b.until("a table was put off", func(s index.Status) bool { return s.Trouble != "" })
	for doc, said := range map[string]string{"": "did not give 1 pages", "kitchen001": "", "garden0001": "Coda did not give all of it"} {
		ask := index.Ask{Query: "lavender"}
		if doc != "" {
			ask.Documents = []string{doc}
		}
		a, err := b.x.Search(t.Context(), ask)
		if err != nil || said == "" && a.Coverage.Trouble != "" || !strings.Contains(a.Coverage.Trouble, said) {
			t.Errorf("who may see %q hears %q, %v", doc, a.Coverage.Trouble, err)
		}
	}
}
