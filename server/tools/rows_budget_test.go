//go:build !race

package tools_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// floorOf is what 100 rows cannot be said in less than: the row ids, the columns,
// every value once in its row as JSON has it, but what all rows have and what the
// addresses of a column have in common once.
func floorOf(columns []string, rows []map[string]any) int {
	size := 0
	for _, column := range columns {
		size += len(mustJSON(column)) + 1
		texts := make([]string, len(rows))
		different := map[string]bool{}
		for i, row := range rows {
			texts[i] = strings.Replace(mustJSON(row[column]), "["+fmt.Sprint(row[columns[1]])+"](", "", 1)
			different[texts[i]] = true
		}
		if len(different) == 1 && len(rows) >= 5 {
			size += len(texts[0])
			continue
		}
		begin, end := 0, 0
		if addressed := strings.Contains(texts[0], "://"); addressed {
			sorted := slices.Sorted(maps.Keys(different))
			first, last := sorted[0], sorted[len(sorted)-1]
			for begin < len(last) && first[begin] == last[begin] {
				begin++
			}
			for !slices.ContainsFunc(sorted, func(s string) bool { return !strings.HasSuffix(s, first[len(first)-end-1:]) }) {
				end++
			}
			size += begin + end
		}
		for _, text := range texts {
			size += len(text) - begin - end + 1
		}
	}
	return size
}

// TestRowsOfTheSampleAreNearTheirFloor in every table and view of it: below 14,110
// bytes where the values are, and nothing is lost.
func TestRowsOfTheSampleAreNearTheirFloor(t *testing.T) {
	t.Parallel()
	sample := codatest.Sample()
	r := newHarness(t, full, func(s *settings) { s.fake.Workspace = sample })
	for _, d := range sample.Docs {
		for _, table := range d.Tables {
			var got formRows
			a := r.call("coda_list_rows", object{"document": d.ID, "table": table.ID, "limit": 100})
			a.ok(&got)
			rows, columns := r.shown(d.ID, table.ID, len(got.Rows))
			if whole := got.whole(); mustJSON(whole) != mustJSON(rows) {
				for i := range whole {
					if mustJSON(whole[i]) != mustJSON(rows[i]) {
						t.Fatalf("%s, row %d: %s, not %s", table.Name, i, mustJSON(whole[i]), mustJSON(rows[i]))
					}
				}
			}
			floor := floorOf(columns, rows)
			t.Logf("%6d bytes, floor %6d (%.2f), %3d rows: %s, %s", len(a.text), floor, float64(len(a.text))/float64(floor), len(rows), d.Name, table.Name)
			if len(a.text) > floor*105/100+330 || len(a.text) >= 14110 || got.Next != "" && len(got.Rows) < 100 {
				t.Errorf("%s, %s: %d bytes of %d rows, floor %d", d.Name, table.Name, len(a.text), len(rows), floor)
			}
		}
	}
}

// shown are rows as a person sees them, and the columns that they have.
func (r *harness) shown(document, table string, most int) (rows []map[string]any, columns []string) {
	r.Helper()
	for cursor := ""; len(rows) < most; {
		var plain formRows
		r.call("coda_show_table", object{"document": document, "table": table, "limit": most - len(rows), "cursor": cursor}).ok(&plain)
		rows, columns, cursor = append(rows, plain.whole()...), plain.Columns, plain.Next
		if cursor == "" {
			break
		}
	}
	return rows, columns
}
