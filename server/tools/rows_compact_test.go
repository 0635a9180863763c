package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// withVaried adds a table of twelve columns of ordinary values, none of which
// is the same in all rows, and what a model may meet beside them.
func withVaried(s *settings) {
	t := &codatest.Table{ID: "grid-varied0001", Name: "Varied", Columns: []*codatest.Column{
		{Name: "Task", Display: true}, {Name: "Status", Type: "select", Options: []string{"Not started", "In progress", "Blocked", "Done"}}, {Name: "Owner", Type: "person"},
		{Name: "Due", Type: "date"}, {Name: "Done", Type: "checkbox"}, {Name: "Points", Type: "number"}, {Name: "Cost", Type: "currency"},
		{Name: "Area", Type: "text"}, {Name: "Share", Type: "percent"}, {Name: "Region", Type: "text"}, {Name: "Votes", Type: "number"}, {Name: "Remark", Type: "text"}}}
	who := []codatest.Person{{Name: "Mina Okafor", Email: "mina@a.example"}, {Name: "Jonas Weber", Email: "jonas@a.example"}, {Name: "Dev Banerjee", Email: "dev@a.example"}}
	for i := range 300 {
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-vary%06d", i), Values: []any{fmt.Sprintf("Task number %d", i), t.Columns[1].Options[i%4], who[i%3],
			fmt.Sprintf("2026-11-%02d", 1+i%28), i%2 == 0, float64(i), float64(i)*12.5 + 0.25, []string{"web shop", "till", "portal"}[i%3], float64(i%100) / 100,
			[]string{"north", "south"}[i%2], float64(i * 7 % 90), fmt.Sprintf("remark %d on it", i)}})
	}
	s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, t)
}

type compactRows struct {
	Columns     []string
	Rows        [][]any
	Same        map[string]any
	Empty       []string
	Units       map[string]string
	Next_cursor string
	Note        string
	Sorted      string
}

// TestAHundredRowsOfTwelveColumnsStaySmall, with all that a write needs.
func TestAHundredRowsOfTwelveColumnsStaySmall(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withVaried)
	for table, most := range map[string]int{"Wide": 6000, "Varied": 14000} {
		a := r.call("coda_list_rows", object{"document": planDoc, "table": table, "limit": 100})
		var got compactRows
		a.ok(&got)
		t.Logf("%s: 100 rows x 12 columns are %d bytes", table, len(a.text))
		if len(a.text) >= most || len(got.Rows) != 100 || len(got.Columns)-1+len(got.Same) != 12 {
			t.Errorf("%s: %d bytes, %d rows, %d columns and %d the same", table, len(a.text), len(got.Rows), len(got.Columns), len(got.Same))
		}
		if unit := got.Units["Cost"] + got.Units["Column 7"]; unit != "USD" {
			t.Errorf("%s: the currency is %v", table, got.Units)
		}
		if len(got.Next_cursor) == 0 || len(got.Next_cursor) >= 64 {
			t.Errorf("%s: the cursor is %q", table, got.Next_cursor)
		}
	}
	var got compactRows
	r.call("coda_list_rows", object{"document": planDoc, "table": "Varied", "limit": 1}).ok(&got)
	row := got.Rows[0]
	values := object{}
	for i, name := range got.Columns[1:] {
		values[name] = row[i+1]
	}
	values["Owner"] = "mina@a.example" // a name alone is offered with its address
	r.call("coda_update_row", object{"document": planDoc, "table": "Varied", "row": row[0], "values": values}).ok(nil)
}

// TestWhatAllRowsShareIsSaidOnce, and only that.
func TestWhatAllRowsShareIsSaidOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got compactRows
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Name", "equals": "Twin"}}).ok(&got)
	if mustJSON(got.Columns) != `["row","Name","Status","Done"]` || strings.Join(got.Empty, " ") != "Owner Due Points Goal Cost Link Total" || len(got.Same) != 0 {
		t.Errorf("%+v", got)
	}
	got = compactRows{}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Name", "equals": "Twin"}, "columns": []string{"Owner", "Name"}}).ok(&got)
	if mustJSON(got.Columns) != `["row","Owner","Name"]` || got.Empty != nil {
		t.Errorf("columns that were asked for went: %+v", got)
	}
	got = compactRows{}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks"}).ok(&got)
	if strings.Contains(mustJSON(got), `"Go"`) {
		t.Errorf("a button is among the columns: %+v", got)
	}
}

// TestACursorKeepsAllThatWasAsked, and is short.
func TestACursorKeepsAllThatWasAsked(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withVaried)
	args := object{"document": planDoc, "table": "Varied", "columns": []string{"Votes", "Status"}, "filter": object{"column": "Status", "equals": "Blocked"}, "limit": 20}
	seen, first := map[any]bool{}, ""
	for pages := 0; pages < 20; pages++ {
		var got compactRows
		r.call("coda_list_rows", args).ok(&got)
		for _, row := range got.Rows {
			if len(row) != 3 || row[2] != "Blocked" || seen[row[0]] {
				t.Fatalf("%v", row)
			}
			seen[row[0]] = true
		}
		if got.Next_cursor == "" {
			break
		}
		if first == "" {
			first = got.Next_cursor
		}
		args = object{"document": planDoc, "table": "Varied", "cursor": got.Next_cursor, "limit": 20}
	}
	if len(seen) != 75 {
		t.Errorf("%d rows, want 75", len(seen))
	}
	for range 2 { // a cursor may be used again
		var got compactRows
		r.call("coda_list_rows", object{"document": planDoc, "table": "Varied", "cursor": first}).ok(&got)
		if len(got.Rows) != 20 || got.Rows[0][0] != "i-vary000082" {
			t.Errorf("%+v", got)
		}
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "cursor": first}).fails("does not belong to this table")
	r.call("coda_list_rows", object{"document": planDoc, "table": "Varied", "cursor": "rows-made-up"}).fails("without cursor")
}

// TestRowsByTimeComeInBothDirections, and the answer says in which.
func TestRowsByTimeComeInBothDirections(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withVaried, func(s *settings) {
		tables := s.fake.Workspace.Docs[0].Tables
		varied := tables[len(tables)-1]
		varied.Rows = varied.Rows[:130]
	})
	r.fake.Set(func(k *codatest.Knobs) { k.ClampRows = 50 })
	r.call("coda_update_row", object{"document": planDoc, "table": "Varied", "row": "i-vary000007", "values": object{"Votes": 1}}).ok(nil)
	list := func(args object) compactRows {
		var got compactRows
		args["document"], args["table"], args["columns"] = planDoc, "Varied", []string{"Task"}
		r.call("coda_list_rows", args).ok(&got)
		return got
	}
	if got := list(object{"sort": "updated", "descending": true, "limit": 3}); got.Sorted != "updated, newest first" || got.Rows[0][0] != "i-vary000007" || len(got.Rows) != 3 {
		t.Errorf("%+v", got)
	}
	if got := list(object{"sort": "updated", "limit": 3}); got.Sorted != "updated, oldest first" || got.Rows[0][0] == "i-vary000007" {
		t.Errorf("%+v", got)
	}
	var all []any
	for args := (object{"sort": "created", "descending": true, "limit": 40}); ; {
		got := list(args)
		for _, row := range got.Rows {
			all = append(all, row[0])
		}
		if got.Next_cursor == "" {
			break
		}
		args = object{"cursor": got.Next_cursor, "limit": 40}
	}
	var up []any
	for args := (object{"sort": "created", "limit": 500}); ; {
		got := list(args)
		for _, row := range got.Rows {
			up = append([]any{row[0]}, up...)
		}
		if got.Next_cursor == "" {
			break
		}
		args = object{"cursor": got.Next_cursor}
	}
	if len(all) != 130 || mustJSON(all) != mustJSON(up) {
		t.Errorf("down: %d rows, up: %d rows\n%v\n%v", len(all), len(up), all, up)
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Varied", "sort": "natural", "descending": true}).fails("descending")
}
