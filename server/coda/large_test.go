//go:build !race

// Tests whose cost is the size of what goes through them. They run without the
// race detector, which makes them ten times slower and finds nothing in them:
// each has one caller.

package coda_test

import (
	"testing"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
)

func TestTheWholeSampleCanBeRead(t *testing.T) {
	t.Parallel()
	for _, odd := range []bool{false, true} {
		c, _, _ := connect(t, codatest.Options{Knobs: codatest.Knobs{Odd: odd, ClampRows: 200, ClampLists: 3}})
		ctx := t.Context()
		docs, pages, rows, columns := 0, 0, 0, 0
		for _, d := range collect(t, func(p string) (coda.Page[coda.Doc], error) { return c.ListDocs(ctx, coda.DocQuery{PageToken: p}) }) {
			docs++
			pages += len(collect(t, func(p string) (coda.Page[coda.DocPage], error) {
				return c.ListPages(ctx, d.ID, coda.ListOptions{Limit: 50, PageToken: p})
			}))
			for _, tab := range collect(t, func(p string) (coda.Page[coda.Table], error) {
				return c.ListTables(ctx, d.ID, coda.ListOptions{PageToken: p})
			}) {
				columns += len(collect(t, func(p string) (coda.Page[coda.Column], error) {
					return c.ListColumns(ctx, d.ID, tab.ID, coda.ListOptions{Limit: 100, PageToken: p})
				}))
				got := len(collect(t, func(p string) (coda.Page[coda.Row], error) {
					return c.ListRows(ctx, d.ID, tab.ID, coda.RowQuery{Limit: 500, ValueFormat: "rich", PageToken: p})
				}))
				full, err := c.GetTable(ctx, d.ID, tab.ID)
				if err != nil || full.RowCount != got {
					t.Errorf("%s / %s: %d rows read, %d told, %v", d.Name, tab.Name, got, full.RowCount, err)
				}
				if tab.TableType == "table" {
					rows += got
				}
			}
		}
		if docs != 14 || pages < 50 || rows < 4000 || columns < 200 {
			t.Errorf("odd %v: %d docs, %d pages, %d rows, %d columns", odd, docs, pages, rows, columns)
		}
	}
}

// TestNoAnswerFailsToDecode: the service adds, drops and changes fields before
// it documents that, and none of it may cost the rest of an answer.
func TestNoAnswerFailsToDecode(t *testing.T) {
	t.Parallel()
	c, m, ids := tolerant(t)
	for seed := range uint64(60) {
		m.seed.Store(seed)
		for name, ask := range decoders {
			if err := ask(t.Context(), c, ids[0], ids[1], ids[2], ids[3]); err != nil {
				t.Errorf("%s, seed %d: %v", name, seed, err)
			}
		}
	}
}
