package query

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// TestWhatWasReadOnceIsCountedForEachRow, of more different cells than are kept, as
// texts and as numbers, and in groups of two columns.
func TestWhatWasReadOnceIsCountedForEachRow(t *testing.T) {
	t.Parallel()
	columns := []Column{{ID: "c-d", Name: "Day", Type: "date"}, {ID: "c-n", Name: "Number", Type: "number"}, {ID: "c-k", Name: "Kind", Type: "select"}}
	spec := Spec{GroupBy: []any{map[string]any{"column": "Day", "by": "month"}, "Number"}, Aggregate: []any{"count", map[string]any{"op": "sum", "column": "Number"}, map[string]any{"op": "median", "column": "Number"}}}
	grouped, err := Compile(spec, columns, Env{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	all, err := Compile(Spec{Aggregate: []any{"count", map[string]any{"op": "sum", "column": "Number"}, map[string]any{"op": "max", "column": "Day"}}}, columns, Env{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	sum, months := 0, map[string]int{}
	for round := range 2 {
		for i := range 3 * mostRemembered {
			day := time.Date(2020, 1, 1+i%1500, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			number := any(json.Number(fmt.Sprint(i % 7)))
			if i%2 == round {
				number = fmt.Sprintf("%d.0", i%7)
			}
			row := map[string]any{"c-d": day, "c-n": number, "c-k": "a"}
			if err := grouped.Add("i", row); err != nil {
				t.Fatal(err)
			}
			row["c-n"] = json.Number(fmt.Sprint(i))
			if err := all.Add("i", row); err != nil {
				t.Fatal(err)
			}
			sum += i
			months[fmt.Sprint(day[:7], " ", i%7)]++
		}
	}
	if a := all.Answer(0, 5); fmt.Sprint(a.Rows[0]) != fmt.Sprintf("[%d %d 2024-02-08]", 6*mostRemembered, sum) {
		t.Errorf("%v, %d", a.Rows, sum)
	}
	a := grouped.Answer(0, 1000)
	if len(a.Rows) != len(months) {
		t.Errorf("%d groups, not %d", len(a.Rows), len(months))
	}
	for _, r := range a.Rows {
		key, n := fmt.Sprint(r[0], " ", r[1]), 0
		_, _ = fmt.Sscan(fmt.Sprint(r[1]), &n)
		if want := months[key]; fmt.Sprint(r[2:]) != fmt.Sprintf("[%d %d %d]", want, want*n, n) {
			t.Errorf("%v, not %d rows", r, want)
		}
	}
	if grouped.Held() > 4<<20 {
		t.Errorf("%d bytes are held", grouped.Held())
	}
}
