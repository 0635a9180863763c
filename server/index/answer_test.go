//go:build !race

package index_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// office has what people ask for in other words than it is written in.
func office() codatest.Workspace {
	table := func(id, name string, columns []string, rows ...[]any) *codatest.Table {
		t := &codatest.Table{ID: id, Name: name, Page: "canvas-home"}
		for i, c := range columns {
			t.Columns = append(t.Columns, &codatest.Column{ID: fmt.Sprintf("c-%s-%d", id, i), Name: c, Display: i == 0})
		}
		for i, r := range rows {
			t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-%s-%d", id, i), Values: r})
		}
		return t
	}
	return codatest.Workspace{Docs: []*codatest.Doc{{ID: "office0001", Name: "Office",
		Pages: []*codatest.Page{
			{ID: "canvas-home", Name: "Home", Body: "Cork boards hang in the hall."},
			{ID: "canvas-off", Name: "Time off rules", Body: "Everybody has thirty days."},
			{ID: "canvas-holiday", Name: "Journeys", Body: "Vacation is booked early."},
			{ID: "canvas-call", Name: "On call", Body: "Escalate to the head of support."},
			{ID: "canvas-list", Name: "List of prices", Body: "The priced items."},
			{ID: "canvas-plans", Name: "Pricing", Body: "Three plans."}},
		Tables: []*codatest.Table{
			table("grid-tasks", "Tasks", []string{"Task", "Status", "Due", "Note"},
				[]any{"Paint", "Open", "2026-12-03", "was blocked last week"}, []any{"Print", "Blocked", "2026-03-12", ""}, []any{"Pack", "Done", "2026-05-05", "status unclear"}),
			table("grid-people", "People", []string{"Name", "Birthday"}, []any{"Anna Berg", "1990-04-01"}, []any{"Bo Quist", ""}),
		}}}}
}

// TestSearchUnderstandsWhatIsMeant: each query finds this first, and says why.
func TestSearchUnderstandsWhatIsMeant(t *testing.T) {
	t.Parallel()
	b := newHarness(t, office())
	b.start()
	b.crawled()
	for _, c := range []struct{ query, first, why string }{
		{"status blocked", "row:office0001/grid-tasks/i-grid-tasks-1", "“status” is a column"},
		{"blocked status", "row:office0001/grid-tasks/i-grid-tasks-1", "“status” is a column"},
		{"status: open", "row:office0001/grid-tasks/i-grid-tasks-0", "“status” is a column"},
		{"birthday anna", "row:office0001/grid-people/i-grid-people-0", "“birthday” is a column"},
		{"escalation", "page:office0001/canvas-call", ""},
		{"escalations support", "page:office0001/canvas-call", ""},
		{"pricing items", "page:office0001/canvas-list", ""},
		{"price plans", "page:office0001/canvas-plans", ""},
		{"vacation rules", "page:office0001/canvas-off", "another form of “vacation”"},
		{"time off booked", "page:office0001/canvas-holiday", "another form of “time”; another form of “off”"},
		{"12/3/2026", "row:office0001/grid-tasks/i-grid-tasks-", ""},
	} {
		a := b.search(c.query)
		if len(a.Hits) == 0 || !strings.HasPrefix(a.Hits[0].ID, c.first) || a.Hits[0].Why != c.why {
			t.Errorf("%q: %+v %s", c.query, a.Hits, a.Odd)
		}
	}
	for _, date := range []string{"3/12/2026", "12/3/2026", "3-12-2026", "3/12/26"} {
		if a := b.search(date); len(a.Hits) != 2 {
			t.Errorf("%q has two meanings: %+v", date, a.Hits)
		}
	}
	if a := b.search("3.12.2026"); len(a.Hits) != 1 || a.Hits[0].Title != "Paint" {
		t.Errorf("%+v", a.Hits)
	}
}

// TestSearchSaysWhatItDidNotFind instead of finding something else.
func TestSearchSaysWhatItDidNotFind(t *testing.T) {
	t.Parallel()
	b := newHarness(t, office())
	b.start()
	b.crawled()
	for _, c := range []struct {
		query, odd string
		hits       bool
	}{
		{"Umbrella Corp", "“Umbrella” and “Corp” are in no doc.", false},
		{"corc", "“corc” is in no doc; “cork” was looked for too.", true},
		{"cork umbrella", "“umbrella” is in no doc.", true},
		{`"thirty nights" days`, "The phrase “thirty nights” is in no doc.", true},
		{`"thirty days" escalate`, "None of these has", true},
		{"thirty escalate", "", true},
		{strings.Repeat("cork ", 32) + "alpha beta", "Only the first 32 words were looked for. Left out: “alpha” and “beta”.", true},
		{strings.Repeat("cork ", 30) + "alpha beta", "“alpha” and “beta” are in no doc.", true},
	} {
		a := b.search(c.query)
		if len(a.Hits) > 0 != c.hits || c.odd != "None of these has" && !strings.Contains(a.Odd, c.odd) {
			t.Errorf("%q: %d hits, said %q, want %q", c.query, len(a.Hits), a.Odd, c.odd)
		}
	}
}

// TestRowsOfOneTitleStandAsOne, the rest can be asked for, and all are counted.
func TestRowsOfOneTitleStandAsOne(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Team", "Plans")
	var names []string
	for i := range 142 {
		names = append(names, "Weekly check-in")
		if i < 45 {
			names = append(names, fmt.Sprintf("Check-in number %d", i))
		}
	}
	f.rows(0, "the team met", names...)
	f.pages(1, [2]string{"How we check-in", "the team meets"})
	ask := index.Ask{Query: "check-in team"}
	var all []string
	for range 9 {
		a, err := f.x.Search(context.Background(), ask)
		f.must(err)
		if got := a.Counts(); got != "Found 1 page, 187 rows." {
			t.Fatal(got)
		}
		for _, h := range a.Hits {
			if h.Title == "Weekly check-in" && h.Alike != 141 {
				t.Errorf("%d alike", h.Alike)
			}
			all = append(all, h.Title)
		}
		if rest := 47 - len(all); a.More != rest {
			t.Errorf("after %d hits: %d more, want %d", len(all), a.More, rest)
		}
		ask.Skip = a.Next
		if a.Next == 0 {
			break
		}
	}
	slices.Sort(all)
	if len(all) != 47 || len(slices.Compact(all)) != 47 {
		t.Errorf("%d hits: %v", len(all), all)
	}
}

// TestManyWordsLookInsideWhatTheyName: of nine words and more, one or two that name
// a doc or a table, or a column, are not asked of the rows in it.
func TestManyWordsLookInsideWhatTheyName(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Quagga Archive", "Elsewhere")
	words := strings.Fields("alpha beta gamma delta epsilon zeta eta theta")
	common := strings.Join(words, " ")
	bodies := []string{common}
	for i := range 8 * 100 { // so many that none of the words is rare
		gone := i % 7 // and the next
		bodies = append(bodies, strings.Join(slices.Concat(words[:gone], words[gone+2:]), " "))
	}
	f.rows(0, "", bodies...)
	f.rows(1, "", bodies[1:]...)
	for _, query := range []string{"quagga archive " + common, common + " quagga archive", "quagga " + common + " archive", "quagga archive list " + common} {
		a := f.search(query)
		if len(a.Hits) == 0 || a.Hits[0].ID != "row:doc0000000/grid/i-0" || !strings.Contains(a.Hits[0].Why, "is in a name around it") || strings.Contains(a.Hits[0].Why, "without") {
			t.Errorf("%q: %s, %s", query, titles(a), a.Odd)
		}
	}
}
