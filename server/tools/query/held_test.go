//go:build !race

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

// TestTheNextPartOfAnAnswerIsNotMadeAnew: what the first part had to sort and
// show is there, however many groups or rows it took.
func TestTheNextPartOfAnAnswerIsNotMadeAnew(t *testing.T) {
	columns := []Column{{ID: "c-n", Name: "Number", Type: "number"}, {ID: "c-t", Name: "Text", Type: "text"}}
	for what, spec := range map[string]Spec{
		"groups":       {GroupBy: []any{"Text"}, Aggregate: []any{"count", map[string]any{"op": "share", "column": "Number"}}},
		"sorted rows":  {Sort: []any{"Text"}},
		"rows in line": {},
	} {
		q, err := Compile(spec, columns, Env{Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		add := func(i int) {
			if err := q.Add(fmt.Sprint("i-", i), map[string]any{"c-n": json.Number(fmt.Sprint(i)), "c-t": fmt.Sprintf("text %04d", i*7%4000)}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 4000 {
			add(i)
		}
		first := q.Answer(0, 3)
		if cost := testing.AllocsPerRun(3, func() { q.Answer(3, 3) }); cost > 1000 {
			t.Errorf("%s: the second part of an answer takes %.0f allocations", what, cost)
		}
		add(4000)
		if again := q.Answer(0, 3); what == "groups" && fmt.Sprint(again.Rows) == fmt.Sprint(first.Rows) {
			t.Errorf("%s: a row that came later changes nothing", what)
		}
	}
}

// TestOnlyTheColumnsAskedForAreLookedAt: a wide table costs no more than what a
// question needs of it.
func TestOnlyTheColumnsAskedForAreLookedAt(t *testing.T) {
	t.Parallel()
	q, err := Compile(Spec{Where: map[string]any{"column": "Task", "is": "not empty"}, GroupBy: []any{"Status"},
		Aggregate: []any{map[string]any{"op": "sum", "column": "Amount"}}}, table, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range table {
		if want := strings.Contains("Task Status Amount", c.Name); q.Uses(c.ID) != want {
			t.Errorf("%s counts: %v", c.Name, !want)
		}
	}
}
