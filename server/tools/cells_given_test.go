//go:build !race

package tools_test

import (
	"strings"
	"testing"
)

// TestCellsInEveryForm: the schema asks for pairs, as strict vendors need
// them; models write plain objects too, and both JSON and text.
func TestCellsInEveryForm(t *testing.T) {
	t.Parallel()
	pairs := []object{{"column": "Name", "value": "New"}, {"column": "Points", "value": "9007199254740993.0"}, {"column": "Done", "value": "true"}, {"column": "Goal", "value": `["Grow","Rest"]`}}
	plain := object{"Name": "New", "Points": "9007199254740993.0", "Done": true, "Goal": []string{"Grow", "Rest"}}
	want := `[{"column":"c-done","value":true},{"column":"c-goal","value":["i-goal1","i-goal2"]},{"column":"c-name","value":"New"},{"column":"c-points","value":9007199254740993}]`
	for what, row := range map[string]any{"pairs": pairs, "Coda's own form": object{"cells": pairs}, "an object of cells": object{"cells": plain},
		"an object": plain, "text": mustJSON(plain), "pairs as text": mustJSON(pairs)} {
		t.Run(what, func(t *testing.T) {
			r := newHarness(t, full)
			r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{row}}).ok(nil)
			if !strings.Contains(lastRaw(r, "upsertRows"), want) {
				t.Errorf("sent %s, want %s", lastRaw(r, "upsertRows"), want)
			}
			r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": row}).ok(nil)
			if sentNumbers(r) != want {
				t.Errorf("sent %s", sentNumbers(r))
			}
			r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{row}, "key_columns": "Name"}).ok(nil)
		})
	}
	r := newHarness(t, full)
	for what, row := range map[string]any{
		"a column twice":   []object{{"column": "Name", "value": "a"}, {"column": "Name", "value": "b"}},
		"no value":         []object{{"column": "Name"}},
		"a third field":    []object{{"column": "Name", "value": "a", "type": "text"}},
		"a list of texts":  []string{"Name", "a"},
		"a number":         7,
		"no such column":   []object{{"column": "Colour", "value": "red"}},
		"half a JSON text": `{"Name":`,
	} {
		r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{row}}).helpful(what)
	}
	if n := r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}

// lastRaw is the body of the last request of an operation, digit by digit.
func lastRaw(r *harness, operation string) string {
	body := ""
	for _, q := range r.fake.Requests() {
		if q.Operation == operation {
			body = string(q.Body)
		}
	}
	return body
}

// TestCodesStayAsTheyAre: Coda would read 00123 as a number.
func TestCodesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	row := object{"Name": "00123", "Points": "12.5", "Done": "yes"}
	for tool, args := range map[string]object{
		"coda_create_rows": {"rows": []object{row}},
		"coda_update_row":  {"row": "i-paint", "values": row},
		"coda_upsert_rows": {"rows": []object{row}, "key_columns": []string{"Name"}},
	} {
		args["document"], args["table"], args["disable_parsing"] = planDoc, "Tasks", true
		r.fake.ClearLog()
		r.call(tool, args).ok(nil)
		said := false
		for _, q := range r.fake.Requests() {
			if q.Operation == "upsertRows" || q.Operation == "updateRow" {
				said = strings.Contains(q.Query, "disableParsing=true") && strings.Contains(string(q.Body), `"value":"00123"`) &&
					strings.Contains(string(q.Body), `"value":12.5`) && strings.Contains(string(q.Body), `"value":true`)
			}
		}
		if !said {
			t.Errorf("%s: %s", tool, mustJSON(r.fake.Requests()))
		}
		args["rows"], args["values"] = []object{{"Name": "a", "Due": "2026-11-20"}}, object{"Due": "2026-11-20"}
		delete(args, map[string]string{"coda_update_row": "rows"}[tool])
		if tool != "coda_update_row" {
			delete(args, "values")
		}
		r.call(tool, args).fails("disable_parsing would break", `"Due"`, "Nothing was written")
	}
}

// TestRowsOfNothingAreRefused like {}: Coda would add empty rows.
func TestRowsOfNothingAreRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for what, row := range map[string]any{"an object": object{}, "empty texts": object{"Name": "", "Status": " "}, "null": object{"Name": nil}, "a list of nothing": object{"Goal": []any{"", nil}}, "hidden": object{"Name": "\u200b \u3164"},
		"empty lists": object{"Goal": []any{}}, "pairs": []object{{"column": "Name", "value": ""}}, "no pairs": object{"cells": []any{}}} {
		r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{object{"Name": "a"}, row}}).fails("Row 2 of 2", "no values")
		a := r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{object{"Name": "a"}, row}, "key_columns": "Name"})
		a.fails("Row 2 of 2")
		if t.Failed() {
			t.Fatal(what)
		}
	}
	if n := r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Done": false}, {"Points": 0}}}).ok(nil)
}
