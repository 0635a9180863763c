package tools_test

import "testing"

// TestAChangeBackAndForthIsDone: the third call is the same as the first, but
// no repeat of it, since the second came between.
func TestAChangeBackAndForthIsDone(t *testing.T) {
	t.Parallel()
	r := newRig(t, full)
	set := func(status string) wrote {
		var got wrote
		r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Status": status}}).ok(&got)
		return got
	}
	for _, status := range []string{"Open", "Done", "Open"} {
		if got := set(status); got.Repeated || got.Status != "applied" {
			t.Errorf("set to %s: %+v", status, got)
		}
	}
	var row struct{ Values map[string]any }
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint"}).ok(&row)
	if row.Values["Status"] != "Open" {
		t.Errorf("the row has %v", row.Values["Status"])
	}
	if got := set("Open"); !got.Repeated || r.fake.Count("updateRow") != 3 {
		t.Errorf("a true repeat: %+v, %d writes", got, r.fake.Count("updateRow"))
	}
	// What adds would add twice, whatever came between.
	add := object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "Once"}}}
	r.call("coda_create_rows", add).ok(nil)
	set("In progress")
	var got wrote
	if r.call("coda_create_rows", add).ok(&got); !got.Repeated || r.fake.Count("upsertRows") != 1 {
		t.Errorf("%+v, %d writes", got, r.fake.Count("upsertRows"))
	}
}

// TestANewTokenKnowsNoWritesOfTheOldOne: the same names lead into another
// account then.
func TestANewTokenKnowsNoWritesOfTheOldOne(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	add := object{"document": "Launch plan", "table": "Tasks", "rows": []object{{"Name": "Once"}}}
	r.call("coda_create_rows", add).ok(nil)
	r.tools.Forget()
	var got wrote
	if r.call("coda_create_rows", add).ok(&got); got.Repeated || r.fake.Count("upsertRows") != 2 {
		t.Errorf("%+v, %d writes", got, r.fake.Count("upsertRows"))
	}
}
