package tools_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestAllMistakesOfAWriteAreSaidAtOnce: told one at a time, a model needs as
// many calls as there are mistakes.
func TestAllMistakesOfAWriteAreSaidAtOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	write := func(rows ...object) answer {
		return r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": rows})
	}
	write(object{"Name": "a", "Status": "Blocked", "Due": "tomorrow"}).fails(`"Status"`, `"Due"`, "Nothing was written")
	write(object{"Name": "a", "Status": "Blocked"}, object{"Name": "b"}, object{"Points": "many"}, object{"Status": "Blocked"}, object{}).
		fails(`Rows 1 and 4 of 5: The column "Status"`, `Row 3 of 5: The column "Points"`, "Row 5 of 5: It has no values.")
	var rows []object
	for i := range 60 {
		rows = append(rows, object{"Name": "a", "Points": fmt.Sprintf("many %d", i), "Colour": "red"})
	}
	got := write(rows...)
	got.fails("Rows 1, 2, 3, 4, 5, 6, 7, 8 and 4 more of 60: There is no column", "more from row 12 on")
	if len(got.text) > 3000 {
		t.Errorf("%d characters of mistakes", len(got.text))
	}
	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Points": "many", "Total": 1}}).fails(`"Points"`, `"Total"`)
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "key_columns": "Name", "rows": []object{
		{"Status": "Open"}, {"Name": "b"}, {"Points": 2}}}).fails("Rows 1 and 3 of 3", "key column")
	long := strings.Repeat("x", 90<<10)
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "key_columns": "Name", "rows": []object{
		{"Name": "a" + long}, {"Name": "b"}, {"Name": "c" + long}}}).fails("Rows 1 and 3 of 3: It is 91 KB")
	if n := r.fake.Count("upsertRows") + r.fake.Count("updateRow"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}
