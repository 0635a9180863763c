//go:build !race

package tools_test

import (
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestAQuestionTellsNamesakesApart in its rows, among the different ones, in
// what it says of a condition, and takes back what it shows.
func TestAQuestionTellsNamesakesApart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		plan := s.fake.Workspace.Docs[0]
		goals := plan.Tables[1]
		goals.Rows = append(goals.Rows, &codatest.Row{ID: "i-shop1", Values: []any{"Berg Velo"}}, &codatest.Row{ID: "i-shop2", Values: []any{"Berg Velo"}})
		for i, ref := range []string{"i-shop1", "i-shop2", "i-shop1", "i-goal1"} {
			plan.Tables[0].Rows[i].Values = append(plan.Tables[0].Rows[i].Values, make([]any, 11)...)[:11]
			plan.Tables[0].Rows[i].Values[6] = codatest.Ref(ref)
		}
		for i, mail := range []string{"mina@a.example", "mina@b.example", "mina@b.example"} {
			plan.Tables[0].Rows[i].Values[2] = codatest.Person{Name: "Mina Okafor, Dr.", Email: mail}
		}
	})
	ask := func(more object) told {
		t.Helper()
		more["document"], more["table"] = planDoc, "Tasks"
		var got told
		r.call("coda_query_rows", more).ok(&got)
		return got
	}
	by := func(column, value string) []object { return []object{{"column": column, "is": "=", "value": value}} }
	got := ask(object{"where": by("Goal", "berg velo"), "aggregate": []object{{"op": "count"}}})
	if fmtRows(got) != "[[3]]" || !strings.Contains(got.Note, `Several in "Goal" are called "berg velo", such as i-shop1 and i-shop2, and all of them count`) {
		t.Errorf("%+v", got)
	}
	got = ask(object{"select": []string{"Goal"}, "distinct": true})
	if fmtRows(got) != `[["Berg Velo (i-shop1)"],["Berg Velo (i-shop2)"],["Grow"]]` {
		t.Errorf("%+v", got)
	}
	got = ask(object{"select": []string{"Owner"}, "where": by("Goal", "Berg Velo (i-shop2)")})
	if fmtRows(got) != `[["i-paint","Mina Okafor, Dr."]]` || got.Note != "" {
		t.Errorf("%+v", got)
	}
	got = ask(object{"group_by": []string{"Owner"}, "aggregate": []object{{"op": "count"}}, "where": []object{{"column": "Owner", "is": "not empty"}}})
	if fmtRows(got) != `[["Mina Okafor, Dr. \u003cmina@a.example\u003e",1],["Mina Okafor, Dr. \u003cmina@b.example\u003e",2]]` {
		t.Errorf("%s", fmtRows(got))
	}
	for _, shown := range []string{"Mina Okafor, Dr. <mina@b.example>", "mina okafor, dr. (MINA@b.example)"} {
		got = ask(object{"where": by("Owner", shown), "aggregate": []object{{"op": "count"}}})
		if fmtRows(got) != "[[2]]" || got.Note != "" {
			t.Errorf("what was shown is not taken: %+v", got)
		}
	}
	r.call("coda_get_document", object{"document": "Twin"}).fails("2 documents are called", "TwinDoc004, ", "changed 20", "TwinDoc005")
	r.call("coda_get_page", object{"document": planDoc, "page": "Notes"}).fails("2 pages are called", "at the top, changed 20")
}

func fmtRows(got told) string { return mustJSON(got.Rows) }
