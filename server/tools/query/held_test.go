package query

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestASortedAnswerOfLongRowsKeepsLittle: those that come first, however long
// the others are.
func TestASortedAnswerOfLongRowsKeepsLittle(t *testing.T) {
	t.Parallel()
	columns := []Column{{ID: "c-n", Name: "Number", Type: "number"}, {ID: "c-t", Name: "Text", Type: "text"}}
	q, err := Compile(Spec{Sort: []any{map[string]any{"column": "Number", "descending": true}}}, columns, Env{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 100_000)
	for i := range 1000 {
		if err := q.Add(fmt.Sprint("i-", i), map[string]any{"c-n": json.Number(fmt.Sprint(i * 7 % 1000)), "c-t": long}); err != nil {
			t.Fatal(err)
		}
		if q.Held() > maxHeld+2*len(long) {
			t.Fatalf("%d bytes are held after %d rows", q.Held(), i)
		}
	}
	a := q.Answer(0, 20)
	if len(a.Rows) != 20 || !a.More {
		t.Fatalf("%d rows", len(a.Rows))
	}
	for i, r := range a.Rows {
		if fmt.Sprint(r[1]) != fmt.Sprint(999-i) || r[2] != long {
			t.Errorf("row %d is %v", i, r[:2])
		}
	}
	if last := q.Answer(0, 1000); last.More || !strings.Contains(strings.Join(last.Notes, " "), "in this order are kept") {
		t.Errorf("nothing says that rows are missing: %v", last.Notes)
	}
}

// TestACellOfManyEntriesCountsInPart, and the answer says so.
func TestACellOfManyEntriesCountsInPart(t *testing.T) {
	t.Parallel()
	q, err := Compile(Spec{GroupBy: []any{"Tags"}}, []Column{{ID: "c-t", Name: "Tags", Type: "text", List: true}}, Env{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var many []any
	for i := range 3 * maxEntries {
		many = append(many, fmt.Sprint("tag ", i))
	}
	if err := q.Add("i-1", map[string]any{"c-t": many}); err != nil {
		t.Fatal(err)
	}
	if a := q.Answer(0, 5); !strings.Contains(strings.Join(a.Notes, " "), "1 cells have more than 1000 entries") {
		t.Errorf("%v", a.Notes)
	}
	if q.Held() < maxEntries*entrySize {
		t.Errorf("%d bytes are held by %d groups", q.Held(), maxEntries)
	}
}
