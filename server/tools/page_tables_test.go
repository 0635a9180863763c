package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// TestAPageShowsFiveRowsOfATable, how to get the others, and no button: a
// table of 130 rows took 18 KB. One that is only text stays whole.
func TestAPageShowsFiveRowsOfATable(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	r := newHarness(t, func(s *settings) { s.fake.Workspace = codatest.SampleAt(today) })
	var got struct {
		Text   string
		Tables []ref
	}
	a := r.call("coda_get_page", object{"document": "Meeting Notes", "page": "How to use this doc"}).ok(&got)
	if lines := strings.Count(got.Text, "\n|"); lines > 7 || !strings.Contains(got.Text, `(125 more rows of the table "Action items": coda_list_rows or coda_query_rows, table `+got.Tables[0].ID+")") || len(a.text) > 2500 {
		t.Errorf("%d lines of a table, %d bytes: %s", lines, len(a.text), got.Text)
	}
	r.call("coda_get_page", object{"document": "Product Roadmap", "page": "Atlas launch plan"}).ok(&got)
	if strings.Contains(got.Text, "Mark done") || strings.Contains(got.Text, "T00:00:00") || !strings.Contains(got.Text, "| 2026-11-11 |") || !strings.Contains(got.Text, "15 more rows") {
		t.Errorf("%s", got.Text)
	}
	if !strings.Contains(got.Text, "Write down what you saw") {
		t.Error("what stands below the table is gone")
	}
	r.call("coda_get_page", object{"document": "Product Roadmap", "page": "Atlas"}).ok(&got)
	if !strings.Contains(got.Text, "One portal per shop") || !strings.Contains(got.Text, "Launch in three waves") {
		t.Errorf("a table of text was cut: %s", got.Text)
	}
	var row struct{ Values map[string]any }
	r.call("coda_get_row", object{"document": "Product Roadmap", "table": "Tasks", "row": "Load test at ten times wave one"}).ok(&row)
	if _, there := row.Values["Mark done"]; there {
		t.Error("a button is among the values of a row")
	}
	var table struct {
		Sample struct{ Columns []string }
	}
	r.call("coda_get_table", object{"document": "Product Roadmap", "table": "Tasks"}).ok(&table)
	if strings.Contains(strings.Join(table.Sample.Columns, " "), "Mark done") {
		t.Error("a button is among the columns of the sample")
	}
	var one struct {
		Text     string
		Metadata map[string]string
	}
	r.call("fetch", object{"id": "https://docs.superhuman.com/d/_d" + docID(r, "Product Roadmap")}).ok(nil)
	r.call("fetch", object{"id": "table:" + docID(r, "Product Roadmap") + "/" + tableID(r, "Product Roadmap", "Tasks")}).ok(&one)
	if rows := strings.Count(one.Text, "\n| i-"); rows != 5 || !strings.Contains(one.Metadata["more"], "415 more rows: coda_list_rows") {
		t.Errorf("%d rows, more %q", rows, one.Metadata["more"])
	}
}

// TestAPageShowsTheBeginningsOfLongCells, and says where they are whole.
func TestAPageShowsTheBeginningsOfLongCells(t *testing.T) {
	t.Parallel()
	rows := func(n int) (rows []*codatest.Row) {
		for i := range n {
			rows = append(rows, &codatest.Row{Values: []any{fmt.Sprint("Row ", i), strings.Repeat("ünd | so ", 900)}})
		}
		return rows
	}
	columns := func() []*codatest.Column {
		return []*codatest.Column{{Name: "Title", Display: true}, {Name: "Body", Type: "canvas"}}
	}
	r := newHarness(t, func(s *settings) {
		s.fake.Workspace = codatest.Workspace{Docs: []*codatest.Doc{{Name: "Texts", Pages: []*codatest.Page{{Name: "Many", Body: "Before.\n\n{{Long}}\n\nAfter."}, {Name: "Few", Body: "{{Short}}"}},
			Tables: []*codatest.Table{{ID: "grid-long000001", Name: "Long", Columns: columns(), Rows: rows(8)}, {ID: "grid-short00001", Name: "Short", Columns: columns(), Rows: rows(2)}}}}}
	})
	for page, want := range map[string]string{
		"Many": `(3 more rows of the table "Long", and long cells clipped: coda_list_rows or coda_query_rows, table grid-long000001)`,
		"Few":  `(Long cells of the table "Short" are clipped: coda_list_rows or coda_query_rows, table grid-short00001)`,
	} {
		var got struct{ Text string }
		a := r.call("coda_get_page", object{"document": "Texts", "page": page}).ok(&got)
		if !strings.Contains(got.Text, want) || !strings.Contains(got.Text, "ünd") || len(a.text) > 3000 {
			t.Errorf("%s: %d bytes: %s", page, len(a.text), got.Text)
		}
	}
}

func docID(r *harness, name string) string {
	r.Helper()
	var got struct{ ID string }
	r.call("coda_get_document", object{"document": name}).ok(&got)
	return got.ID
}

func tableID(r *harness, doc, name string) string {
	r.Helper()
	var got struct{ ID string }
	r.call("coda_get_table", object{"document": doc, "table": name}).ok(&got)
	return got.ID
}
