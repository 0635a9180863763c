package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestARowIsFoundInAnyCaseOrOffered: Coda compares names letter by letter, and
// "there is none" sends a model away from the row that is meant.
func TestARowIsFoundInAnyCaseOrOffered(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	var row struct{ ID string }
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "LAUNCH"}).ok(&row)
	if row.ID != "i-launch" {
		t.Errorf("%+v", row)
	}
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Lunch"}).fails("no row called", `"Launch" (i-launch)`)
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "twin"}).fails("2 rows", "i-twin1", "i-twin2")
	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Goal": "Grows"}}).
		fails(`"Grow" (i-goal1)`, "Nothing was written")
	r.call("coda_get_row", object{"document": planDoc, "table": "Wide", "row": "task NUMBER 249"}).ok(&row)
	if row.ID != "i-wide000249" {
		t.Errorf("past the first rows: %+v", row)
	}
	if n := r.fake.Count("updateRow"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}

// TestManyRelationsByNameTakeFewRequests: each name by itself would pass the
// deadline of a call.
func TestManyRelationsByNameTakeFewRequests(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) {
		goals := s.fake.Workspace.Docs[0].Tables[1]
		for i := range 400 {
			goals.Rows = append(goals.Rows, &codatest.Row{ID: fmt.Sprintf("i-more%d", i), Values: []any{fmt.Sprintf("More %d", i)}})
		}
		goals.Rows = append(goals.Rows, &codatest.Row{ID: "i-again", Values: []any{"More 300"}})
	})
	var rows []object
	for i := range 300 {
		rows = append(rows, object{"Name": fmt.Sprint(i), "Goal": fmt.Sprintf("More %d", i)})
	}
	args := object{"document": planDoc, "table": "Tasks", "rows": rows, "key_columns": []string{"Name"}}
	r.call("coda_upsert_rows", args).ok(nil)
	if n := r.fake.Count(""); n > 25 {
		t.Errorf("an import with 300 relations by name made %d requests", n)
	}
	var row struct{ Values map[string]any }
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "250"}).ok(&row)
	if row.Values["Goal"] != "More 250 (i-more250)" {
		t.Errorf("related to %v", row.Values["Goal"])
	}
	rows[200]["Goal"], rows[201]["Goal"], rows[202]["Goal"] = "More 300", "Mor 150", "more 202"
	r.call("coda_upsert_rows", args).fails("Row 201 of 300", "i-again", "Row 202 of 300", `"More 150" (i-more150)`)
	if a := r.call("coda_upsert_rows", args); strings.Contains(a.text, "Row 203 ") {
		t.Errorf("a name in another case was refused: %s", a.text)
	}
}

// TestAPersonByNameIsOfferedWithTheAddress that a write needs.
func TestAPersonByNameIsOfferedWithTheAddress(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	rows := []object{{"Name": "a", "Owner": "Mina Okafor"}, {"Name": "b", "Owner": "Mina Okafor"}, {"Name": "c", "Owner": "Nobody Known"}}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": rows}).fails("Row 3 of 3", "e-mail", "Nothing was written")
	if n := r.fake.Count("searchPrincipals"); n != 2 {
		t.Errorf("%d requests for two names", n)
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "a", "Owner": "Mina"}}}).fails("Mina Okafor <mina.okafor@fernhill.example>")
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": rows[:2]}).ok(nil)
	if sent := lastBody(r, "upsertRows"); strings.Count(sent, `"mina.okafor@fernhill.example"`) != 2 {
		t.Errorf("the whole name of one person was sent as %s", sent)
	}
	r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 9, 403, "searchPrincipals" })
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": rows[:1]}).fails("e-mail", "Nothing was written")
}

// TestPercentsAreFractions: 50 in a percent column would show as 5000 %.
func TestPercentsAreFractions(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	set := func(v any) answer {
		return r.call("coda_update_row", object{"document": planDoc, "table": "Wide", "row": "i-wide000001", "values": object{"Column 9": v}})
	}
	set(50).fails(`0.5 or "50%"`, `"5000%"`, "Nothing was written")
	set("12.5").fails(`0.125 or "12.5%"`)
	set(-2).fails(`"-2%"`)
	if n := r.fake.Count("updateRow"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
	for _, v := range []any{0.5, 1, 0, -1, "150%", nil} {
		set(v).ok(nil)
	}
	var table struct {
		Columns []struct{ Type, Note string }
	}
	r.call("coda_get_table", object{"document": planDoc, "table": "Wide"}).ok(&table)
	if c := table.Columns[8]; c.Type != "percent" || c.Note == "" {
		t.Errorf("%+v", c)
	}
}

// TestLargeNumbersStayAsTheyAre: an id of many digits, rounded, is another id.
func TestLargeNumbersStayAsTheyAre(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for _, v := range []any{"9007199254740993", "1234567890123456789"} {
		r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Points": v}}).ok(nil)
		if want := fmt.Sprintf(`[{"column":"c-points","value":%s}]`, v); sentNumbers(r) != want {
			t.Errorf("sent %s, want %s", sentNumbers(r), want)
		}
	}
}

// sentNumbers are the cells of the last row that was changed, digit by digit.
func sentNumbers(r *harness) string {
	var body struct {
		Row struct{ Cells json.RawMessage }
	}
	reqs := r.fake.Requests()
	for i := len(reqs) - 1; i >= 0; i-- {
		if reqs[i].Operation == "updateRow" {
			_ = json.Unmarshal(reqs[i].Body, &body)
			break
		}
	}
	return string(body.Row.Cells)
}
