package index_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// TestKilledWhileIndexing kills a crawling process with no chance to clean up;
// the next one goes on where it was.
func TestKilledWhileIndexing(t *testing.T) {
	t.Parallel()
	w, _, _ := library(t)
	b := newHarness(t, w)
	b.fake.Set(func(k *codatest.Knobs) { k.Delay = 4 * time.Millisecond })
	for _, after := range []int{40, 120} {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "CRAWL_PATH="+b.opt.Path, "CRAWL_URL="+b.fake.URL())
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() && b.fake.Count("") < after {
		}
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	read := b.fake.Count("listPageContent")
	if read == 0 {
		t.Fatal("the child was killed before it read a page")
	}
	b.start()
	b.crawled()
	pages := 0
	for _, d := range w.Docs {
		pages += len(d.Pages)
	}
	if all := b.fake.Count("listPageContent"); all > pages+2*4 {
		t.Errorf("%d reads of %d pages: those read before the kill were read again", all, pages)
	}
	b.finds("a page", "autovacuum", b.search("Postgres tuning notes").Hits[0].ID)
}

// crawl is the process that is killed: it never returns.
func crawl(path string) {
	x := index.New(index.Options{SearchTime: time.Hour, Path: path, Owner: func() string { return "owner-1" },
		OnChange: func() { _, _ = os.Stdout.WriteString("changed\n") },
		Coda: coda.New(coda.Options{Base: func() string { return os.Getenv("CRAWL_URL") }, HTTP: &http.Client{Transport: &http.Transport{}},
			Token: func() (string, error) { return codatest.Token, nil }, Limits: coda.NoLimits()})})
	x.Run(context.Background())
}

func TestADamagedFileIsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		harm func(raw []byte) []byte
		said bool
	}{
		{"its header is garbage", func(raw []byte) []byte { copy(raw, strings.Repeat("x", 200)); return raw }, true},
		{"it is cut off in the middle", func(raw []byte) []byte { return raw[:len(raw)/2] }, false},
		{"pages inside are garbage", func(raw []byte) []byte {
			for i := 4096 * 3; i < len(raw); i += 4096 {
				copy(raw[i:], strings.Repeat("\xde\xad", 600))
			}
			return raw
		}, false},
		{"it is of an older version of codabridge", func(raw []byte) []byte { copy(raw[60:64], "\x00\x00\x00\x01"); return raw }, true},
		{"it is of a newer one", func(raw []byte) []byte { copy(raw[60:64], "\x00\x00\x7f\xff"); return raw }, true},
		{"it is another program's text", func([]byte) []byte { return []byte("hello, this is a diary") }, true},
	} {
		b := newHarness(t, small())
		b.start()
		b.crawled()
		b.end()
		raw, err := os.ReadFile(b.opt.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b.opt.Path, c.harm(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		b.x = index.New(b.opt)
		b.start()
		s := b.crawled()
		for range 3 { // damage inside may be met by a search first
			if a, err := b.x.Search(context.Background(), index.Ask{Query: "rhubarb"}); err == nil && len(a.Hits) == 1 {
				break
			}
			s = b.crawled()
		}
		b.finds(c.what, "rhubarb", "row:garden0001/grid-plants/i-rhubarb")
		b.finds(c.what, "garlic", "page:garden0001/canvas-beds")
		if c.said && !strings.Contains(s.Notice, "made anew") {
			t.Errorf("%s: not said: %+v", c.what, s)
		}
		b.end()
	}
}

func TestAStormOf429(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) { k.Refuse = -1 })
	b.start()
	s := b.until("the trouble is said", func(s index.Status) bool { return s.Trouble != "" })
	if !strings.Contains(s.Trouble, "refuses further requests") {
		t.Errorf("%q", s.Trouble)
	}
	if n := b.fake.Count(""); n > 5 {
		t.Errorf("%d requests into the storm", n)
	}
	b.fake.Set(func(k *codatest.Knobs) { k.Refuse = 0 })
	b.x.Poke()
	b.crawled()
}

func TestAFewFailuresAreLeftForTheNextPass(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 500, "listPageContent" })
	b.start()
	b.until("the rest is there", func(s index.Status) bool { return s.Work == "" && s.Coverage.PagesRead == 3 })
	b.again()
	b.crawled()
}

func TestRefusedThingsAreSkippedAndCounted(t *testing.T) {
	t.Parallel()
	w := small()
	w.Docs[1].OverLimit = true
	b := newHarness(t, w)
	b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 410, "listPageContent" })
	b.start()
	s := b.crawled()
	refused := 0
	for _, d := range s.Docs {
		refused += d.Faults
	}
	if s.Coverage.Skipped != 1 || refused != 1 {
		t.Errorf("%+v", s)
	}
	n := b.fake.Count("listPageContent")
	b.again()
	if b.fake.Count("listPageContent") != n {
		t.Error("what was gone is asked for again")
	}
	if !strings.Contains(s.Coverage.Sentence(time.Now()), "1 doc cannot be read") {
		t.Error(s.Coverage.Sentence(time.Now()))
	}
}

func TestLargeTablesAndSmallPages(t *testing.T) {
	t.Parallel()
	w := small()
	table := w.Docs[0].Tables[0]
	for i := range 900 {
		table.Rows = append(table.Rows, &codatest.Row{Values: []any{"plant " + strings.Repeat("I", i%7+1), "bed"}})
	}
	b := newHarness(t, w)
	b.fake.Set(func(k *codatest.Knobs) { k.ClampRows, k.ClampLists, k.RowsTimeout = 40, 1, 100 })
	b.start()
	if s := b.crawled(); s.Coverage.Rows != 903 || s.Coverage.RowsKnown != 903 || s.Coverage.Pages != 4 {
		t.Errorf("%+v", s.Coverage)
	}
}

func TestTheClockJumps(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	for _, jump := range []time.Duration{-48 * time.Hour, 400 * 24 * time.Hour, -30 * 365 * 24 * time.Hour} {
		b.set(func() { b.ahead = jump })
		b.again()
		b.crawled()
		a := b.search("rhubarb")
		if len(a.Hits) == 0 || strings.Contains(a.Coverage.Sentence(b.opt.Now()), "-") {
			t.Errorf("%v: %+v %s", jump, a, a.Coverage.Sentence(b.opt.Now()))
		}
	}
}
