package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

const (
	firmsTable  = "grid-firms00001"
	ordersTable = "grid-orders0001"
)

// withFirms adds names that people type in other ways than they are written.
func withFirms(s *settings) {
	firms := &codatest.Table{ID: firmsTable, Name: "O’Neill’s – firms", Columns: []*codatest.Column{{ID: "c-firm", Name: "Firm “name”", Display: true}, {ID: "c-x", Name: "Two\nlines", Type: "select"}}}
	for i := range 620 {
		firms.Rows = append(firms.Rows, &codatest.Row{ID: fmt.Sprintf("i-f%d", i), Values: []any{fmt.Sprint("Firm ", i)}})
	}
	for i, name := range []string{"ACME Corp", "O’Neill", "Zero\u200bWidth", "Line\nbreak", "tab\tname", "Non\u00a0breaking", "“Quoted” – name…", "Ångström", "ＦＵＬＬ width", "résumé", "resume", "Soft\u00adhyphen", "  spaced  "} {
		firms.Rows[500+i].Values = []any{name}
	}
	for i := range 602 {
		firms.Columns[1].Options = append(firms.Columns[1].Options, fmt.Sprintf("Option number %d", i))
	}
	firms.Columns[1].Options[601] = "Zürich – “Süd”"
	orders := &codatest.Table{ID: ordersTable, Name: "Orders", Columns: []*codatest.Column{{ID: "c-order", Name: "Order", Type: "number", Display: true},
		{ID: "c-of", Name: "Of", Type: "lookup", Table: firmsTable}, {ID: "c-code", Name: "Code"}, {ID: "c-paid", Name: "Paid", Type: "checkbox"}, {ID: "c-next", Name: "Next", Type: "lookup", Table: ordersTable}}}
	for i := range 300 {
		orders.Rows = append(orders.Rows, &codatest.Row{ID: fmt.Sprintf("i-o%d", i),
			Values: []any{float64(1000 + i), nil, fmt.Sprint(5000 + i), i == 7}})
	}
	d := s.fake.Workspace.Docs[0]
	d.Tables = append(d.Tables, firms, orders)
	d.Pages = append(d.Pages, &codatest.Page{ID: "canvas-break00001", Name: "Plans\nfor “May”", Body: "Here."})
	s.fake.Workspace.Docs = append(s.fake.Workspace.Docs, &codatest.Doc{ID: "FirmsDoc06", Name: "Smith’s\tdoc – 2026"})
}

func TestTablesPagesDocumentsAndColumnsAreFoundAsRowsAre(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withFirms)
	var got struct{ ID string }
	for name, c := range map[string]struct {
		tool, id string
		args     object
	}{
		"a table with a plain quotation mark": {"coda_get_table", firmsTable, object{"document": planDoc, "table": "o'neill's - FIRMS"}},
		"a page with a line break":            {"coda_get_page", "canvas-break00001", object{"document": planDoc, "page": "Plans\nfor “May”"}},
		"a page on one line":                  {"coda_get_page", "canvas-break00001", object{"document": planDoc, "page": `plans for "may"`}},
		"a document with a tab":               {"coda_get_document", "FirmsDoc06", object{"document": "Smith’s\tdoc – 2026"}},
		"a document on one line":              {"coda_get_document", "FirmsDoc06", object{"document": "smith's doc - 2026"}},
		"a column with a line break":          {"coda_get_column", "c-x", object{"document": planDoc, "table": firmsTable, "column": "Two\nlines"}},
		"a column on one line":                {"coda_get_column", "c-x", object{"document": planDoc, "table": firmsTable, "column": "two lines"}},
		"a column in plain quotation marks":   {"coda_get_column", "c-firm", object{"document": planDoc, "table": firmsTable, "column": `Firm "name"`}},
	} {
		got.ID = ""
		r.call(c.tool, c.args).ok(&got)
		if got.ID != c.id {
			t.Errorf("%s: %q", name, got.ID)
		}
	}
	r.call("coda_get_page", object{"document": planDoc, "page": "Plans\x00for"}).fails("control characters")
	for _, name := range []string{"firm_name", "firmName", "FIRM-NAME"} { // as programs write it
		r.call("coda_list_rows", object{"document": planDoc, "table": firmsTable, "columns": []string{name}, "limit": 1}).ok(nil)
		r.call("coda_list_rows", object{"document": planDoc, "table": firmsTable, "filter": object{"column": name, "equals": "Firm 3"}}).ok(nil)
	}
	r.call("coda_update_row", object{"document": planDoc, "table": firmsTable, "row": "i-f1", "values": object{"two lines": "zurich - \"sud\""}}).ok(nil)
	if sent := sentCells(r, "updateRow"); !strings.Contains(sent, "Zürich – “Süd”") {
		t.Errorf("sent %s", sent)
	}
}

// TestANearMissAmongManyOptionsIsOffered, and all of them can be listed.
func TestANearMissAmongManyOptionsIsOffered(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withFirms)
	r.call("coda_update_row", object{"document": planDoc, "table": firmsTable, "row": "i-f1", "values": object{"Two lines": "Option nubmer 577"}}).
		fails("one of its options (Option number 577,", "572 more", "coda_get_table with column")
	r.call("coda_list_rows", object{"document": planDoc, "table": firmsTable, "filter": object{"column": "Two lines", "equals": "Optoin number 577"}}).fails("(Option number 577,")
	r.call("coda_get_column", object{"document": planDoc, "table": firmsTable, "column": "lines too"}).fails("The columns are: Two\nlines")
	var all []string
	for cursor := ""; ; {
		var got struct {
			Columns    []struct{ Options []string }
			NextCursor string `json:"next_cursor"`
		}
		a := r.call("coda_get_table", object{"document": planDoc, "table": firmsTable, "column": "two LINES", "cursor": cursor}).ok(&got)
		if len(a.text) > mostShown+2000 || len(got.Columns) != 1 {
			t.Fatalf("%d bytes, %d columns", len(a.text), len(got.Columns))
		}
		all = append(all, got.Columns[0].Options...)
		cursor = got.NextCursor
		if cursor == "" {
			break
		}
	}
	if len(all) != 602 || all[0] != "Option number 0" || all[601] != "Zürich – “Süd”" {
		t.Errorf("%d options", len(all))
	}
	r.call("coda_get_table", object{"document": planDoc, "table": firmsTable, "column": "two lines", "cursor": "x@1"}).fails("cursor")
}
