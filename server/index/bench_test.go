//go:build unix

package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
	"codabridge/server/store"
)

// account is the size of a generated account.
type account struct{ docs, pages, tables, rows int }

var accounts = []account{{30, 600, 120, 20_000}, {200, 5_000, 800, 200_000}, {1_000, 30_000, 5_000, 2_000_000}}

func (a account) String() string { return fmt.Sprintf("%dpages_%drows", a.pages, a.rows) }

// prose makes text whose words are as unevenly spread as those of a language:
// the first few hundred make up most of it, 40,000 make up the rest.
type prose struct {
	r *rand.Rand
	z *rand.Zipf
}

func newProse(seed uint64) *prose {
	r := rand.New(rand.NewPCG(seed, 1))
	return &prose{r, rand.NewZipf(r, 1.07, 4, 40_000)}
}

var syllables = strings.Fields("ba co di fu ga he ji ko la me no pu ra si te vo wa xi ya zu bri cla dro fle gni sta tro")

// wordOf is the n-th word of the language.
func wordOf(n uint64) string {
	var b strings.Builder
	for n += 30; n > 0; n /= uint64(len(syllables)) {
		b.WriteString(syllables[n%uint64(len(syllables))])
	}
	return b.String()
}

func (p *prose) words(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(wordOf(p.z.Uint64()) + " ")
	}
	return strings.TrimSpace(b.String())
}

// fill writes an account straight into a database and gives the bytes of its
// texts.
func fill(b *testing.B, path string, a account) (text int64) {
	db, _, err := store.OpenIndex(path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	ctx, now, p := context.Background(), time.Now(), newProse(7)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	_, err = db.Claim(ctx, "owner-1")
	must(err)
	var docs []store.IndexDoc
	for i := range a.docs {
		name := p.words(3)
		docs = append(docs, store.IndexDoc{ID: fmt.Sprintf("doc%07d", i), Name: name, Version: "1", Words: index.Words(name), Updated: now})
	}
	must(db.SyncDocs(ctx, docs, nil, now))
	all, err := db.Docs(ctx)
	must(err)
	for i, d := range all {
		var things []store.IndexThing
		for k := range a.pages / a.docs {
			name := p.words(3)
			things = append(things, store.IndexThing{Kind: store.IndexPages, Ref: fmt.Sprintf("canvas-%d-%d", i, k), Title: name, Words: index.Words(name), Version: "1"})
		}
		for k := range a.tables / a.docs {
			name := p.words(2)
			things = append(things, store.IndexThing{Kind: store.IndexTables, Ref: fmt.Sprintf("grid-%d-%d", i, k), Title: name, Words: index.Words(name)})
		}
		must(db.SyncThings(ctx, d.Num, "1", things, now))
		pages, err := db.WaitingPages(ctx, d.Num)
		must(err)
		for _, g := range pages {
			body := p.words(420)
			text += int64(len(body) + len(g.Title))
			must(db.PutText(ctx, g.ID, store.IndexText{Body: body, TitleWords: index.Words(g.Title), BodyWords: index.Words(body), Version: "1"}))
		}
		tables, err := db.WaitingTables(ctx, d.Num)
		must(err)
		for _, t := range tables {
			t.Gen, t.Columns, t.RowCount = 1, "Name\x1fA\x1fB\x1fC", a.rows/a.tables
			must(db.BeginRows(ctx, t, store.IndexText{TitleWords: index.Words(t.Title)}, "https://docs.superhuman.com/d/_d"+d.ID+"#_tu/_ru", now))
			var rows []store.IndexRow
			for k := range a.rows / a.tables {
				name, body := p.words(3), p.words(36)
				text += int64(len(name) + len(body))
				ref := fmt.Sprintf("i-%d-%d", t.ID&0xffffffff, k)
				rows = append(rows, store.IndexRow{Ref: ref, Title: name, URL: "https://docs.superhuman.com/d/_d" + d.ID + "#_tu/_ru" + ref, Body: body, TitleWords: index.Words(name), BodyWords: index.Words(body), Updated: now})
			}
			must(db.PutRows(ctx, t.ID, 1, rows, ""))
			must(db.EndRows(ctx, t, true, now))
		}
		must(db.FinishDoc(ctx, d.Num, "1", now))
	}
	return text
}

// mix is what is asked: a third rare words, a third common ones, a third
// phrases of common words, a word begun, or a word left out.
func mix(n int) []string {
	p := newProse(11)
	var out []string
	for i := range n {
		rare, common := wordOf(2_000+uint64(p.r.IntN(30_000))), wordOf(uint64(p.r.IntN(150)))
		switch i % 6 {
		case 0:
			out = append(out, rare)
		case 1:
			out = append(out, rare+" "+common)
		case 2:
			out = append(out, common)
		case 3:
			out = append(out, common+" "+wordOf(uint64(p.r.IntN(150))))
		case 4:
			out = append(out, `"`+common+" "+wordOf(uint64(p.r.IntN(20)))+`"`)
		case 5:
			out = append(out, rare[:4]+" -"+common)
		}
	}
	return out
}

func percentiles(b *testing.B, name string, all []time.Duration) {
	slices.Sort(all)
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(all[len(all)*p/100].Microseconds())/1000, fmt.Sprintf("%s-p%d-ms", name, p))
	}
}

func measure(b *testing.B, x *index.Index, queries []string) []time.Duration {
	var took []time.Duration
	for _, q := range queries {
		start := time.Now()
		if _, err := x.Search(context.Background(), index.Ask{Query: q}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	return took
}

// resident is the memory of this process in MiB, after giving back what is not
// used.
func resident() float64 {
	debug.FreeOSMemory()
	raw, _ := os.ReadFile("/proc/self/statm")
	var size, rss float64
	_, _ = fmt.Sscan(string(raw), &size, &rss)
	return rss * 4096 / (1 << 20)
}

// BenchmarkSearch measures queries over generated accounts, alone and while
// rows are being written. The largest account takes minutes to make and only
// runs with CODABRIDGE_BENCH_LARGE set.
func BenchmarkSearch(b *testing.B) {
	for i, a := range accounts {
		if i == 2 && os.Getenv("CODABRIDGE_BENCH_LARGE") == "" {
			continue
		}
		b.Run(a.String(), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "index.db")
			text := fill(b, path, a)
			x := index.New(index.Options{Path: path, Owner: func() string { return "owner-1" }})
			defer x.Close()
			queries := mix(300)
			measure(b, x, queries[:20])
			b.ResetTimer()
			for range b.N {
				percentiles(b, "alone", measure(b, x, queries))
				b.ReportMetric(resident(), "RSS-MiB")
				percentiles(b, "crawling", crawlBeside(b, path, func() []time.Duration { return measure(b, x, queries) }))
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/float64(text), "disk-bytes/text-byte")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// crawlBeside writes pages as a crawler at its allowed rate does, while do
// runs.
func crawlBeside(b *testing.B, path string, do func() []time.Duration) []time.Duration {
	db, _, err := store.OpenIndex(path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p, tick := newProse(3), time.NewTicker(120*time.Millisecond)
		defer tick.Stop()
		for n := int64(1); ctx.Err() == nil; n++ {
			var rows []store.IndexRow
			for k := range 200 {
				body := p.words(36)
				rows = append(rows, store.IndexRow{Ref: fmt.Sprintf("i-new-%d-%d", n, k), Title: "new", Body: body, TitleWords: "new", BodyWords: index.Words(body)})
			}
			if err := db.PutRows(context.Background(), 1<<32|30, 1, rows, ""); err != nil {
				b.Error(err)
				return
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	}()
	out := do()
	cancel()
	<-done
	return out
}

// BenchmarkFirstIndex crawls a generated account behind a fake Coda, and then
// once more after five docs have changed.
func BenchmarkFirstIndex(b *testing.B) {
	for _, a := range accounts[:2] {
		b.Run(a.String(), func(b *testing.B) {
			for range b.N {
				firstIndex(b, a)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func firstIndex(b *testing.B, a account) {
	bed := newBed(b, generated(a), func(x *bed) { x.opt.Every = 24 * time.Hour })
	bed.fake.Set(func(k *codatest.Knobs) { k.ClampRows = 200 })
	cpu := processor()
	before := bed.requests.Load()
	bed.start()
	for !bed.quiet() {
		time.Sleep(20 * time.Millisecond)
	}
	requests := float64(bed.requests.Load() - before)
	b.ReportMetric(requests, "requests")
	b.ReportMetric(requests/(50.0/6)/60, "minutes-at-half-limit")
	b.ReportMetric((processor() - cpu).Seconds(), "CPU-s-with-fake")
	docs, err := bed.x.Status(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range docs.Docs[:5] {
		bed.write("PUT", "/docs/"+d.ID+"/pages/canvas-"+d.ID+"-0", `{"contentUpdate":{"insertionMode":"append","canvasContent":{"format":"markdown","content":"changed"}}}`)
	}
	before = bed.requests.Load()
	bed.again()
	b.ReportMetric(float64(bed.requests.Load()-before), "requests-after-5-changes")
	bed.end()
}

func (b *bed) quiet() bool {
	s, err := b.x.Status(context.Background())
	return err == nil && s.Work == "" && s.Coverage.Docs > 0 && s.Coverage.Complete() && !s.Coverage.Oldest.IsZero()
}

func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func generated(a account) codatest.Workspace {
	p, old := newProse(7), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var w codatest.Workspace
	for i := range a.docs {
		d := &codatest.Doc{ID: fmt.Sprintf("doc%07d", i), Name: p.words(3), Updated: old}
		for k := range a.pages / a.docs {
			d.Pages = append(d.Pages, &codatest.Page{ID: fmt.Sprintf("canvas-%s-%d", d.ID, k), Name: p.words(3), Body: p.words(420)})
		}
		for k := range a.tables / a.docs {
			t := &codatest.Table{ID: fmt.Sprintf("grid-%s-%d", d.ID, k), Name: p.words(2), Columns: []*codatest.Column{{Name: "Name"}, {Name: "Text"}}}
			for range a.rows / a.tables {
				t.Rows = append(t.Rows, &codatest.Row{Values: []any{p.words(3), p.words(36)}})
			}
			d.Tables = append(d.Tables, t)
		}
		w.Docs = append(w.Docs, d)
	}
	return w
}
