package tools_test

import (
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestRowsOfOneNameAreToldApart by what else they hold, wherever one is named.
func TestRowsOfOneNameAreToldApart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		plan := s.fake.Workspace.Docs[0]
		plan.Tables[0].Rows[3].Values = []any{"Twin", "Done", codatest.Person{Name: "Mina Okafor", Email: "mina.okafor@fernhill.example"}}
		goals := plan.Tables[1]
		goals.Columns = append(goals.Columns, &codatest.Column{ID: "c-town", Name: "Town"})
		goals.Rows = append(goals.Rows, &codatest.Row{ID: "i-shop1", Values: []any{"Berg Velo", "Utrecht"}}, &codatest.Row{ID: "i-shop2", Values: []any{"Berg Velo", "Ghent"}})
		plan.Tables[0].Rows[0].Values[6] = codatest.Ref("i-shop1")
		plan.Tables[0].Rows[1].Values[6] = codatest.Ref("i-shop2")
	})
	in := func(more object) object {
		more["document"], more["table"] = planDoc, "Tasks"
		return more
	}
	for _, name := range []string{"Twin", "TWIN"} {
		r.call("coda_get_row", in(object{"row": name})).fails("2 rows are called", "i-twin1, Status: Open; Owner: empty", "i-twin2, Status: Done; Owner: Mina Okafor")
	}
	for _, name := range []string{"Berg Velo", "berg velo"} {
		r.call("coda_update_row", in(object{"row": "i-launch", "values": object{"Goal": name}})).fails("i-shop1, Town: Utrecht", "i-shop2, Town: Ghent", "Nothing was written")
	}
	var got filtered
	a := r.call("coda_list_rows", in(object{"filter": object{"column": "Goal", "equals": "Berg Velo"}})).ok(&got)
	if len(got.Rows) != 2 || !strings.Contains(got.Note, `are called "Berg Velo"`) || !strings.Contains(a.text, "Berg Velo (i-shop1)") {
		t.Errorf("an answer that rests on a name of two does not say so: %s", a.text)
	}
	r.call("coda_list_rows", in(object{"filter": object{"column": "Goal", "equals": "Berg Velo (i-shop2)"}})).ok(&got)
	if len(got.Rows) != 1 || got.Rows[0][0] != "i-paint" {
		t.Errorf("%+v", got)
	}
}
