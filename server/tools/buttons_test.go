package tools_test

import (
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

const chores = "grid-chores0001"

// withButtons adds a table whose buttons are called as a column is, and as one
// would say that a task is done.
func withButtons(s *settings) {
	d := s.fake.Workspace.Docs[0]
	d.Tables = append(d.Tables, &codatest.Table{ID: chores, Name: "Chores", Columns: []*codatest.Column{
		{ID: "c-do", Name: "Done", Type: "button", Label: "Done"},
		{ID: "c-chore", Name: "Chore", Display: true},
		{ID: "c-isdone", Name: "Done", Type: "checkbox"},
		{ID: "c-mark", Name: "Mark done", Type: "button", Label: "Done"},
	}, Rows: []*codatest.Row{
		{ID: "i-sweep", Values: []any{nil, "Sweep", true}},
		{ID: "i-dust", Values: []any{nil, "Dust", false}},
	}})
}

// ofChores are arguments for the table with the buttons.
func ofChores(args object) object {
	args["document"], args["table"] = planDoc, chores
	return args
}

// TestAButtonIsNoValueAnywhere: its label is the same in each row, so that "Mark
// done" is "Done" on what is open.
func TestAButtonIsNoValueAnywhere(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withButtons)
	for what, c := range map[string]struct {
		tool string
		args object
	}{
		"a filter":            {"coda_list_rows", object{"filter": object{"column": "Mark done", "equals": "Done"}}},
		"columns":             {"coda_list_rows", object{"columns": []string{"Chore", "mark done"}}},
		"columns by id":       {"coda_list_rows", object{"columns": []string{"c-mark"}}},
		"a cell":              {"coda_get_row", object{"row": "i-dust", "column": "Mark done"}},
		"a condition":         {"coda_query_rows", object{"where": []object{{"column": "Mark done", "is": "=", "value": "Done"}}}},
		"a condition by id":   {"coda_query_rows", object{"where": []object{{"column": "c-mark", "is": "not empty"}}}},
		"a choice of columns": {"coda_query_rows", object{"select": []string{"Chore", "Mark done"}}},
		"an order":            {"coda_query_rows", object{"sort": []object{{"column": "Mark done"}}}},
		"groups":              {"coda_query_rows", object{"group_by": []object{{"column": "mark_done"}}}},
		"a count of values":   {"coda_query_rows", object{"aggregate": []object{{"op": "distinct", "column": "Mark done"}}}},
		"a cell written":      {"coda_update_row", object{"row": "i-dust", "values": object{"Mark done": "Done"}}},
		"a cell of a new row": {"coda_create_rows", object{"rows": []object{{"Chore": "Wash", "Mark done": true}}}},
		"a key column":        {"coda_create_rows", object{"rows": []object{{"Chore": "Wash"}}, "key_columns": []string{"Mark done"}}},
	} {
		refused := r.call(c.tool, ofChores(c.args))
		refused.fails("Mark done", "is a button and holds no value")
		text := refused.text
		if _, list, found := strings.Cut(text, "The columns are: "); !found || strings.Contains(list, "Mark done") || !strings.Contains(list, "Chore") {
			t.Errorf("%s: %s", what, text)
		}
	}
	for what, c := range map[string]struct {
		tool string
		args object
	}{
		"rows":      {"coda_list_rows", object{"columns": []string{"Don"}}},
		"a cell":    {"coda_get_row", object{"row": "i-dust", "column": "Marc done"}},
		"a write":   {"coda_update_row", object{"row": "i-dust", "values": object{"Mark don": true}}},
		"questions": {"coda_query_rows", object{"where": []object{{"column": "Mark don", "is": "empty"}}}},
	} {
		refused := r.call(c.tool, ofChores(c.args))
		refused.fails("The columns are:", "Chore")
		if _, list, _ := strings.Cut(refused.text, "The columns are:"); strings.Contains(list, "Mark done") {
			t.Errorf("%s: a button is offered: %s", what, refused.text)
		}
	}
	if n := r.fake.Count("updateRow") + r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}

// TestAColumnIsMeantWhereAButtonHasItsName in every door, under one name.
func TestAColumnIsMeantWhereAButtonHasItsName(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withButtons)
	for what, c := range map[string]struct {
		tool string
		args object
		want string
	}{
		"rows":        {"coda_list_rows", object{}, `"columns":["row","Chore","Done"],"rows":[["i-sweep","Sweep",true],["i-dust","Dust",false]]`},
		"a filter":    {"coda_list_rows", object{"filter": object{"column": "Done", "equals": "false"}}, `"rows":[["i-dust","Dust",false]]`},
		"columns":     {"coda_list_rows", object{"columns": []string{"Done"}}, `"columns":["row","Done"],"rows":[["i-sweep",true],["i-dust",false]]`},
		"a row":       {"coda_get_row", object{"row": "i-dust"}, `"values":{"Chore":"Dust","Done":false}`},
		"a cell":      {"coda_get_row", object{"row": "i-dust", "column": "Done"}, `"values":{"Done":false}`},
		"a condition": {"coda_query_rows", object{"where": []object{{"column": "done", "is": "=", "value": true}}}, `"columns":["row","Chore","Done"],"rows":[["i-sweep","Sweep",true]]`},
		"groups":      {"coda_query_rows", object{"group_by": []object{{"column": "Done"}}}, `"columns":["Done","count"]`},
	} {
		if text := r.call(c.tool, ofChores(c.args)).ok(nil).text; !strings.Contains(text, c.want) {
			t.Errorf("%s: %s is not in %s", what, c.want, text)
		}
	}
	if text := r.call("fetch", object{"id": "table:" + planDoc + "/" + chores}).ok(nil).text; !strings.Contains(text, "Columns: Chore (text), Done (checkbox)\\n") {
		t.Errorf("fetch: %s", text)
	}
	r.call("coda_update_row", ofChores(object{"row": "i-dust", "values": object{"Done": true}})).ok(nil)
	if sent := sentCells(r, "updateRow"); sent != `[{"column":"c-isdone","value":true}]` {
		t.Errorf("sent %s", sent)
	}
}
