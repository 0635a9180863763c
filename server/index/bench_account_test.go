//go:build unix

package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/server/index"
	store "codabridge/server/store/index"
)

// account is the size of a generated account, and how many words the values of
// a row have.
type account struct{ docs, pages, tables, rows, words int }

var accounts = []account{{30, 600, 120, 20_000, 36}, {200, 5_000, 800, 200_000, 36}, {1_000, 30_000, 5_000, 2_000_000, 36}}

func (a account) String() string {
	s := fmt.Sprintf("%dpages_%drows", a.pages, a.rows)
	if a.words != 36 {
		s += fmt.Sprintf("_of_%dwords", a.words)
	}
	return s
}

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

// accountAt gives the database of an account and the bytes of its texts. With
// CODABRIDGE_BENCH_DIR set it is kept there for the next run; delete it when the
// schema or the cutting of words has changed.
func accountAt(b *testing.B, a account) (path string, text int64) {
	dir := os.Getenv("CODABRIDGE_BENCH_DIR")
	if dir == "" {
		path = filepath.Join(b.TempDir(), "index.db")
		return path, fill(b, path, a)
	}
	path = filepath.Join(dir, a.String()+".db")
	if raw, err := os.ReadFile(path + ".bytes"); err == nil {
		_, err = fmt.Sscan(string(raw), &text)
		if err == nil {
			return path, text
		}
	}
	text = fill(b, path, a)
	if err := os.WriteFile(path+".bytes", fmt.Append(nil, text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path, text
}

// fill writes an account straight into a database and gives the bytes of its
// texts; beside runs until that is done.
func fill(b *testing.B, path string, a account, beside ...func(context.Context, *store.DB)) (text int64) {
	db, _, err := store.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	ctx, now, p := context.Background(), time.Now(), newProse(7)
	until, end := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, do := range beside {
		running.Go(func() { do(until, db) })
	}
	defer running.Wait()
	defer end()
	must := func(results ...any) {
		if err := results[len(results)-1]; err != nil {
			b.Fatal(err)
		}
	}
	_, err = db.Claim(ctx, "owner-1")
	must(err)
	var docs []store.Doc
	for i := range a.docs {
		name := p.words(3)
		docs = append(docs, store.Doc{ID: fmt.Sprintf("doc%07d", i), Name: name,
			Version: "1", Words: index.Words(name), Also: index.Also(name), Updated: now})
	}
	must(db.SyncDocs(ctx, docs, nil, now))
	all, err := db.Docs(ctx)
	must(err)
	for i, d := range all {
		var things []store.Thing
		for k := range a.pages / a.docs {
			name := p.words(3)
			things = append(things, store.Thing{Kind: store.Pages, Ref: fmt.Sprintf("canvas-%d-%d", i, k),
				Title: name, Words: index.Words(name), Also: index.Also(name), Version: "1"})
		}
		for k := range a.tables / a.docs {
			name := p.words(2)
			things = append(things, store.Thing{Kind: store.Tables, Ref: fmt.Sprintf("grid-%d-%d", i, k),
				Title: name, Words: index.Words(name), Also: index.Also(name)})
		}
		must(db.SyncThings(ctx, d.Num, "1", things, now))
		pages, err := db.WaitingPages(ctx, d.Num)
		must(err)
		for _, g := range pages {
			body := p.words(420)
			text += int64(len(body) + len(g.Title))
			must(db.PutText(ctx, g.ID, store.Text{Body: body, TitleWords: index.Words(g.Title),
				BodyWords: index.Words(body), Also: index.Also(g.Title, body), Version: "1"}))
		}
		tables, err := db.WaitingTables(ctx, d.Num)
		must(err)
		for _, t := range tables {
			t.Gen, t.Columns, t.RowCount = 1, "Name\x1fA\x1fB\x1fC", a.rows/a.tables
			must(db.BeginRows(ctx, t, store.Text{TitleWords: index.Words(t.Title)}, "https://docs.superhuman.com/d/_d"+d.ID+"#_tu/_ru", now))
			var rows []store.Row
			for k := range a.rows / a.tables {
				name, body := p.words(3), p.words(a.words)
				text += int64(len(name) + len(body))
				ref := fmt.Sprintf("i-%05d%05d", t.ID&0xffffffff, k) // as long as Coda's
				rows = append(rows, store.Row{Ref: ref, Title: name, URL: "https://docs.superhuman.com/d/_d" + d.ID + "#_tu/_ru" + ref,
					Body: body, TitleWords: index.Words(name), Also: index.Also(name), BodyWords: index.Words(body), Updated: now})
			}
			must(db.PutRows(ctx, t.ID, 1, rows, ""))
			must(db.EndRows(ctx, t, true, now))
		}
		must(db.FinishDoc(ctx, d.Num, "1", now))
	}
	must(db.Seal(ctx, 0))
	must(db.Compact(ctx))
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

// overAccount measures searches over an account, once the first of them have
// been asked, and tells what the account takes on the disk.
func overAccount(b *testing.B, a account, round func(x *index.Index, path string, queries []string)) {
	path, text := accountAt(b, a)
	x := index.New(index.Options{Path: path, Owner: func() string { return "owner-1" }})
	defer x.Close()
	queries := mix(300)
	measure(b, x, queries[:20])
	b.ResetTimer()
	for range b.N {
		round(x, path, queries)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/float64(text), "disk-bytes/text-byte")
	b.ReportMetric(0, "ns/op")
}
