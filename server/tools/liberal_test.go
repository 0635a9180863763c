package tools_test

import (
	"encoding/json"
	"strings"
	"testing"

	"codabridge/server/jsonrpc"
)

// TestTruthsAndLimitsAreTakenAsTheyAreMeant, but for what decides on a write.
func TestTruthsAndLimitsAreTakenAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for _, more := range []object{{"fresh": json.Number("1")}, {"fresh": "yes"}, {"visible_only": "no"}, {"visible_only": json.Number("0")}, {"fresh": "Off"},
		{"limit": "5e1"}, {"limit": 5.0}} {
		more["document"], more["table"] = planDoc, "Tasks"
		r.call("coda_list_rows", more).ok(nil)
	}
	for say, more := range map[string]object{"whole number": {"limit": 5.5}, "1 or more": {"limit": -3}, "500 or less": {"limit": json.Number("1e500")}, "true or false": {"fresh": "perhaps"}} {
		more["document"], more["table"] = planDoc, "Tasks"
		r.call("coda_list_rows", more).fails(say)
	}
	page := object{"document": planDoc, "page": overviewPage, "content": "x", "dry_run": "no"}
	r.call("coda_replace_page", page).fails("dry_run", "true or false", "Nothing was written")
	for _, odd := range []any{[]any{}, []any{true}, object{}, object{"a": 1}, 1, "yes"} {
		page["dry_run"] = odd
		r.call("coda_replace_page", page).fails("dry_run", "true or false", "Nothing was written")
	}
	page["dry_run"] = "true"
	r.call("coda_replace_page", page).ok(nil)
}

// TestAToolThatIsNotThereIsSaidInOneSentence.
func TestAToolThatIsNotThereIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	for _, name := range []string{"coda_nope", "it's 'quoted'", strings.Repeat("x", 5000)} {
		_, b, err := r.post(t.Context(), object{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": object{"name": name, "arguments": object{}}}, nil)
		messages, _, bad := jsonrpc.Read([]byte(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}`), "2025-11-25")
		if bad != nil || err != nil {
			t.Fatal(bad, err)
		}
		b = messages[0].Complete(b) // as every door does
		var m struct{ Error struct{ Message string } }
		if json.Unmarshal(b, &m) != nil || !strings.HasPrefix(m.Error.Message, `There is no tool called "`) || len(m.Error.Message) > 200 {
			t.Errorf("%s %v", b, err)
		}
	}
}

// TestAColumnOfOneValueTakesOne: Coda would store a list as it likes.
func TestAColumnOfOneValueTakesOne(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	row := object{"document": planDoc, "table": "Tasks", "row": "i-launch"}
	for column, list := range map[string][]any{"Name": {"a", "b"}, "Status": {"Open", "Done"}, "Points": {1, 2}, "Due": {"2026-11-20", "2026-11-21"}, "Done": {true, false},
		"Owner": {"a@b.example", "c@d.example"}} {
		row["values"] = object{column: list}
		r.call("coda_update_row", row).fails("one value", column, "Nothing was written")
		row["values"] = object{column: list[:1]}
		r.call("coda_update_row", row).ok(nil)
	}
	row["values"] = object{"Status": `["Open","Done"]`}
	r.call("coda_update_row", row).fails("one value")
	if n := r.fake.Count("updateRow"); n != 6 {
		t.Errorf("%d writes", n)
	}
}
