package tools_test

import "testing"

// TestTablesThatCannotBeMadeAreRefused: nested values would stand in the
// document as the text of a program, and columns of one name cannot be told
// apart when rows are written.
func TestTablesThatCannotBeMadeAreRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for what, c := range map[string]struct {
		columns []string
		row     []any
		say     []string
	}{
		"an object for a value":         {[]string{"A", "B"}, []any{"x", object{"x": 1}}, []string{"row 1", `"B"`, "nested"}},
		"an object in a list":           {[]string{"A"}, []any{[]any{"x", object{"x": 1}}}, []string{"row 1", `"A"`, "nested"}},
		"a list in a list":              {[]string{"A"}, []any{[]any{[]any{"x"}}}, []string{"row 1", "nested"}},
		"a column twice":                {[]string{"A", "B", "A"}, []any{1, 2, 3}, []string{"Columns 1 and 3", `"A"`}},
		"a column twice but for case":   {[]string{"Cost", " cost"}, []any{1, 2}, []string{"Columns 1 and 2"}},
		"more values than columns have": {[]string{"A"}, []any{1, 2}, []string{"Row 1", "2 values for 1 column"}},
	} {
		t.Run(what, func(t *testing.T) {
			r.call("coda_insert_table", object{"document": planDoc, "page": "Overview", "columns": c.columns, "rows": [][]any{c.row}}).fails(append(c.say, "Nothing was written")...)
		})
	}
	if n := r.fake.Count(""); n != 0 {
		t.Errorf("%d requests reached Coda", n)
	}
	r.call("coda_insert_table", object{"document": planDoc, "page": "Overview", "columns": []string{"A", "", ""}, "rows": [][]any{{true, 1.5, []any{"p", nil}}}}).ok(nil)
}
