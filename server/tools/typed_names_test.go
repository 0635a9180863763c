//go:build !race

package tools_test

import (
	"strings"
	"testing"
)

// known are names as somebody might type them, by the row that is meant.
var known = map[string]string{"acme corp": "i-f500", "ACME CORP": "i-f500", "O'Neill": "i-f501", "o'neill": "i-f501", "O’Neill": "i-f501", "ZeroWidth": "i-f502", "Zero\u200bWidth": "i-f502",
	"zero\ufeffwidth": "i-f502", "Line\nbreak": "i-f503", "Line break": "i-f503", "Line\r\nbreak": "i-f503", "tab name": "i-f504", "tab\tname": "i-f504", "Non breaking": "i-f505", `"Quoted" - name...`: "i-f506",
	"angstrom": "i-f507", "FULL WIDTH": "i-f508", "RÉSUMÉ": "i-f509", "RESUME": "i-f510", "Softhyphen": "i-f511", "spaced": "i-f512", "firm 619": "i-f619"}

// TestNamesAreFoundInOneWay, whatever they name, with a Coda that compares by
// the type of a value and with one that compares text.
func TestNamesAreFoundInOneWay(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"", "type", "text"} {
		t.Run("by "+by, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full, withFirms, func(s *settings) { s.fake.Knobs.QueryBy = by })
			var got struct{ ID string }
			for name, id := range known {
				r.call("coda_get_row", object{"document": planDoc, "table": firmsTable, "row": name}).ok(&got)
				if got.ID != id {
					t.Errorf("row %q: %s, want %s", name, got.ID, id)
				}
			}
			var rows []object
			for name := range known {
				rows = append(rows, object{"Order": 1, "Of": name})
			}
			r.call("coda_create_rows", object{"document": planDoc, "table": "orders", "rows": rows}).ok(nil)
			sent := ""
			for _, q := range r.fake.Requests() {
				if q.Operation == "upsertRows" {
					sent = string(q.Body)
				}
			}
			for name, id := range known {
				if !strings.Contains(sent, `"`+id+`"`) {
					t.Errorf("relation %q: %s was not sent", name, id)
				}
			}
			for _, row := range []any{"1005", 1005, "1,005", " 1005 ", "1005.0"} {
				r.call("coda_get_row", object{"document": planDoc, "table": "Orders", "row": row}).ok(&got)
				if got.ID != "i-o5" {
					t.Errorf("row %v: %s", row, got.ID)
				}
				r.call("coda_update_row", object{"document": planDoc, "table": "Orders", "row": "i-o1", "values": object{"Next": row}}).ok(nil)
				if !strings.Contains(sentCells(r, "updateRow"), `"i-o5"`) {
					t.Errorf("relation %v: sent %s", row, sentCells(r, "updateRow"))
				}
			}
			for column, values := range map[string][]any{"Order": {1005, "1005", "1,005"}, "Code": {"5005", 5005}, "Paid": {true, "true"}} {
				for _, v := range values {
					var found filtered
					r.call("coda_list_rows", object{"document": planDoc, "table": "Orders", "filter": object{"column": column, "equals": v}}).ok(&found)
					if len(found.Rows) != 1 {
						t.Errorf("%s equals %v: %d rows", column, v, len(found.Rows))
					}
				}
			}
		})
	}
}
