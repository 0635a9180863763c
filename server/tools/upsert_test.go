package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

type upserted struct {
	Rows_sent, Rows_not_in int
	Batches                []struct {
		From, To      int
		Status, Error string
	}
	Note  string
	Table ref
}

// bulk makes n rows of some bytes each, after the first as many new ones.
func bulk(n, size int) []object {
	rows := make([]object, n)
	for i := range rows {
		rows[i] = object{"Column 1": fmt.Sprintf("Task number %d", i), "Column 8": strings.Repeat("x", size)}
	}
	return rows
}

func TestUpsertSendsInBatches(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	args := object{"document": planDoc, "table": "Wide", "rows": bulk(1000, 20), "key_columns": "Column 1"}
	var got upserted
	r.call("coda_upsert_rows", args).ok(&got)
	if got.Rows_sent != 1000 || len(got.Batches) != 1 || got.Batches[0].Status != "applied" || r.fake.Count("upsertRows") != 1 {
		t.Errorf("%+v", got)
	}
	var table struct{ Row_count int }
	r.call("coda_get_table", object{"document": planDoc, "table": "Wide"}).ok(&table)
	if table.Row_count != 1000 { // 250 were there and matched
		t.Errorf("the table has %d rows", table.Row_count)
	}
}

func TestUpsertChecksKeysAndValues(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	call := func(rows []object, more object) answer {
		args := object{"document": planDoc, "table": "Tasks", "rows": rows, "key_columns": []string{"Name"}}
		for k, v := range more {
			args[k] = v
		}
		return r.call("coda_upsert_rows", args)
	}
	call([]object{{"Name": "a"}, {"Status": "Open"}}, nil).fails("Row 2 of 2", "key column", "Nothing was written")
	call([]object{{"Name": "a", "Status": "Blocked"}}, nil).fails("Open, In progress, Done")
	call([]object{{"Name": "a", "Due": "2026-01-01"}}, object{"disable_parsing": true}).fails("disable_parsing", "Due")
	if n := r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
	call([]object{{"Name": "00123"}}, object{"disable_parsing": true}).ok(nil)
	if q := r.fake.Requests(); !strings.Contains(q[len(q)-1].Query+q[len(q)-2].Query, "disableParsing=true") {
		t.Errorf("disableParsing was not sent")
	}
	var got upserted
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Open tasks", "rows": []object{{"Name": "View"}}, "key_columns": "Name"}).ok(&got)
	if got.Table.ID != tasksTable || !strings.Contains(got.Note, "view") {
		t.Errorf("%+v", got)
	}
}

// TestUpsertTakesEachKeyOnce: of two rows with one key Coda makes one, so
// rows_sent would tell more than what is there.
func TestUpsertTakesEachKeyOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	call := func(keys []string, rows ...object) answer {
		return r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "rows": rows, "key_columns": keys})
	}
	call([]string{"Name"}, object{"Name": "a", "Points": 1}, object{"Name": "b"}, object{"Name": "a", "Points": 2}).fails("Rows 1 and 3 of 3", `"a"`, "Nothing was written")
	call([]string{"Name"}, object{"Name": "a"}, object{"c-name": "a"}).fails("Rows 1 and 2 of 2")
	call([]string{"Points"}, object{"Points": 7}, object{"Points": "7.0"}).fails("Rows 1 and 2 of 2", "7")
	call([]string{"Status"}, object{"Status": "open"}, object{"Status": "OPEN"}).fails("Rows 1 and 2 of 2", "Open")
	call([]string{"Goal"}, object{"Goal": "Grow"}, object{"Goal": "i-goal1"}).fails("Rows 1 and 2 of 2")
	call([]string{"Name", "Status"}, object{"Name": "a", "Status": "Done"}, object{"Status": "Done", "Name": "a"}).fails("Rows 1 and 2 of 2", "a, Done")
	if n := r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
	call([]string{"Name", "Status"}, object{"Name": "a", "Status": "Done"}, object{"Name": "a", "Status": "Open"}).ok(nil)
	call([]string{"Name"}, object{"Name": "x"}, object{"Name": "X"}).ok(nil)
}

// TestAddingRowsByKeyTakesEachKeyOnce, as the batches do; without a key two
// rows may be alike.
func TestAddingRowsByKeyTakesEachKeyOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	twice := []object{{"Name": "Twice", "Points": 1}, {"Name": "Twice", "Points": 2}}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": twice, "key_columns": []string{"Name"}}).fails("Rows 1 and 2", "same key")
	if n := r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes", n)
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": twice}).ok(&struct{}{})
}

// TestAnUpsertTellsWhatItReplaced: with key_columns a new row may be an old one
// that is changed, and the answer says what stood there.
func TestAnUpsertTellsWhatItReplaced(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	args := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Launch", "Points": 9, "Status": "Done"}, {"Name": "Quite new"}}, "key_columns": []string{"Name"}}
	var done struct{ Was map[string]object }
	r.call("coda_create_rows", args).ok(&done)
	if len(done.Was) != 1 || done.Was["i-launch"]["Points"] != 3.0 || done.Was["i-launch"]["Status"] != "Open" || len(done.Was["i-launch"]) != 2 {
		t.Errorf("was: %v", done.Was)
	}
	var recent struct {
		Changes []struct {
			ID  string
			Was object
		}
	}
	r.call("coda_recent_changes", object{"document": planDoc}).ok(&recent)
	if !slices.ContainsFunc(recent.Changes, func(c struct {
		ID  string
		Was object
	}) bool {
		return strings.HasSuffix(c.ID, "/i-launch") && c.Was["Points"] == 3.0
	}) {
		t.Errorf("the changes lack it: %+v", recent)
	}
	var fresh struct{ Was map[string]object }
	r.call("coda_create_rows", newRow("Fresh")).ok(&fresh)
	if len(fresh.Was) != 0 {
		t.Errorf("a new row replaced %v", fresh.Was)
	}
}
