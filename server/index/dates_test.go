//go:build !race

package index_test

import (
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// TestAWrittenDateFindsTheStoredOne in a cell, and still the text that has it
// as it was written.
func TestAWrittenDateFindsTheStoredOne(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	row := func(id, day string) *codatest.Row {
		return &codatest.Row{ID: "i-" + id, Values: []any{"Visit of " + id, day}}
	}
	b := newHarness(t, codatest.Workspace{Docs: []*codatest.Doc{{ID: "harbour001", Name: "Harbour", Updated: at,
		Pages: []*codatest.Page{
			{ID: "canvas-log", Name: "Log", Body: "The crane came on 14 March 2026.", Updated: at},
			{ID: "canvas-long", Name: "Chronicle", Body: strings.Repeat("Nothing happened on this day at all. ", 4000) + "\nThe lighthouse burned on 2025-08-30.", Updated: at}},
		Tables: []*codatest.Table{{ID: "grid-visits", Name: "Visits", Page: "canvas-log",
			Columns: []*codatest.Column{{ID: "c-n", Name: "Boat"}, {ID: "c-d", Name: "Day"}},
			Rows:    []*codatest.Row{row("anna", "2026-03-12"), row("berta", "2026-12-03"), row("clara", "2026-03-13T09:30:00.000Z")}}}}}})
	b.start()
	b.crawled()
	visit := "row:harbour001/grid-visits/i-"
	for query, first := range map[string]string{
		"12 March 2026": visit + "anna", "March 12, 2026": visit + "anna", "12th of march 2026": visit + "anna", "Mar 12 2026": visit + "anna",
		"12.03.2026": visit + "anna", "12.3.2026": visit + "anna", "12. März 2026": visit + "anna", "12 mars 2026": visit + "anna", "visit 12 de marzo 2026": visit + "anna",
		"2026-03-12": visit + "anna", "3.12.2026": visit + "berta", "3 December 2026": visit + "berta",
		"3/13/2026": visit + "clara", "13/03/2026": visit + "clara", "14 March 2026": "page:harbour001/canvas-log", "30 August 2025": "page:harbour001/canvas-long",
	} {
		b.finds("a date", query, first)
	}
	if a := b.search("12 March 2026"); len(a.Hits) == 0 || !strings.Contains(a.Hits[0].Text, "**2026-03-12**") || !a.Hits[0].Sure {
		t.Errorf("the date is not marked: %+v", a.Hits)
	}
	if a := b.search("30 August 2025"); len(a.Hits) == 0 || !strings.Contains(a.Hits[0].Text, "**2025-08-30**") {
		t.Errorf("the date far down a page is not marked: %+v", a.Hits)
	}
	if a := b.search(`"12 March 2026"`); len(a.Hits) != 0 {
		t.Errorf("quoted, it means just that: %+v", a.Hits)
	}
}
