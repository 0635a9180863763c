//go:build !race

package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// stock is a table of n rows with a column of each kind that the index stores
// as it is, and of some that it does not.
func stock(n int, odd ...func(*codatest.Table)) func(*settings) {
	t := &codatest.Table{ID: "grid-stock00001", Name: "Stock", Columns: []*codatest.Column{
		{ID: "c-item000001", Name: "Item", Type: "text", Display: true}, {ID: "c-kind000001", Name: "Kind", Type: "select", Options: []string{"Bolt", "Nut", "Washer"}},
		{ID: "c-count00001", Name: "Count", Type: "number"}, {ID: "c-share00001", Name: "Share", Type: "percent"}, {ID: "c-day0000001", Name: "Counted", Type: "date"},
		{ID: "c-price00001", Name: "Price", Type: "currency"}, {ID: "c-sold000001", Name: "Sold out", Type: "checkbox"}, {ID: "c-who0000001", Name: "Who", Type: "person"},
		{ID: "c-tags000001", Name: "Tags", Type: "select", Multi: true}, {ID: "c-age0000001", Name: "Age", Type: "number", Calculated: true}}}
	for i := range n {
		values := []any{fmt.Sprint("Part, no. ", i), []string{"Bolt", "Nut", "Washer"}[i%3], float64(i) / 8, float64(i%7) / 100, fmt.Sprintf("2026-%02d-%02d", i%12+1, i%28+1),
			float64(i) / 1000, i%2 == 0, codatest.Person{Name: "Robin Vale"}, []any{"a", "b"}, float64(i)}
		if i%11 == 0 {
			values[2], values[4], values[1] = nil, nil, nil
		}
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-%07d", i), Values: values})
	}
	for _, change := range odd {
		change(t)
	}
	return func(s *settings) {
		s.fake.Workspace = workspace()
		s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, t)
	}
}

func stockAsk(question string) object {
	args := ledgerAsk(question)
	args["table"] = "Stock"
	return args
}

// TestTheIndexAnswersAsCodaDoes where it is current, with one request however
// many rows there are.
func TestTheIndexAnswersAsCodaDoes(t *testing.T) {
	t.Parallel()
	fast, _, _ := indexed(t, complete, stock(1700))
	slow := newHarness(t, stock(1700))
	for _, question := range []string{
		`{"group_by":["Kind"],"aggregate":[{"op":"count"},{"op":"sum","column":"Count"},{"op":"median","column":"Count"},{"op":"average","column":"Share"}]}`,
		`{"group_by":[{"column":"Counted","by":"month"}],"aggregate":[{"op":"share","column":"Count"},{"op":"max","column":"Counted"}]}`,
		`{"where":[{"column":"Counted","is":"between","value":["2026-03-01","2026-04-30"]},{"column":"Kind","is":"!=","value":"Nut"}],"select":["Item","Kind","Counted"],"sort":[{"column":"Count","descending":true}],"limit":7}`,
		`{"where":[{"column":"Item","is":"contains","value":"no. 12"},{"column":"Count","is":"not empty"}],"select":["Item","Count","Share"],"sort":[{"column":"Share"}],"limit":5}`,
		`{"where":[{"column":"Kind","is":"empty"}],"aggregate":[{"op":"count"},{"op":"distinct","column":"Counted"}]}`,
		`{"where":[{"column":"Item","is":"=","value":"no such part"}],"select":["Item"]}`,
	} {
		var got, want told
		fast.fake.ClearLog()
		fast.call("coda_query_rows", stockAsk(question)).ok(&got)
		if got.Source != "index" || fast.fake.Count("listRows") != 0 || fast.fake.Count("") > 6 {
			t.Errorf("%s: from %s by %d requests", question, got.Source, fast.fake.Count(""))
		}
		if at, err := time.Parse(time.RFC3339, got.AsOf); err != nil || time.Since(at) > time.Hour {
			t.Errorf("as of %q", got.AsOf)
		}
		slow.call("coda_query_rows", stockAsk(question)).ok(&want)
		if want.Source != "Coda" {
			t.Errorf("without an index from %s", want.Source)
		}
		got.Source, got.AsOf, got.NextCursor = "Coda", want.AsOf, want.NextCursor
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s\nindex %+v\nCoda  %+v", question, got, want)
		}
	}
}

// TestWhatTheIndexCannotProveIsReadFromCoda: a type whose text has lost
// something, a calculated column, a value that is not as its column says, a
// small table, a doc that has changed, and one that the owner has left out.
func TestWhatTheIndexCannotProveIsReadFromCoda(t *testing.T) {
	t.Parallel()
	spoil := func(row, column int, v any) func(*codatest.Table) {
		return func(g *codatest.Table) { g.Rows[row].Values[column] = v }
	}
	count := `,"aggregate":[{"op":"count"}]}`
	for what, k := range map[string]struct {
		rows     int
		odd      func(*codatest.Table)
		question string
		want     string
	}{
		"an amount":               {600, nil, `{"aggregate":[{"op":"sum","column":"Price"}]}`, "[[179.7 USD]]"},
		"a checkbox":              {600, nil, `{"where":[{"column":"Sold out","is":"=","value":true}]` + count, "[[300]]"},
		"a person":                {600, nil, `{"where":[{"column":"Who","is":"=","value":"Robin Vale"}]` + count, "[[600]]"},
		"several choices":         {600, nil, `{"where":[{"column":"Tags","is":"=","value":"b"}]` + count, "[[600]]"},
		"a calculated column":     {600, nil, `{"where":[{"column":"Age","is":">","value":9}]` + count, "[[590]]"},
		"a number that is a text": {600, spoil(599, 2, "$12"), `{"aggregate":[{"op":"max","column":"Count"}]}`, "[[74.75]]"},
		"a choice that is none":   {600, spoil(599, 1, "Bolt, Nut"), `{"where":[{"column":"Kind","is":"empty"}]` + count, "[[55]]"},
		"one request's rows":      {500, nil, `{"where":[{"column":"Kind","is":"empty"}]` + count, "[[46]]"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			prepare := stock(k.rows)
			if k.odd != nil {
				prepare = stock(k.rows, k.odd)
			}
			r, _, _ := indexed(t, complete, prepare)
			var got told
			r.call("coda_query_rows", stockAsk(k.question)).ok(&got)
			if got.Source != "Coda" || fmt.Sprint(got.Rows) != k.want || got.RowsRead != k.rows {
				t.Errorf("%+v", got)
			}
		})
	}
	r, _, _ := indexed(t, complete, stock(600))
	question := stockAsk(`{"where":[{"column":"Kind","is":"=","value":"Bolt"}]` + count)
	var before, after told
	r.call("coda_query_rows", question).ok(&before)
	r.call("coda_update_row", object{"document": planDoc, "table": "Stock", "row": "i-0000001", "values": object{"Kind": "Bolt"}}).ok(nil)
	r.call("coda_query_rows", question).ok(&after)
	if before.Source != "index" || fmt.Sprint(before.Rows) != "[[181]]" || after.Source != "Coda" || fmt.Sprint(after.Rows) != "[[182]]" {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	out, _, _ := indexed(t, complete, stock(600), func(s *settings) { s.excluded = []string{planDoc} })
	out.call("coda_query_rows", question).ok(&after)
	if after.Source != "Coda" || strings.Contains(after.Note, "NOT ALL") {
		t.Errorf("an excluded doc: %+v", after)
	}
}
