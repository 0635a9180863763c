package tools_test

import (
	"strings"
	"testing"
)

// TestAFilterTakesAConditionInWords, however it is written, where no row has those
// words: the same rows as the question with it, and the answer says how it was read.
func TestAFilterTakesAConditionInWords(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	list := func(filter any) (ids []any, note string) {
		t.Helper()
		var got filtered
		r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": filter}).ok(&got)
		for _, row := range got.Rows {
			ids = append(ids, row[0])
		}
		return ids, got.Note
	}
	for _, c := range []struct {
		filter any
		where  object
	}{
		{object{"Due": "not empty"}, object{"column": "Due", "is": "not empty"}},
		{object{"Owner": "not empty"}, object{"column": "Owner", "is": "not empty"}},
		{object{"Name": "is not empty"}, object{"column": "Name", "is": "not empty"}},
		{object{"Owner": "is empty"}, object{"column": "Owner", "is": "empty"}},
		{object{"column": "Points", "equals": "> 3"}, object{"column": "Points", "is": ">", "value": 3}},
		{object{"column": "Points", "equals": ">=3"}, object{"column": "Points", "is": ">=", "value": 3}},
		{object{"column": "Points", "value": "at least 3"}, object{"column": "Points", "is": ">=", "value": 3}},
		{object{"column": "Points", "equals": "between 1 and 5"}, object{"column": "Points", "is": "between", "value": []int{1, 5}}},
		{object{"column": "Points", ">": 3}, object{"column": "Points", "is": ">", "value": 3}},
		{object{"column": "Points", "is": "> 3"}, object{"column": "Points", "is": ">", "value": 3}},
		{object{"Points": object{"gt": 3}}, object{"column": "Points", "is": ">", "value": 3}},
		{object{"Status": "not Done"}, object{"column": "Status", "is": "!=", "value": "Done"}},
		{object{"Status": "≠ Done"}, object{"column": "Status", "is": "!=", "value": "Done"}},
		{object{"Status": object{"not": "Done"}}, object{"column": "Status", "is": "!=", "value": "Done"}},
		{object{"Status": []string{"Done", "Open"}}, object{"column": "Status", "is": "in", "value": []string{"Done", "Open"}}},
		{object{"Status": "one of Done, Open"}, object{"column": "Status", "is": "in", "value": []string{"Done", "Open"}}},
		{object{"column": "Status", "is": "Done"}, object{"column": "Status", "is": "=", "value": "Done"}},
		{object{"Name": "contains unch"}, object{"column": "Name", "is": "contains", "value": "unch"}},
		{object{"Name": "not Twin"}, object{"column": "Name", "is": "!=", "value": "Twin"}},
		{object{"column": "Due", "is": "overdue"}, object{"column": "Due", "is": "<", "value": "today"}},
		{object{"Due": "after 2026-01-01"}, object{"column": "Due", "is": ">", "value": "2026-01-01"}},
		{object{"Done": "unchecked"}, object{"column": "Done", "is": "=", "value": false}},
	} {
		var want filtered
		r.call("coda_query_rows", object{"document": planDoc, "table": "Tasks", "where": []any{c.where}, "select": []string{"Name"}}).ok(&want)
		ids, note := list(c.filter)
		if len(ids) != len(want.Rows) || len(ids) == 0 && c.where["column"] != "Due" {
			t.Errorf("%s: %v, %d with %s; %s", mustJSON(c.filter), ids, len(want.Rows), mustJSON(c.where), note)
		}
	}
	if _, note := list(object{"Owner": "not empty"}); !strings.Contains(note, `Read as the condition "not empty"`) {
		t.Errorf("how was it read? %s", note)
	}
	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-twin2", "values": object{"Name": "not empty"}}).ok(nil)
	if ids, note := list(object{"Name": "not empty"}); len(ids) != 1 || note != "" {
		t.Errorf("a text that reads as a condition is not found: %v, %s", ids, note)
	}
	if ids, note := list(object{"Name": "not a name at all, nor near"}); len(ids) != 4 {
		t.Errorf("%v, %s", ids, note)
	}
	for _, several := range []any{object{"Status": "Done", "Name": "x"}, []object{{"column": "Status", "is": "Done"}, {"column": "Name", "is": "x"}}, "Status = Done"} {
		r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": several}).fails("coda_query_rows with where")
	}
}
