package tools_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
)

type ref struct{ ID, Name string }

func TestPageIsExported(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got struct {
		Text, URL, Read_as string
		Tables, Subpages   []ref
	}
	r.call("coda_get_page", object{"document": "launch PLAN", "page": "overview"}).ok(&got)
	if got.Read_as != "markdown export" || !strings.Contains(got.Text, "# Goals") || !strings.Contains(got.Text, "visible text") {
		t.Errorf("got %+v", got)
	}
	if len(got.Tables) == 0 || got.Tables[0].Name != "Tasks" || len(got.Subpages) != 1 || got.Subpages[0].Name != "Risks" {
		t.Errorf("tables %v, subpages %v", got.Tables, got.Subpages)
	}
}

func TestPageIsReadByLinesWhereExportIsRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return codatest.TokenReadOnly, nil }
	})
	for range 2 {
		var got struct{ Text, Read_as, Note string }
		r.call("coda_get_page", object{"document": planDoc, "page": overviewPage}).ok(&got)
		for _, want := range []string{"# Goals\n", "- one\n- two\n  - deeper\n", "1. first\n2. second\n", "> quoted\n"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("the text lacks %q:\n%s", want, got.Text)
			}
		}
		if got.Read_as != "plain lines" || got.Note == "" {
			t.Errorf("it does not say how it was read: %+v", got)
		}
	}
	if n := r.fake.Count("beginPageContentExport"); n != 1 {
		t.Errorf("the refused export was tried %d times", n)
	}
	r.call("coda_get_page", object{"document": planDoc, "page": "Board"}).ok(nil)
	if len(r.faults) != 0 {
		t.Errorf("the owner was told of %v, though the page was read", r.faults)
	}
}

func TestLongPageComesInWholeParts(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var whole strings.Builder
	cursor, parts := "", 0
	for {
		var got struct{ Text, Next_cursor string }
		a := r.call("coda_get_page", object{"document": planDoc, "page": longPage, "cursor": cursor}).ok(&got)
		if n := utf8.RuneCountInString(a.text); n >= 24000 {
			t.Errorf("a part is %d characters long", n)
		}
		whole.WriteString(got.Text)
		parts++
		if got.Next_cursor == "" || parts > 20 {
			break
		}
		cursor = got.Next_cursor
	}
	if n := strings.Count(whole.String(), "A line of the long page"); n != 1500 || parts < 3 {
		t.Errorf("%d lines in %d parts, want 1500", n, parts)
	}
	if n := r.fake.Count("beginPageContentExport"); n != 1 {
		t.Errorf("%d exports for one reading", n)
	}
	r.call("coda_get_page", object{"document": planDoc, "page": overviewPage, "cursor": cursor}).fails("cursor")
}

func TestRowsAreSmallAndWhole(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	a := r.call("coda_list_rows", object{"document": planDoc, "table": "Wide", "limit": 100})
	t.Logf("100 rows x 12 columns are %d bytes", len(a.text))
	var got struct {
		Columns     []string
		Rows        [][]any
		Next_cursor string
	}
	a.ok(&got)
	if len(a.text) >= 14000 || len(got.Rows) != 100 {
		t.Fatalf("%d bytes, %d rows, %d columns", len(a.text), len(got.Rows), len(got.Columns))
	}
	seen := map[any]bool{}
	for pages := 0; ; pages++ {
		for _, row := range got.Rows {
			if len(row) != len(got.Columns) || seen[row[0]] {
				t.Fatalf("row %v is cut or doubled", row)
			}
			seen[row[0]] = true
		}
		if got.Next_cursor == "" || pages > 20 {
			break
		}
		cursor := got.Next_cursor
		got.Rows, got.Next_cursor = nil, ""
		r.call("coda_list_rows", object{"document": planDoc, "table": "Wide", "cursor": cursor}).ok(&got)
	}
	if len(seen) != 250 {
		t.Errorf("%d rows in all, want 250", len(seen))
	}
}

func TestRowsAsked(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got struct {
		Columns []string
		Rows    [][]any
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "status", "equals": "Open"}, "columns": "Name", "limit": "2"}).ok(&got)
	if mustJSON(got.Rows) != `[["i-launch","Launch"],["i-twin1","Twin"]]` || mustJSON(got.Columns) != `["row","Name"]` {
		t.Errorf("filtered: %v %v", got.Columns, got.Rows)
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Points", "equals": "5"}, "columns": []string{"Goal", "Cost", "Due"}}).ok(&got)
	if mustJSON(got.Rows) != `[["i-paint","Rest","","2026-10-01"]]` {
		t.Errorf("by number: %v", got.Rows)
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "columns": []string{"Colour"}}).fails("Colour", "Name, Status, Owner")
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "sort": "alphabet"}).fails("sort", "natural, created, updated")
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "cursor": "AAAA"}).fails("cursor")
	var fresh struct {
		Rows  [][]any
		Stale bool
	}
	r.fake.Set(func(k *codatest.Knobs) { k.NotUpToDate = true })
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "fresh": true}).ok(&fresh)
	if !fresh.Stale || len(fresh.Rows) != 4 {
		t.Errorf("a snapshot is not said to be one: %+v", fresh)
	}
}

func TestRowIsReadAsAWriteWantsIt(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got struct {
		ID, Name, URL string
		Values        map[string]any
	}
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Launch"}).ok(&got)
	want := map[string]any{"Name": "Launch", "Owner": "Mina Okafor <mina.okafor@fernhill.example>", "Goal": "Grow (i-goal1)",
		"Due": "2026-11-20", "Cost": "1200.5 USD", "Link": "[Site](https://fernhill.example)", "Done": false, "Points": 3.0}
	for k, v := range want {
		if got.Values[k] != v {
			t.Errorf("%s is %v, want %v", k, got.Values[k], v)
		}
	}
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Twin"}).fails("i-twin1", "i-twin2", "id")
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Nobody"}).fails("Nobody", "coda_list_rows")
	var linked struct{ ID string }
	r.call("coda_get_row", object{"row": got.URL}).ok(&linked)
	if linked.ID != "i-launch" {
		t.Errorf("the row's own link leads to %q", linked.ID)
	}
}

func TestTableIsDescribed(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got struct {
		Row_count int
		Columns   []struct {
			Name, Type, Table string
			Calculated        bool
			Options           []string
		}
		Sample  struct{ Rows [][]any }
		View_of ref
	}
	r.call("coda_get_table", object{"document": planDoc, "table": tasksTable, "sample": 2}).ok(&got)
	if got.Row_count != 4 || len(got.Columns) != 11 || len(got.Sample.Rows) != 2 {
		t.Fatalf("%+v", got)
	}
	if c := got.Columns[1]; strings.Join(c.Options, ",") != "Open,In progress,Done" {
		t.Errorf("options of %s: %v", c.Name, c.Options)
	}
	if !got.Columns[9].Calculated || !got.Columns[10].Calculated || got.Columns[6].Table != "Goals" {
		t.Errorf("columns %+v", got.Columns)
	}
	r.call("coda_get_table", object{"document": planDoc, "table": "Open tasks"}).ok(&got)
	if got.View_of.ID != tasksTable {
		t.Errorf("the view's table is %v", got.View_of)
	}
}

func TestListsAndOutline(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var docs struct{ Documents []ref }
	r.call("coda_list_documents", object{"query": "plan"}).ok(&docs)
	if len(docs.Documents) != 1 || docs.Documents[0].ID != planDoc {
		t.Errorf("documents %v", docs)
	}
	var doc struct {
		Pages, Tables int
		Outline       string
	}
	r.call("coda_get_document", object{"document": planDoc}).ok(&doc)
	if doc.Pages != 6 || doc.Tables != 4 || !strings.Contains(doc.Outline, "- Overview ("+overviewPage+")\n  - Risks (") {
		t.Errorf("%+v", doc)
	}
	var pages struct {
		Pages []struct{ ID, Name, Parent, Type string }
	}
	r.call("coda_list_pages", object{"doc_id": "https://coda.io/d/Whatever_d" + planDoc}).ok(&pages)
	if len(pages.Pages) != 6 || pages.Pages[1].Parent != overviewPage || pages.Pages[5].Type != "embed" {
		t.Errorf("%+v", pages)
	}
	var tables struct{ Tables []ref }
	r.call("coda_list_tables", object{"document": planDoc}).ok(&tables)
	if len(tables.Tables) != 4 {
		t.Errorf("%+v", tables)
	}
}

// TestNoDocumentOfANameIsNoSilence: what has one like it is named.
func TestNoDocumentOfANameIsNoSilence(t *testing.T) {
	t.Parallel()
	for _, reach := range []caller.Reach{{}, {Documents: []string{planDoc, menuDoc}}} {
		r := newHarness(t)
		r.asCaller(caller.Caller{ID: "grant-2", Reach: reach})
		var got struct {
			Documents []ref
			Note      string
		}
		r.call("coda_list_documents", object{"query": "lunch pan"}).ok(&got)
		if reach.Documents == nil && len(got.Documents) > 0 || len(got.Documents) == 0 && !strings.Contains(got.Note, `No document's name fits "lunch pan". Near it: "Launch plan" (LaunchPl01`) {
			t.Errorf("%+v", got)
		}
		r.call("coda_list_documents", object{"query": "zzzz"}).ok(&got)
		if len(got.Documents) > 0 || strings.Contains(got.Note, "Near") || !strings.Contains(got.Note, "search looks at what is inside") {
			t.Errorf("%+v", got)
		}
	}
}
