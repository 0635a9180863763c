//go:build !race

package tools_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// anyQuestion is a random question over the columns of stock that the index
// holds as they are.
func anyQuestion(r *rand.Rand) object {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	conditions := []object{
		{"column": "Kind", "is": one("=", "!="), "value": one("Bolt", "nut")}, {"column": "Kind", "is": one("empty", "not empty")},
		{"column": "Count", "is": one(">", "<=", "="), "value": r.IntN(200)}, {"column": "Count", "is": "between", "value": []int{r.IntN(90), 100}},
		{"column": "Share", "is": one(">=", "<"), "value": fmt.Sprint(r.IntN(7), "%")}, {"column": "Item", "is": one("contains", "starts"), "value": one("no. 1", "Part", "99")},
		{"column": "Counted", "is": one("=", ">", "<="), "value": one("2026-03", "Q2 2026", "2026-05-11", "last 90 days")}, {"column": "Counted", "is": "in", "value": []string{"2026-01", "2026-W20"}},
	}
	question := object{"document": planDoc, "table": "Stock", "limit": 1 + r.IntN(300)}
	where := []any{conditions[r.IntN(len(conditions))]}
	if r.IntN(2) == 0 {
		where = []any{object{one("any", "all"): []any{where[0], conditions[r.IntN(len(conditions))]}}}
	}
	question["where"] = where
	columns := []string{"Item", "Kind", "Count", "Share", "Counted"}
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	switch r.IntN(3) {
	case 0:
		question["select"] = columns[:1+r.IntN(4)]
		question["distinct"] = r.IntN(3) == 0
	case 1:
		question["select"], question["sort"] = columns[:2], []object{{"column": columns[4], "descending": r.IntN(2) == 0}, {"column": columns[3]}}
	default:
		question["group_by"] = []any{one("Kind", "Share", "Counted"), object{"column": "Counted", "by": one("week", "month", "quarter")}}
		question["aggregate"] = []any{"count", object{"op": one("sum", "average", "median", "share", "min"), "column": one("Count", "Share")}}
		question["sort"] = []any{object{"column": "count", "descending": true}}
	}
	return question
}

// wholly asks a question, and all of its parts.
func (h *harness) wholly(question object) (rows []string, calls int, source string) {
	h.Helper()
	cursor := ""
	for {
		var got told
		args := object{"cursor": cursor}
		for k, v := range question {
			args[k] = v
		}
		h.call("coda_query_rows", args).ok(&got)
		calls++
		if strings.Contains(got.Note, "NOT ALL ROWS") && (question["group_by"] != nil || question["sort"] != nil) {
			got.Rows = nil // a part of the table is no part of the answer
		}
		for _, row := range got.Rows {
			rows = append(rows, mustJSON(row))
		}
		cursor = got.NextCursor
		if cursor == "" {
			return rows, calls, got.Source
		}
		if calls > 400 {
			h.Fatalf("no end of %s", mustJSON(question))
		}
	}
}

// TestRandomQuestionsToTheIndexAndToCoda have the same answers, in however many
// parts they come.
func TestRandomQuestionsToTheIndexAndToCoda(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 11))
	fast, _, _ := indexed(t, complete, stock(1200))
	slow := newHarness(t, stock(1200))
	inParts := newHarness(t, stock(1200), func(s *settings) {
		s.tools.Deadline = 6 * time.Second // what an answer needs: one page a call
	})
	for range 40 {
		question := anyQuestion(random)
		want, _, _ := slow.wholly(question)
		got, _, source := fast.wholly(question)
		if !slices.Equal(got, want) || source != "index" {
			t.Fatalf("%s from %s\n got %.900s\nwant %.900s", mustJSON(question), source, got, want)
		}
		got, calls, _ := inParts.wholly(question)
		if !slices.Equal(got, want) || calls < 2 {
			t.Fatalf("%s in %d parts\n got %.900s\nwant %.900s", mustJSON(question), calls, got, want)
		}
	}
}

// TestATroubleInTheMiddleIsOvercome: a page of rows that is refused, fails or
// takes too long is asked for again.
func TestATroubleInTheMiddleIsOvercome(t *testing.T) {
	t.Parallel()
	r := newHarness(t, stock(1700))
	question := `{"group_by":["Kind"],"aggregate":[{"op":"count"},{"op":"sum","column":"Count"}]}`
	var want told
	r.call("coda_query_rows", stockAsk(question)).ok(&want)
	for what, spoil := range map[string]func(*codatest.Knobs){
		"429":              func(k *codatest.Knobs) { k.Refuse = 2 },
		"502 of a page":    func(k *codatest.Knobs) { k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = 1, 2, 502, "listRows" },
		"503 of a page":    func(k *codatest.Knobs) { k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = 1, 1, 503, "listRows" },
		"pages too large":  func(k *codatest.Knobs) { k.RowsTimeout = 100 },
		"fewer than asked": func(k *codatest.Knobs) { k.ClampRows = 170 },
	} {
		r.fake.Set(func(k *codatest.Knobs) { *k = codatest.Knobs{}; spoil(k) })
		var got told
		r.call("coda_query_rows", stockAsk(question)).ok(&got)
		if fmt.Sprint(got.Rows, got.RowsRead, got.NextCursor) != fmt.Sprint(want.Rows, 1700, "") {
			t.Errorf("%s: %+v, want %v", what, got, want.Rows)
		}
	}
}

// TestATableThatChangesBetweenTheParts of an answer: what was read stays as it
// was read, and no row comes twice.
func TestATableThatChangesBetweenTheParts(t *testing.T) {
	t.Parallel()
	for _, order := range []string{``, `,"sort":[{"column":"Count","descending":true}]`, `,"group_by":["Item"]`} {
		r := newHarness(t, stock(900))
		question := `{"limit":300` + order + `}`
		if !strings.Contains(order, "group_by") {
			question = `{"limit":300,"select":["Item"]` + order + `}`
		}
		var got told
		r.call("coda_query_rows", stockAsk(question)).ok(&got)
		asOf, seen := got.AsOf, map[string]bool{}
		for {
			for _, row := range got.Rows {
				if name := fmt.Sprint(row[0]); seen[name] {
					t.Fatalf("%s: %s comes twice", question, name)
				} else {
					seen[name] = true
				}
			}
			if got.NextCursor == "" {
				break
			}
			first := fmt.Sprint("i-000000", len(seen)/300)
			r.call("coda_delete_rows", object{"document": planDoc, "table": "Stock", "rows": []string{first}}).ok(nil)
			next := stockAsk(question)
			next["cursor"] = got.NextCursor
			got = told{}
			r.call("coda_query_rows", next).ok(&got)
			if got.AsOf != asOf {
				t.Errorf("%s: as of %s, then %s", question, asOf, got.AsOf)
			}
		}
		if len(seen) < 890 || order != "" && len(seen) != 900 {
			t.Errorf("%s: %d rows", question, len(seen))
		}
	}
}

// TestAHostileCursor is refused, or ends behind the last row.
func TestAHostileCursor(t *testing.T) {
	t.Parallel()
	r := newHarness(t, stock(60))
	question := `{"select":["Item"],"limit":5,"sort":["Item"]}`
	var got told
	r.call("coda_query_rows", stockAsk(question)).ok(&got)
	key, _, _ := strings.Cut(got.NextCursor, ".")
	for _, at := range []string{"9223372036854775807", "9223372036854775707", "-1", "0x5", "1e3", "5.5", " ", "", "999999999999999999999999"} {
		args := stockAsk(question)
		args["cursor"] = key + "." + at
		r.call("coda_query_rows", args).fails("Ask again without cursor")
	}
	args := stockAsk(question)
	args["cursor"] = key + ".600"
	got = told{}
	r.call("coda_query_rows", args).ok(&got)
	if len(got.Rows) > 0 || got.NextCursor != "" {
		t.Errorf("behind the last row: %+v", got)
	}
	for _, other := range []string{`{"select":["Kind"],"limit":5,"sort":["Item"]}`, `{"select":["Item"],"where":[{"column":"Kind","value":"Nut"}]}`} {
		args := stockAsk(other)
		args["cursor"] = key + ".5"
		r.call("coda_query_rows", args).fails("belongs to another question")
	}
	ledger := object{"document": planDoc, "table": "Tasks", "cursor": key + ".5"}
	r.call("coda_query_rows", ledger).fails("belongs to another table")
}

// TestMoneyIsExact: ten thousand times 0.1 is 1000, and what is beyond 2^53 has
// all its digits.
func TestMoneyIsExact(t *testing.T) {
	t.Parallel()
	r := newHarness(t, stock(10_000, func(g *codatest.Table) {
		for i, row := range g.Rows {
			row.Values[2], row.Values[5] = 9007199254740992.0, 0.1
			if i%2 == 0 {
				row.Values[2] = 1.0
			}
		}
	}))
	a := r.call("coda_query_rows", stockAsk(`{"aggregate":[{"op":"sum","column":"Price"},{"op":"sum","column":"Count"},{"op":"average","column":"Price"},{"op":"median","column":"Count"}]}`))
	a.ok(nil)
	var got struct{ Rows json.RawMessage }
	if err := json.Unmarshal([]byte(a.text), &got); err != nil || string(got.Rows) != `[["1000 USD",45035996273704965000,"0.1 USD",4503599627370496.5]]` {
		t.Errorf("%s %v", got.Rows, err)
	}
}
