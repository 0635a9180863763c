//go:build !race

package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// withManual adds a page that is read in several parts, and many rows.
func withManual(s *settings) {
	var body strings.Builder
	for i := range 400 {
		fmt.Fprintf(&body, "## Chapter %d\n\nPlain prose about chapter %d, and about nothing in particular, as every chapter has it.\n\n", i, i)
	}
	body.WriteString("## Last words\n\nThe tungsten key opens **the** north gate.\n")
	d := s.fake.Workspace.Docs[0]
	d.Pages = append(d.Pages, &codatest.Page{ID: "canvas-manual001", Name: "Manual", Body: body.String()})
	t := &codatest.Table{ID: "grid-visits001", Name: "Visits", Columns: []*codatest.Column{{ID: "c-v", Name: "Visit", Display: true}}}
	for i := range 65 {
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-v%d", i), Values: []any{fmt.Sprintf("Gadolinium visit %d", i)}})
	}
	for i := range 42 {
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-w%d", i), Values: []any{"Weekly walk"}})
	}
	d.Tables = append(d.Tables, t)
}

// TestAHitLeadsToItsPlaceInALongPage: what the search found stands in the part
// that fetch reads of it, and the page's own id still gives its beginning.
func TestAHitLeadsToItsPlaceInALongPage(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, withManual)
	var got deepFound
	r.call("search", object{"query": "tungsten gate"}).ok(&got)
	if len(got.Results) == 0 || !strings.HasPrefix(got.Results[0].ID, "page:"+planDoc+"/canvas-manual001#tungsten-key") {
		t.Fatalf("%+v", got)
	}
	var one struct {
		ID, Text string
		Metadata map[string]string
	}
	r.call("fetch", object{"id": got.Results[0].ID}).ok(&one)
	if !strings.Contains(one.Text, "tungsten key opens") || strings.Contains(one.Text, "Chapter 5\n") || !strings.Contains(one.Metadata["part"], "begins earlier") {
		t.Errorf("%.200s %v", one.Text, one.Metadata)
	}
	for _, id := range []string{"page:" + planDoc + "/canvas-manual001", "page:" + planDoc + "/canvas-manual001#words-that-are-nowhere", "page:" + planDoc + "/canvas-manual001#"} {
		r.call("fetch", object{"id": id}).ok(&one)
		if !strings.Contains(one.Text, "Chapter 5\n") {
			t.Errorf("%s: %.200s", id, one.Text)
		}
	}
	var page struct{ Text string }
	r.call("coda_get_page", object{"document": planDoc, "page": got.Results[0].ID}).ok(&page)
	if !strings.Contains(page.Text, "Chapter 5\n") {
		t.Errorf("%.200s", page.Text)
	}
}

// TestMoreResultsCanBeAskedFor, none twice, and all are counted at first.
func TestMoreResultsCanBeAskedFor(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, withManual)
	seen := map[string]bool{}
	cursor, calls := "", 0
	for {
		var got struct {
			deepFound
			NextCursor string `json:"next_cursor"`
		}
		args := object{"query": "gadolinium visit"}
		if cursor != "" {
			args["cursor"] = cursor
		}
		r.call("search", args).ok(&got)
		for _, x := range got.Results {
			seen[x.ID] = true
		}
		if calls == 0 && (!strings.Contains(got.Note, "Found 65 rows.") || !strings.Contains(got.Note, "45 more results are left out.")) {
			t.Error(got.Note)
		}
		calls++
		cursor = got.NextCursor
		if cursor == "" {
			break
		}
	}
	if len(seen) != 65 || calls != 4 {
		t.Errorf("%d results in %d calls", len(seen), calls)
	}
	var first struct {
		NextCursor string `json:"next_cursor"`
	}
	r.call("search", object{"query": "gadolinium  visit "}).ok(&first) // the same but for spaces
	r.call("search", object{"query": "gadolinium visit", "cursor": first.NextCursor}).ok(&first)
	for _, c := range []string{"elsewhere@20", "@20", "search@20", "search-00000000-00000000@20", first.NextCursor} {
		r.call("search", object{"query": "gadolinium", "cursor": c}).fails("The cursor does not belong to this search.")
	}
	var got deepFound
	r.call("search", object{"query": "weekly walk"}).ok(&got)
	if len(got.Results) != 1 || !strings.Contains(got.Results[0].Text, "(and 41 more like it in the table)") {
		t.Errorf("%+v", got)
	}
}

// TestWhatCodaDoesNotGiveIsNamed in the note of a search.
func TestWhatCodaDoesNotGiveIsNamed(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, func(s index.Status) bool { return s.Work == "" && s.Coverage.Refused > 0 }, func(s *settings) {
		s.fake.Knobs = codatest.Knobs{Fail: 1, FailStatus: 403, FailOperation: "listPageContent"}
	})
	var got deepFound
	r.call("search", object{"query": "launch"}).ok(&got)
	if !strings.Contains(got.Note, "Coda does not give 1 of their pages and tables: the page “") {
		t.Error(got.Note)
	}
}

// TestAButtonIsInNoHit: "Mark done: Done" on a task that is open reads as if it
// were done. Nor does its label find a table.
func TestAButtonIsInNoHit(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, func(s *settings) {
		s.fake.Workspace.Docs[0].Tables[0].Columns[10].Name = "Zumba"
		s.fake.Workspace.Docs[0].Tables[0].Columns[10].Label = "Wallaby"
	})
	var got deepFound
	a := r.call("search", object{"query": "launch type:row"}).ok(&got)
	if len(got.Results) == 0 || strings.Contains(a.text, "Zumba") || strings.Contains(a.text, "Wallaby") {
		t.Errorf("%s", a.text)
	}
	for _, word := range []string{"zumba", "wallaby"} {
		r.call("search", object{"query": word}).ok(&got)
		if len(got.Results) > 0 {
			t.Errorf("%s finds %+v", word, got)
		}
	}
}

// TestASynonymInTheNameComesFirst: before one that a text has by the way.
func TestASynonymInTheNameComesFirst(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, func(s *settings) {
		plan := s.fake.Workspace.Docs[0]
		plan.Pages = append(plan.Pages, &codatest.Page{ID: "canvas-aaa0000001", Name: "Cedar", Body: "Who owns the table once Ines is on leave?"},
			&codatest.Page{ID: "canvas-bbb0000001", Name: "Time off", Body: strings.Repeat("Two weeks in one piece. ", 40) + "Holidays too."})
	})
	var got deepFound
	for _, asked := range []string{"vacation policy", "vacation"} {
		r.call("search", object{"query": asked}).ok(&got)
		if len(got.Results) < 2 || !strings.HasPrefix(got.Results[0].Title, "Time off") {
			t.Errorf("%s: %+v", asked, got.Results)
		}
	}
}

// TestEverydayWordsAreMetInAnyForm: of purchasing and purchased purchase is the
// stem, for which somebody else writes buy.
func TestEverydayWordsAreMetInAnyForm(t *testing.T) {
	t.Parallel()
	says := map[string]string{"Needs": "Buy what you need for good work.", "Money back": "The reimbursement comes within a week.", "People ops": "The staff meets on Monday.",
		"Trouble": "Two outages since May.", "Terms": "The agreement ends in June."}
	r, _, _ := indexed(t, complete, func(s *settings) {
		for name, body := range says {
			s.fake.Workspace.Docs[1].Pages = append(s.fake.Workspace.Docs[1].Pages, &codatest.Page{Name: name, Body: body})
		}
	})
	for asked, title := range map[string]string{"purchasing": "Needs", "purchased": "Needs", "bought": "Needs", "refunded": "Money back", "reimbursed": "Money back", "reimbursing": "Money back",
		"employee": "People ops", "colleagues": "People ops", "incident": "Trouble", "contracting": "Terms"} {
		var got deepFound
		r.call("search", object{"query": asked}).ok(&got)
		if len(got.Results) == 0 || !strings.HasPrefix(got.Results[0].Title, title) {
			t.Errorf("%s finds %+v (%s)", asked, got.Results, got.Note)
		}
	}
}
