//go:build !race

package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// plainPlace is what a place is found by, as it was given to the index.
type plainPlace struct {
	kind                    int
	title, head, body, also []string
	table                   string // of a row
}

// plain is an index that is looked through from the first place to the last. It
// goes through the same random changes as the real one.
type plain struct {
	t      *testing.T
	r      *rand.Rand
	path   string
	db     *DB
	places map[string]*plainPlace // by doc, kind and ref
	docs   []string
	gone   []string // docs that are left out
	now    time.Time
}

// plainWords begin alike, are of several writings, and one is short.
var plainWords = strings.Fields("a an ant ante anteater bee beetle über uber straße 水 水獺 42 420 0042 кот котенок σοφος x")

func (p *plain) say(most int) []string {
	var out []string
	for range p.r.IntN(most + 1) {
		out = append(out, plainWords[int(float64(len(plainWords))*p.r.Float64()*p.r.Float64())])
	}
	return out
}

func key(doc string, kind int, ref string) string { return fmt.Sprint(doc, " ", kind, " ", ref) }

func (p *plain) must(results ...any) {
	p.t.Helper()
	if err, _ := results[len(results)-1].(error); err != nil {
		p.t.Fatal(err)
	}
}

func newPlain(t *testing.T, seed uint64) *plain {
	p := &plain{t: t, r: rand.New(rand.NewPCG(seed, 3)), path: filepath.Join(t.TempDir(), "index.db"),
		places: map[string]*plainPlace{}, now: time.Unix(1_000_000, 0)}
	p.open()
	_, err := p.db.Claim(context.Background(), "me")
	p.must(err)
	p.changeDocs()
	return p
}

func (p *plain) open() {
	var err error
	p.db, _, err = Open(p.path)
	p.must(err)
	p.db.mergeStep, p.db.refs.some = 500, p.r.IntN(2)*someRows
}

// change makes a random one.
func (p *plain) change() {
	ctx := context.Background()
	switch n := p.r.IntN(20); {
	case n == 0:
		p.changeDocs()
	case n == 1:
		p.gone = nil
		for _, d := range p.docs {
			if p.r.IntN(4) == 0 {
				p.gone = append(p.gone, d)
			}
		}
		p.must(p.db.Exclude(ctx, p.gone))
		for _, d := range p.gone {
			p.forget(d, false)
		}
	case n < 6:
		p.changeThings()
	case n < 10:
		p.changePage()
	case n < 16:
		p.changeRows()
	case n < 18:
		p.must(p.db.Seal(ctx, p.r.IntN(3)*200))
	case n == 18:
		p.refuse()
	default:
		p.must(p.db.Close())
		p.open()
	}
}

// forget takes away what a doc held, with its own name or without.
func (p *plain) forget(doc string, name bool) {
	for k := range p.places {
		if strings.HasPrefix(k, doc+" ") && (name || k != key(doc, Docs, doc)) {
			delete(p.places, k)
		}
	}
}

func (p *plain) changeDocs() {
	var docs []Doc
	var kept []string
	for i := range 4 {
		id := fmt.Sprint("doc", i)
		if p.r.IntN(5) == 0 {
			p.forget(id, true)
			continue
		}
		name := p.say(3)
		docs = append(docs, Doc{ID: id, Name: strings.Join(name, " "), Version: fmt.Sprint(p.r.IntN(3)), Words: strings.Join(name, " ")})
		kept = append(kept, id)
		p.places[key(id, Docs, id)] = &plainPlace{kind: Docs, title: name}
	}
	p.docs = kept
	p.gone = slices.DeleteFunc(p.gone, func(d string) bool { return !slices.Contains(kept, d) })
	p.must(p.db.SyncDocs(context.Background(), docs, p.gone, p.now))
}

// someDoc is one that is not left out, with its number.
func (p *plain) someDoc() (id string, num int64, ok bool) {
	all, err := p.db.Docs(context.Background())
	p.must(err)
	all = slices.DeleteFunc(all, func(d DocState) bool { return slices.Contains(p.gone, d.ID) })
	if len(all) == 0 {
		return "", 0, false
	}
	d := all[p.r.IntN(len(all))]
	return d.ID, d.Num, true
}

func (p *plain) changeThings() {
	doc, num, ok := p.someDoc()
	if !ok {
		return
	}
	var things []Thing
	for i := range 6 {
		kind, ref := Pages, fmt.Sprint("canvas-", i)
		if i < 2 {
			kind, ref = Tables, fmt.Sprint("grid-", i)
		}
		k := key(doc, kind, ref)
		if p.r.IntN(4) == 0 {
			delete(p.places, k)
			for row, at := range p.places {
				if kind == Tables && at.table == k {
					delete(p.places, row)
				}
			}
			continue
		}
		name, before := p.say(4), p.places[k]
		if before != nil && p.r.IntN(2) == 0 {
			name = before.title
		}
		if before == nil || !slices.Equal(name, before.title) { // of the same name nothing changes
			p.places[k] = &plainPlace{kind: kind, title: name, also: p.also()}
		}
		things = append(things, Thing{Kind: kind, Ref: ref, Title: strings.Join(name, " "), Words: strings.Join(name, " "),
			Also: strings.Join(p.places[k].also, " "), Version: fmt.Sprint(p.r.IntN(3))})
	}
	p.must(p.db.SyncThings(context.Background(), num, "1", things, p.now))
}

func (p *plain) also() []string {
	var out []string
	for _, w := range p.say(2) {
		out = append(out, "\ue001"+w)
	}
	return out
}

func (p *plain) changePage() {
	doc, num, ok := p.someDoc()
	if !ok {
		return
	}
	waiting, err := p.db.WaitingPages(context.Background(), num)
	p.must(err)
	if len(waiting) == 0 {
		return
	}
	w := waiting[p.r.IntN(len(waiting))]
	at := p.places[key(doc, Pages, w.Ref)]
	at.head, at.body, at.also = p.say(6), p.say(40), p.also()
	p.must(p.db.PutText(context.Background(), w.ID, Text{TitleWords: strings.Join(at.title, " "), HeadWords: strings.Join(at.head, " "),
		BodyWords: strings.Join(at.body, " "), Also: strings.Join(at.also, " "), Version: fmt.Sprint(p.r.IntN(3))}))
}

// changeRows lists a table anew, or only some rows of it.
func (p *plain) changeRows() {
	doc, num, ok := p.someDoc()
	if !ok {
		return
	}
	ctx := context.Background()
	waiting, err := p.db.WaitingTables(ctx, num)
	p.must(err)
	if len(waiting) == 0 {
		return
	}
	t, full := waiting[p.r.IntN(len(waiting))], p.r.IntN(2) == 0
	table := key(doc, Tables, t.Ref)
	if full {
		t.Gen++
		at := p.places[table]
		at.head, at.also = p.say(4), nil
		p.must(p.db.BeginRows(ctx, t, Text{TitleWords: strings.Join(at.title, " "), HeadWords: strings.Join(at.head, " ")}, "", p.now))
	}
	seen := map[string]bool{}
	for range 1 + p.r.IntN(2) {
		var rows []Row
		for range p.r.IntN(25) {
			ref := fmt.Sprint(t.Ref, "-", p.r.IntN(60))
			k := key(doc, Rows, ref)
			at := &plainPlace{kind: Rows, title: p.say(3), body: p.say(12), also: p.also(), table: table}
			if before := p.places[k]; before != nil && p.r.IntN(3) == 0 {
				at = before
			}
			p.places[k], seen[k] = at, true
			body, also := strings.Join(at.body, " "), strings.Join(at.also, " ")
			rows = append(rows, Row{Ref: ref, Title: strings.Join(at.title, " "), Body: body + also,
				TitleWords: strings.Join(at.title, " "), BodyWords: body, Also: also, Updated: time.Unix(p.r.Int64N(5000), 0)})
		}
		p.must(p.db.PutRows(ctx, t.ID, t.Gen, rows, ""))
		if p.r.IntN(5) == 0 {
			return // it is broken off
		}
	}
	p.must(p.db.EndRows(ctx, t, full, p.now))
	for k, at := range p.places {
		if full && at.table == table && !seen[k] {
			delete(p.places, k)
		}
	}
}

func (p *plain) refuse() {
	doc, num, ok := p.someDoc()
	if !ok {
		return
	}
	waiting, err := p.db.WaitingTables(context.Background(), num)
	p.must(err)
	if len(waiting) == 0 {
		return
	}
	w := waiting[0]
	k := key(doc, Tables, w.Ref)
	p.places[k] = &plainPlace{kind: Tables, title: p.places[k].title}
	for row, at := range p.places {
		if at.table == k {
			delete(p.places, row)
		}
	}
	p.must(p.db.RefuseThing(context.Background(), w.ID, Text{TitleWords: strings.Join(p.places[k].title, " ")}, "no", p.now))
}

// random goes through so many changes, and looks after each.
func random(t *testing.T, seed uint64, changes int) {
	p := newPlain(t, seed)
	defer func() { _ = p.db.Close() }()
	for range changes {
		p.change()
		for range 3 {
			p.look()
		}
		rowsAreAsTheyShould(p.t, p.r, p.db)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestWhatIsFoundIsWhatAPlainLookFinds: after any changes, sealed and merged at
// any time.
func TestWhatIsFoundIsWhatAPlainLookFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		random(t, seed, 45)
	}
}
