//go:build !race

package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

type told struct {
	Columns      []string
	Rows         [][]any
	RowsRead     int    `json:"rows_read"`
	RowsMatching int    `json:"rows_matching"`
	AsOf         string `json:"as_of"`
	Source       string
	NextCursor   string `json:"next_cursor"`
	Note         string
}

// ledger is a table of n rows: amounts 0.1, 0.2, … and a group of three.
func ledger(n int) func(*settings) {
	t := &codatest.Table{ID: "grid-ledger0001", Name: "Ledger", Columns: []*codatest.Column{
		{ID: "c-what000001", Name: "What", Type: "text"}, {ID: "c-amount0001", Name: "Amount", Type: "currency"},
		{ID: "c-group00001", Name: "Group", Type: "select", Options: []string{"A", "B", "C"}}, {ID: "c-who0000001", Name: "Who", Type: "person"}}}
	for i := range n {
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-%07d", i), Values: []any{fmt.Sprint("Item ", i), float64(i+1) / 10,
			[]string{"A", "B", "C"}[i%3], codatest.Person{Name: "Robin Vale", Email: "robin.vale@fernhill.example"}}})
	}
	return func(s *settings) {
		s.fake.Workspace = workspace()
		s.fake.Workspace.User = codatest.Person{Name: "Robin Vale", Email: "robin.vale@fernhill.example"}
		s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, t)
	}
}

func ledgerAsk(question string) object {
	args := object{"document": planDoc, "table": "Ledger"}
	if err := json.Unmarshal([]byte(question), &args); err != nil {
		panic(err)
	}
	return args
}

func TestOneCallAnswersOverAllRows(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(2000))
	var got told
	r.call("coda_query_rows", ledgerAsk(`{"group_by":["Group"],"aggregate":[{"op":"count"},{"op":"sum","column":"Amount"}],"sort":[{"column":"sum of Amount","descending":true}]}`)).ok(&got)
	// 0.2+0.5+…+199.7+200.0: B has one row more than C, and C none of the last two.
	if fmt.Sprint(got.Rows) != "[[B 667 66766.7 USD] [A 667 66700 USD] [C 666 66633.3 USD]]" || got.RowsRead != 2000 || got.NextCursor != "" {
		t.Errorf("%+v", got)
	}
}

func TestACursorGoesThroughAllRows(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(1300))
	for _, order := range []string{``, `,"sort":[{"column":"Amount","descending":true}]`} {
		seen, question := map[any]bool{}, `{"select":["What"],"where":[{"column":"Group","is":"in","value":["A","B"]}],"limit":170`+order
		var got told
		r.call("coda_query_rows", ledgerAsk(question+`}`)).ok(&got)
		for calls := 1; ; calls++ {
			for _, row := range got.Rows {
				if seen[row[0]] {
					t.Fatalf("row %v comes twice", row)
				}
				seen[row[0]] = true
			}
			if got.NextCursor == "" {
				break
			}
			if len(got.NextCursor) >= 64 || calls > 10 {
				t.Fatalf("cursor %q after %d calls", got.NextCursor, calls)
			}
			next := ledgerAsk(question + `}`)
			next["cursor"] = got.NextCursor
			got = told{}
			r.call("coda_query_rows", next).ok(&got)
		}
		if len(seen) != 867 {
			t.Errorf("%d rows came, want 867", len(seen))
		}
	}
}

func TestACursorBelongsToItsQuestion(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(300))
	var got told
	r.call("coda_query_rows", ledgerAsk(`{"select":["What"],"limit":10}`)).ok(&got)
	other := ledgerAsk(`{"select":["Amount"]}`)
	other["cursor"] = got.NextCursor
	r.call("coda_query_rows", other).fails("another question")
	r.call("coda_query_rows", ledgerAsk(`{"cursor":"`+got.NextCursor+`","limit":5}`)).ok(&got) // the cursor alone is enough
	r.call("coda_query_rows", object{"document": planDoc, "table": "Tasks", "cursor": got.NextCursor}).fails("another table")
	for _, cursor := range []string{"x", "x.1", ".", "AAAAAAAAAAAAAAAA.-1", got.NextCursor + "9999999999999999999"} {
		r.call("coda_query_rows", ledgerAsk(`{"cursor":"`+cursor+`"}`)).fails("Ask again without cursor")
	}
}

// TestACursorKeepsTheLimit, until another one is given.
func TestACursorKeepsTheLimit(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(300))
	for _, question := range []string{`{"select":["What"],"limit":10}`, `{"group_by":["What"],"limit":10}`} {
		var got told
		r.call("coda_query_rows", ledgerAsk(question)).ok(&got)
		for _, c := range []struct {
			limit string
			want  int
		}{{"", 10}, {`,"limit":5`, 5}, {"", 5}} {
			r.call("coda_query_rows", ledgerAsk(`{"cursor":"`+got.NextCursor+`"`+c.limit+`}`)).ok(&got)
			if len(got.Rows) != c.want {
				t.Errorf("%s, gone on with %q: %d rows, want %d", question, c.limit, len(got.Rows), c.want)
			}
		}
	}
}

func TestMeIsTheOwner(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(10))
	var got told
	r.call("coda_query_rows", ledgerAsk(`{"where":[{"column":"Who","is":"=","value":"me"}],"aggregate":[{"op":"count"}]}`)).ok(&got)
	if fmt.Sprint(got.Rows) != "[[10]]" {
		t.Errorf("%+v", got)
	}
}

// TestAPageThatFailsIsNoEnd: the rows of the first page are not taken for all.
func TestAPageThatFailsIsNoEnd(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(3000))
	failing := func(status int) {
		r.fake.Set(func(k *codatest.Knobs) {
			k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = -1, 1, status, "listRows"
		})
	}
	list := `"where":[{"column":"Group","value":"A"}],"select":["What"],"limit":500`
	for _, status := range []int{400, 403, 500} {
		failing(status)
		r.call("coda_query_rows", ledgerAsk(`{"aggregate":[{"op":"count"}]}`)).fails("")
		failing(status)
		if status < 500 {
			r.call("coda_query_rows", ledgerAsk("{"+list+"}")).fails("")
		}
	}
	var got told
	r.call("coda_query_rows", ledgerAsk("{"+list+"}")).ok(&got)
	if len(got.Rows) == 0 || got.NextCursor == "" || !strings.Contains(got.Note, "NOT ALL ROWS: Coda failed") {
		t.Fatalf("a list of rows that a failure cuts off: %d rows, cursor %q, %s", len(got.Rows), got.NextCursor, got.Note)
	}
	r.fake.Set(func(k *codatest.Knobs) { k.Fail = 0 })
	rows := got.Rows
	for got.NextCursor != "" {
		next := got.NextCursor
		got = told{}
		r.call("coda_query_rows", ledgerAsk(`{"cursor":"`+next+`"}`)).ok(&got)
		rows = append(rows, got.Rows...)
	}
	var whole told
	r.call("coda_query_rows", ledgerAsk(`{"where":[{"column":"Group","value":"A"}],"aggregate":[{"op":"count"}]}`)).ok(&whole)
	if fmt.Sprint(whole.Rows) != fmt.Sprintf("[[%d]]", len(rows)) {
		t.Errorf("%d rows came in parts, of %v", len(rows), whole.Rows)
	}
	r.call("coda_query_rows", ledgerAsk(`{"aggregate":[{"op":"count"}]}`)).ok(&got)
	if fmt.Sprint(got.Rows) != "[[3000]]" {
		t.Errorf("%+v", got)
	}
}

// TestTooMuchForOneCall: what fits no call is answered in part, says so, and
// is right once all was read.
func TestTooMuchForOneCall(t *testing.T) {
	t.Parallel()
	r := newHarness(t, ledger(3000), func(s *settings) {
		s.tools.Deadline = 6 * time.Second // what an answer needs: no time to read a second page
	})
	question := `{"aggregate":[{"op":"count"},{"op":"sum","column":"Amount"}]`
	var got told
	r.call("coda_query_rows", ledgerAsk(question+`}`)).ok(&got)
	if got.NextCursor == "" || !strings.Contains(got.Note, "NOT ALL ROWS") || got.RowsRead >= 3000 {
		t.Fatalf("a part is not said to be one: %+v", got)
	}
	for got.NextCursor != "" {
		next := ledgerAsk(question + `}`)
		next["cursor"] = got.NextCursor
		got = told{}
		r.call("coda_query_rows", next).ok(&got)
	}
	if fmt.Sprint(got.Rows) != "[[3000 450150 USD]]" || strings.Contains(got.Note, "NOT ALL") {
		t.Errorf("the whole is %+v", got)
	}
}
