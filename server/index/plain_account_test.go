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

	store "codabridge/server/store/index"
)

// sayer says up to so many words.
type sayer func(most int) string

// valuedAccount has pages, and rows with values in columns beside the name.
func valuedAccount(t testing.TB, r *rand.Rand) (*filled, []valued) {
	say := func(most int) string {
		var out []string
		for range 1 + r.IntN(most) {
			out = append(out, animals[int(float64(len(animals))*r.Float64()*r.Float64())])
		}
		return strings.Join(out, " ")
	}
	names := []string{say(2), say(2)}
	f := newFilled(t, names...)
	var all []valued
	for i, name := range names {
		doc, around := f.all[i].ID, strings.Fields(name)
		all = append(all, valued{plainly: plainly{kind: store.Docs, id: "doc:" + doc, doc: doc, title: around}})
		table := say(2)
		all = append(all, f.valuedPages(i, around, table, say)...)
		labels := []string{"name", "keeper", "cage", "diet"}[:2+i*2] // the first has fewer columns
		all = append(all, f.valuedRows(i, around, table, labels, say)...)
		f.must(f.db.FinishDoc(context.Background(), f.all[i].Num, "1", time.Now()))
	}
	return f, all
}

// valuedPages gives a doc pages, each below the one before, and a table.
func (f *filled) valuedPages(i int, around []string, table string, say sayer) (all []valued) {
	ctx, d, parent := context.Background(), f.all[i], map[string]string{}
	things := []store.Thing{{Kind: store.Tables, Ref: "grid", Title: table, Words: table}}
	for k, above := 0, ""; k < 12; k++ {
		title, ref := say(3), fmt.Sprint("canvas-", k)
		things = append(things, store.Thing{Kind: store.Pages, Ref: ref, Title: title, Words: title, Parent: above, Version: "1"})
		parent[ref], above = above, title
	}
	f.must(f.db.SyncThings(ctx, d.Num, "1", things, time.Now()))
	waiting, err := f.db.WaitingPages(ctx, d.Num)
	f.must(err)
	for _, g := range waiting {
		body := say(40)
		f.must(f.db.PutText(ctx, g.ID, store.Text{Body: body, TitleWords: g.Title, BodyWords: body, Version: "1"}))
		all = append(all, valued{plainly: plainly{store.Pages, "page:" + d.ID + "/" + g.Ref, d.ID, strings.Fields(g.Title), nil,
			strings.Fields(body), slices.Concat(strings.Fields(parent[g.Ref]), around)}})
	}
	return all
}

// valuedRows gives the table of a doc columns and rows.
func (f *filled) valuedRows(i int, around []string, table string, labels []string, say sayer) (all []valued) {
	ctx, d := context.Background(), f.all[i]
	all = append(all, valued{plainly: plainly{store.Tables, "table:" + d.ID + "/grid", d.ID, strings.Fields(table), nil, labels, around}})
	tables, err := f.db.WaitingTables(ctx, d.Num)
	f.must(err)
	grid := tables[0]
	grid.Gen, grid.Columns, grid.RowCount = 1, strings.Join(labels, "\x1f"), 150
	f.must(f.db.BeginRows(ctx, grid, store.Text{TitleWords: table, HeadWords: strings.Join(labels, " ")}, "", time.Now()))
	var rows []store.Row
	for k := range 150 {
		at := valued{columns: map[string][]string{}, plainly: plainly{kind: store.Rows, id: fmt.Sprintf("row:%s/grid/i-%d", d.ID, k), doc: d.ID,
			title: strings.Fields(say(3)), around: slices.Concat(strings.Fields(table), around)}}
		body := ""
		for _, label := range labels[1:] {
			value := say(3)
			body += "\x1f" + value
			at.columns[label], at.text = strings.Fields(value), append(at.text, strings.Fields(value)...)
		}
		rows = append(rows, store.Row{Ref: fmt.Sprint("i-", k), Title: strings.Join(at.title, " "), Body: body,
			TitleWords: strings.Join(at.title, " "), BodyWords: strings.Join(at.text, " ")})
		all = append(all, at)
	}
	f.must(f.db.PutRows(ctx, grid.ID, 1, rows, ""))
	f.must(f.db.EndRows(ctx, grid, true, time.Now()))
	return all
}
