package index_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/index"
)

// TestWhatWasWrittenIsFoundWithoutAPass: a write through codabridge is read at
// once, however long the next look for changes is away.
func TestWhatWasWrittenIsFoundWithoutAPass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, method, path, body string
		word, id                 string // what is found, or the word that is gone
	}{
		{"a line on a page", "PUT", "/docs/garden0001/pages/canvas-shed",
			`{"contentUpdate":{"insertionMode":"append","canvasContent":{"format":"markdown","content":"A wheelbarrow."}}}`, "wheelbarrow", "page:garden0001/canvas-shed"},
		{"a new row", "POST", rowsURL, `{"rows":[{"cells":[{"column":"c-n","value":"saffron"}]}]}`, "saffron", ""},
		{"a cell", "PUT", rowsURL + "/i-dahlia", `{"row":{"cells":[{"column":"c-t","value":"frostbitten"}]}}`, "frostbitten", "row:garden0001/grid-plants/i-dahlia"},
		{"a row that goes", "DELETE", rowsURL + "/i-dahlia", "", "-dahlia", ""},
		{"a new page", "POST", "/docs/garden0001/pages", `{"name":"Orchard"}`, "orchard", ""},
		{"a page's new name", "PUT", "/docs/garden0001/pages/canvas-shed", `{"name":"Barn"}`, "barn", "page:garden0001/canvas-shed"},
	} {
		b := newHarness(t, small())
		b.start()
		b.crawled()
		passes := b.fake.Count("whoami")
		b.write(c.method, c.path, c.body)
		b.x.Wrote(strings.Split(strings.Trim(c.path, "/"), "/"))
		gone, isGone := strings.CutPrefix(c.word, "-")
		b.until(c.what+" is in the index", func(index.Status) bool {
			a := b.search(c.word)
			if isGone {
				a = b.search(gone)
				return len(a.Hits) == 0 && len(a.Coverage.Pending) == 0
			}
			return len(a.Hits) > 0 && (c.id == "" || a.Hits[0].ID == c.id) && len(a.Coverage.Pending) == 0
		})
		if n := b.fake.Count("whoami"); n != passes {
			t.Errorf("%s: found by a pass of the crawler", c.what)
		}
		b.end()
	}
}

// TestAWriteThatIsNotThereYetIsSaid, and found once Coda shows it.
func TestAWriteThatIsNotThereYetIsSaid(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	page := []string{"docs", "garden0001", "pages", "canvas-shed"}
	b.x.Wrote(page)
	var note string
	b.until("it was looked for", func(index.Status) bool {
		note = b.search("mower").Coverage.Sentence(time.Now())
		return strings.Contains(note, "written to “Garden” since")
	})
	if !strings.Contains(note, "it is being read") {
		t.Error(note)
	}
	b.write("PUT", "/docs/garden0001/pages/canvas-shed", `{"contentUpdate":{"insertionMode":"append","canvasContent":{"format":"markdown","content":"A wheelbarrow."}}}`)
	b.until("it is found", func(index.Status) bool {
		a := b.search("wheelbarrow")
		return len(a.Hits) == 1 && len(a.Coverage.Pending) == 0
	})
}

// TestAReaderSaysWhatItWrote: where another process crawls, or none, what was
// written is not in the index by the writer's doing.
func TestAReaderSaysWhatItWrote(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	reader := harness{TB: t}
	opt := b.opt
	opt.Coda, opt.OnChange = nil, nil
	reader.x = index.New(opt)
	defer reader.x.Close()
	reader.x.Wrote([]string{"docs", "garden0001", "tables", "grid-plants", "rows"})
	reader.x.Wrote([]string{"docs", "garden0001", "pages", "canvas-shed", "export"}) // writes nothing
	reader.x.Wrote([]string{"docs", "kitchen001", "pages", "canvas-soup", "export"})
	note := reader.search("mower").Coverage.Sentence(time.Now())
	if !strings.Contains(note, "What was written to “Garden” since") || !strings.Contains(note, "the codabridge app brings it up to date") || strings.Contains(note, "Kitchen") {
		t.Error(note)
	}
	b.set(func() { b.ahead = time.Hour })
	b.again()
	b.until("the other process has read it", func(index.Status) bool {
		return !strings.Contains(reader.search("mower").Coverage.Sentence(time.Now()), "written to")
	})
}

// TestAWriteThatIsForgottenWhileItIsLookedForHurtsNobody: the index is made anew
// while the first of some writes is being read.
func TestAWriteThatIsForgottenWhileItIsLookedForHurtsNobody(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	b := newHarness(t, small(), func(b *harness) {
		b.each = func(int64) {
			if armed.CompareAndSwap(true, false) {
				if err := b.x.Rebuild(context.Background(), ""); err != nil {
					b.Error(err)
				}
			}
		}
	})
	b.start()
	b.crawled()
	armed.Store(true)
	for _, page := range []string{"canvas-shed", "canvas-beds"} {
		b.x.Wrote([]string{"docs", "garden0001", "pages", page})
	}
	b.until("the index was made anew", func(index.Status) bool { return !armed.Load() })
	b.crawled()
	b.finds("a page", "garlic", "page:garden0001/canvas-beds")
}
