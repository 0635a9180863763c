//go:build !race

package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/index"
	store "codabridge/server/store/index"
)

// vocabulary has words that begin alike, plurals, stems and short ones.
var vocabulary = strings.Fields(`plan plans planning planner price prices priced pricing status state open opened done blocked review reviews
	launch team ana jonas go be in q3 2026 03 12 budget budgets mail e email invoice invoices invoicing rechnung rechnungsnummer nummer customer customers`)

// randomAccount fills an index with places that share few words, so that each
// query fits many.
func randomAccount(t *testing.T, r *rand.Rand, sealed bool) *filled {
	say := func(most int) string {
		var out []string
		for range 1 + r.IntN(most) {
			// The first words stand in most texts.
			out = append(out, vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64())])
		}
		return strings.Join(out, " ")
	}
	f := newFilled(t, say(2), say(3), say(3))
	for i := range f.all {
		var pages [][2]string
		for range 25 {
			pages = append(pages, [2]string{say(3), say(30) + "\n# " + say(3) + "\n" + say(60)})
		}
		f.tableAndPages(i, say(2), r.IntN(2) == 0, pages, 120, say, sealed)
	}
	return f
}

// tableAndPages gives a doc pages and a table with so many rows.
func (f *filled) tableAndPages(doc int, name string, again bool, pages [][2]string, rows int, say func(int) string, sealed bool) {
	f.Helper()
	ctx, d := context.Background(), f.all[doc]
	things := []store.Thing{{Kind: store.Tables, Ref: fmt.Sprint("grid-", doc), Title: name, Words: index.Words(name), Also: index.Also(name)}}
	for i, p := range pages {
		things = append(things, store.Thing{Kind: store.Pages, Ref: fmt.Sprintf("canvas-%d-%d", doc, i), Title: p[0],
			Words: index.Words(p[0]), Also: index.Also(p[0]), Version: "1"})
	}
	f.must(f.db.SyncThings(ctx, d.Num, "1", things, time.Now()))
	waiting, err := f.db.WaitingPages(ctx, d.Num)
	f.must(err)
	for i, g := range waiting {
		before, rest, _ := strings.Cut(pages[i][1], "\n# ")
		head, after, _ := strings.Cut(rest, "\n")
		f.must(f.db.PutText(ctx, g.ID, store.Text{Body: pages[i][1], TitleWords: index.Words(g.Title), HeadWords: index.Words(head),
			BodyWords: index.Words(before + " " + after), Also: index.Also(g.Title, pages[i][1]), Version: "1"}))
	}
	tables, err := f.db.WaitingTables(ctx, d.Num)
	f.must(err)
	t := tables[0]
	for t.Gen = 1; t.Gen == 1 || again && t.Gen == 2; t.Gen++ { // some are listed twice, with other rows
		t.Columns, t.RowCount = "Name\x1fText", rows
		about := store.Text{TitleWords: index.Words(name), HeadWords: index.Words("Name Text"), Also: index.Also(name)}
		f.must(f.db.BeginRows(ctx, t, about, "https://coda.io/", time.Now()))
		var all []store.Row
		for i := range rows {
			title, body := say(3), "\x1f"+say(24)
			all = append(all, store.Row{Ref: fmt.Sprintf("i-%d", i*int(t.Gen)), Title: title, Body: body,
				TitleWords: index.Words(title), BodyWords: index.Words(body), Also: index.Also(title, body)})
		}
		f.must(f.db.PutRows(ctx, t.ID, t.Gen, all[:rows/2], "half"))
		if sealed {
			f.must(f.db.Seal(ctx, 0))
		}
		f.must(f.db.PutRows(ctx, t.ID, t.Gen, all[rows/2:], ""))
		f.must(f.db.EndRows(ctx, t, true, time.Now()))
	}
	f.must(f.db.FinishDoc(ctx, d.Num, "1", time.Now()))
}

func randomQuery(r *rand.Rand) string {
	word := func() string { return vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64())] }
	switch r.IntN(10) {
	case 9: // so many that how each place has them is not found out
		q := word()
		for range 8 + r.IntN(4) {
			q += " " + word()
		}
		return q
	case 0:
		return word() + " " // typed to its end
	case 1:
		return word()[:1+r.IntN(2)]
	case 2:
		w := word()
		return w[:min(len(w), 3+r.IntN(3))]
	case 3:
		return `"` + word() + " " + word() + `"`
	case 4:
		return word() + " -" + word()
	case 5:
		return word() + "-" + word()
	case 6:
		return "12 March 2026 " + word()
	case 7:
		return word() + " " + word() + " " + word()
	}
	return word() + " " + word()
}

// countsAsMany tells whether an answer counts what weighing everything does. Of
// places that lack some of the words only so many are looked at as it takes: where
// it has counted fewer of those, it says so.
func countsAsMany(got, all index.Answer) bool {
	partial := slices.ContainsFunc(all.Hits, func(h index.Hit) bool { return strings.Contains(h.Why, "without") })
	for kind, n := range got.Kinds {
		if n > all.Kinds[kind] {
			return false
		}
	}
	return got.Kinds == all.Kinds || partial && got.ManyLack
}

// TestTheBestByTheirSketchesAreTheBest: what is found by weighing in the order
// of what sketches promise is what is found by weighing everything.
func TestTheBestByTheirSketchesAreTheBest(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("account ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			f := randomAccount(t, r, false)
			sealed := randomAccount(t, rand.New(rand.NewPCG(seed, 7)), true)
			sure := 0
			for range 60 {
				q := randomQuery(r)
				all, err := f.x.SearchAll(context.Background(), index.Ask{Query: q, Limit: 10})
				f.must(err)
				for where, search := range map[string]func(context.Context, index.Ask) (index.Answer, error){
					"staged": f.x.Search, "sealed": sealed.x.Search, "all sealed": sealed.x.SearchAll} {
					best, err := search(context.Background(), index.Ask{Query: q, Limit: 10})
					f.must(err)
					if got, want := ids(best), ids(all); !slices.Equal(got, want) {
						t.Errorf("%s: %q found %v\nweighing everything: %v", where, q, got, want)
					}
					if !countsAsMany(best, all) {
						t.Errorf("%s: %q counts %v, want %v", where, q, best.Kinds, all.Kinds)
					}
				}
				few, err := sealed.x.SearchFew(context.Background(), index.Ask{Query: q, Limit: 10})
				f.must(err)
				if !countsAsMany(few, all) || !few.Many && !few.ManyLack && !slices.Equal(ids(few), ids(all)) {
					t.Errorf("few kept: %q found %v %v\nweighing everything: %v %v", q, few.Kinds, ids(few), all.Kinds, ids(all))
				}
				if !few.Many && !few.ManyLack && few.More > 200 {
					sure++
				}
			}
			if sure < 5 {
				t.Errorf("only %d answers of which most was held back", sure)
			}
		})
	}
}

// TestTheBestBeneathAColumnAreNotHeldBack: where no row has the name of its column
// itself, the better ones that come later are found too.
func TestTheBestBeneathAColumnAreNotHeldBack(t *testing.T) {
	t.Parallel()
	f, ctx := newFilled(t, "Zoo"), context.Background()
	f.must(f.db.SyncThings(ctx, f.all[0].Num, "1", []store.Thing{{Kind: store.Tables, Ref: "grid", Title: "List", Words: "list"}}, time.Now()))
	tables, err := f.db.WaitingTables(ctx, f.all[0].Num)
	f.must(err)
	grid := tables[0]
	grid.Gen, grid.Columns, grid.RowCount = 1, "name\x1fkeeper", 400
	f.must(f.db.BeginRows(ctx, grid, store.Text{TitleWords: "list", HeadWords: "name keeper"}, "", time.Now()))
	var rows []store.Row
	for i := range 400 {
		title, value := fmt.Sprint("one", i), "otter"+strings.Repeat(" heron", 200-i/2)
		rows = append(rows, store.Row{Ref: fmt.Sprint("i-", i), Title: title, Body: "\x1f" + value, TitleWords: title, BodyWords: value})
	}
	f.must(f.db.PutRows(ctx, grid.ID, 1, rows, ""))
	f.must(f.db.EndRows(ctx, grid, true, time.Now()))
	f.must(f.db.FinishDoc(ctx, f.all[0].Num, "1", time.Now()))
	f.must(f.db.Seal(ctx, 0))
	ask := index.Ask{Query: "keeper otter ", Limit: 10}
	all, err := f.x.SearchAll(ctx, ask)
	f.must(err)
	few, err := f.x.SearchFew(ctx, ask)
	f.must(err)
	if got, want := ids(few), ids(all); !slices.Equal(got, want) || len(want) != 10 {
		t.Errorf("found %v\nweighing everything: %v", got, want)
	}
}
