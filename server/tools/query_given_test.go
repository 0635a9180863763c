//go:build !race

package tools_test

import "testing"

// TestAQuestionWithEveryFieldFilledIn: strict vendors have a model write all
// of them, and text for every value.
func TestAQuestionWithEveryFieldFilledIn(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	ask := func(more object) (rows string) {
		args := object{"document": "", "table": "table:" + planDoc + "/" + tasksTable, "where": []any{}, "select": []any{}, "distinct": false, "sort": []any{},
			"group_by": []any{}, "aggregate": []any{}, "having": []any{}, "limit": 0, "cursor": ""}
		for k, v := range more {
			args[k] = v
		}
		var got struct{ Rows [][]any }
		r.call("coda_query_rows", args).ok(&got)
		return mustJSON(got.Rows)
	}
	cond := func(column, is, value string, either ...any) object {
		return object{"column": column, "is": is, "value": value, "any": append([]any{}, either...), "all": []any{}}
	}
	name, five := object{"select": []string{"Name"}}, object{"column": "Points", "is": "=", "value": "5", "or": []any{}}
	for what, c := range map[string]struct {
		where []any
		want  string
	}{
		"a text":               {[]any{cond("Status", "=", "Done")}, `[["i-paint","Paint | it"]]`},
		"a number as text":     {[]any{cond("Points", ">", "3")}, `[["i-paint","Paint | it"]]`},
		"a truth as text":      {[]any{cond("Done", "=", "true")}, `[["i-paint","Paint | it"]]`},
		"a list as text":       {[]any{cond("Points", "in", `["3","5"]`)}, `[["i-launch","Launch"],["i-paint","Paint | it"]]`},
		"either of two":        {[]any{cond("", "", "", cond("Points", "=", "3"), cond("Points", "=", "5"))}, `[["i-launch","Launch"],["i-paint","Paint | it"]]`},
		"two by or":            {[]any{object{"column": "", "value": "", "OR": []any{cond("Points", "=", "3"), five}}}, `[["i-launch","Launch"],["i-paint","Paint | it"]]`},
		"a list as values":     {[]any{object{"column": "Name", "is": "in", "values": `["Launch","Nothing"]`}}, `[["i-launch","Launch"]]`},
		"empty without value":  {[]any{cond("Points", "empty", "")}, `[["i-twin1","Twin"],["i-twin2","Twin"]]`},
		"a hollow condition":   {[]any{cond("", "", "")}, ""},
		"one between the ends": {[]any{cond("Points", "between", `[4,6]`)}, `[["i-paint","Paint | it"]]`},
	} {
		name["where"] = c.where
		if got := ask(name); c.want != "" && got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	if got := ask(object{"group_by": []object{{"column": "Status", "by": ""}}, "aggregate": []object{{"op": "count", "column": ""}}, "having": []object{cond("count", ">", "2")}}); got != `[["Open",3]]` {
		t.Errorf("groups: %s", got)
	}
}
