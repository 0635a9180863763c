package tools_test

import (
	"strings"
	"testing"
)

// TestAChangeSaysWhatWasThere, in a form that puts it back, and where it is.
func TestAChangeSaysWhatWasThere(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	row := object{"document": planDoc, "table": "Tasks", "row": "Launch"}
	change := func(values any) (got struct {
		Was    map[string]any
		URL    string
		Status string
	}) {
		row["values"] = values
		r.call("coda_update_row", row).ok(&got)
		return got
	}
	var before, after struct{ Values map[string]any }
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Launch"}).ok(&before)
	got := change(object{"Status": "Done", "Owner": "me", "Due": "", "Done": true, "Goal": "Rest", "Cost": 1, "Points": 9})
	if !strings.HasPrefix(got.URL, "https://") || len(got.Was) != 7 || got.Was["Owner"] != "Mina Okafor <mina.okafor@fernhill.example>" || got.Was["Goal"] != "Grow (i-goal1)" {
		t.Fatalf("%+v", got)
	}
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Launch"}).ok(&after)
	if after.Values["Owner"] != "Robin Vale <robin.vale@fernhill.example>" && !strings.Contains(mustJSON(after.Values["Owner"]), "@") {
		t.Errorf("me is %v", after.Values["Owner"])
	}
	change(got.Was) // as it was given, in another conversation
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Launch"}).ok(&after)
	if mustJSON(after.Values) != mustJSON(before.Values) {
		t.Errorf("put back: %v\nwas: %v", after.Values, before.Values)
	}
	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-nope", "values": object{"Status": "Done"}}).fails("404", "Nothing was written")

	var added struct {
		URL     string
		Row_ids []string
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "New", "Owner": "Myself"}}}).ok(&added)
	if len(added.Row_ids) != 1 || !strings.Contains(added.URL, "_r") {
		t.Errorf("%+v", added)
	}
	var deleted changed
	r.call("coda_delete_rows", object{"document": planDoc, "table": "Tasks", "rows": []string{"i-launch"}}).ok(&deleted)
	if was := strings.Join(deleted.Was, ""); !strings.Contains(was, `i-launch "Launch" {`) || !strings.Contains(was, `"Status":"Open"`) || strings.Contains(was, `"Total"`) {
		t.Errorf("%s", was)
	}
}

// TestReadingRequestsOfAChange: the state before costs one read.
func TestReadingRequestsOfAChange(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	args := object{"document": planDoc, "table": tasksTable, "row": "i-launch", "values": object{"Name": "x"}}
	r.call("coda_update_row", args).ok(nil)
	if n := r.fake.Count("getRow"); n != 1 {
		t.Errorf("%d reads of the row", n)
	}
}
