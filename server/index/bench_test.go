//go:build unix

package index_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
	store "codabridge/server/store/index"
)

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
			overAccount(b, a, func(x *index.Index, path string, queries []string) {
				cpu := processor()
				percentiles(b, "alone", measure(b, x, queries))
				b.ReportMetric(float64((processor()-cpu).Microseconds())/1000/float64(len(queries)), "CPU-ms/query")
				b.ReportMetric(resident(), "RSS-MiB")
				percentiles(b, "crawling", crawlBeside(b, path, func() []time.Duration { return measure(b, x, queries) }))
			})
		})
	}
}

// BenchmarkAgreement measures how many of the ten best hits are those that are
// found by reading and weighing everything. It takes minutes.
func BenchmarkAgreement(b *testing.B) {
	for i, a := range accounts {
		if i == 2 && os.Getenv("CODABRIDGE_BENCH_LARGE") == "" {
			continue
		}
		b.Run(a.String(), func(b *testing.B) {
			path, _ := accountAt(b, a)
			x := index.New(index.Options{Path: path, Owner: func() string { return "owner-1" }, SearchTime: time.Hour})
			defer x.Close()
			for range b.N {
				generated := mix(300)
				for i, name := range []string{"rare", "rare+common", "common", "common+common", "phrase", "begun"} {
					var of []string
					for k := i; k < len(generated); k += 6 {
						of = append(of, generated[k])
					}
					b.ReportMetric(agreement(b, x, of), name)
				}
				b.ReportMetric(agreement(b, x, natural(100)), "natural")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// agreement is the mean share of the ten best; two queries are asked at once.
func agreement(b *testing.B, x *index.Index, queries []string) (sum float64) {
	todo, shares := make(chan string, len(queries)), make(chan float64, len(queries))
	for _, q := range queries {
		todo <- q
	}
	close(todo)
	for _, caller := range []string{"one", "other"} {
		go func() {
			for q := range todo {
				shares <- agreementOf(b, x, index.Ask{Query: q, Limit: 10, Caller: caller})
			}
		}()
	}
	for range queries {
		sum += <-shares
	}
	return sum / float64(len(queries))
}

func agreementOf(b *testing.B, x *index.Index, ask index.Ask) float64 {
	best, err := x.Search(context.Background(), ask)
	if err != nil {
		b.Error(err)
	}
	all, err := x.SearchAll(context.Background(), ask)
	if err != nil {
		b.Error(err)
	}
	same, found := 0, ids(best)
	for _, id := range ids(all) {
		if slices.Contains(found, id) {
			same++
		}
	}
	share := 1.0
	if len(all.Hits) > 0 {
		share = float64(same) / float64(len(all.Hits))
	}
	if share < 1 {
		b.Logf("%.1f %q", share, ask.Query)
	}
	return share
}

// natural is what people ask: some words as they come in texts, with others
// around that say nothing.
func natural(n int) []string {
	p := newProse(29)
	var out []string
	for i := range n {
		switch i % 4 {
		case 0:
			out = append(out, "what is the "+p.words(1)+" of "+p.words(1))
		case 1:
			out = append(out, p.words(2+p.r.IntN(3)))
		case 2:
			out = append(out, "who has "+p.words(2)+" for "+p.words(1))
		case 3:
			out = append(out, p.words(1)+" "+wordOf(500+uint64(p.r.IntN(5000))))
		}
	}
	return out
}

// crawlBeside writes pages as a crawler at its allowed rate does, while do
// runs.
func crawlBeside(b *testing.B, path string, do func() []time.Duration) []time.Duration {
	db, _, err := store.Open(path)
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
			var rows []store.Row
			for k := range 200 {
				body := p.words(36)
				rows = append(rows, store.Row{Ref: fmt.Sprintf("i-new-%d-%d", n, k), Title: "new",
					Body: body, TitleWords: "new", BodyWords: index.Words(body), Also: index.Also(body)})
			}
			if _, err := db.PutRows(context.Background(), 1<<32|30, 1, rows, ""); err != nil {
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
	h := newHarness(b, generated(a), func(x *harness) { x.opt.Every = 24 * time.Hour })
	h.fake.Set(func(k *codatest.Knobs) { k.ClampRows = 200 })
	cpu := processor()
	before := h.requests.Load()
	h.start()
	for !h.quiet() {
		time.Sleep(20 * time.Millisecond)
	}
	requests := float64(h.requests.Load() - before)
	b.ReportMetric(requests, "requests")
	b.ReportMetric(requests/(50.0/6)/60, "minutes-at-half-limit")
	b.ReportMetric((processor() - cpu).Seconds(), "CPU-s-with-fake")
	docs, err := h.x.Status(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range docs.Docs[:5] {
		h.write("PUT", "/docs/"+d.ID+"/pages/canvas-"+d.ID+"-0", `{"contentUpdate":{"insertionMode":"append","canvasContent":{"format":"markdown","content":"changed"}}}`)
	}
	before = h.requests.Load()
	h.again()
	b.ReportMetric(float64(h.requests.Load()-before), "requests-after-5-changes")
	h.end()
}

func (b *harness) quiet() bool {
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

// BenchmarkWaitToWrite measures how long another change of the index waits while
// rows are stored, sealed and merged.
func BenchmarkWaitToWrite(b *testing.B) {
	for _, a := range accounts[:2] {
		b.Run(a.String(), func(b *testing.B) {
			for range b.N {
				var took []time.Duration
				fill(b, filepath.Join(b.TempDir(), "index.db"), a, func(ctx context.Context, db *store.DB) {
					for tick := time.NewTicker(10 * time.Millisecond); ctx.Err() == nil; <-tick.C {
						start := time.Now()
						if err := db.SetMeta(context.Background(), "waits", ""); err != nil {
							b.Error(err)
						}
						took = append(took, time.Since(start))
					}
				})
				percentiles(b, "wait", took)
				b.ReportMetric(float64(slices.Max(took).Microseconds())/1000, "wait-max-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
