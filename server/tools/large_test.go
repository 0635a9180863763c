//go:build !race

// Tests whose cost is the size of what goes through them. They run without the
// race detector, which makes them ten times slower and finds nothing in them:
// each has one caller.

package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
)

// TestOversizedArgumentsAreRefused: more items or longer text than anybody
// means.
func TestOversizedArgumentsAreRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	many := make([]string, 600)
	rows := make([]object, 5001)
	for i := range rows {
		rows[i] = object{"Name": "x"}
	}
	for i := range many {
		many[i] = "i-x"
	}
	r.listTools()
	r.fake.ClearLog()
	for tool, args := range map[string]object{
		"coda_create_rows":          {"document": planDoc, "table": "Tasks", "rows": rows[:501]},
		"coda_upsert_rows":          {"document": planDoc, "table": "Tasks", "rows": rows, "key_columns": []string{"Name"}},
		"coda_delete_rows":          {"document": planDoc, "table": "Tasks", "rows": many},
		"coda_delete_page_elements": {"document": planDoc, "page": overviewPage, "elements": many},
		"coda_insert_table":         {"document": planDoc, "page": overviewPage, "columns": many},
		"coda_list_rows":            {"document": planDoc, "table": "Tasks", "limit": 1 << 40},
		"coda_get_document_schema":  {"document": planDoc, "tables": many},
		"coda_list_pages":           {"document": strings.Repeat("x", 1<<16)},
		"coda_create_document":      {"title": strings.Repeat("x", 1<<16)},
	} {
		r.call(tool, args).helpful("too much")
	}
	if n := r.fake.Count(""); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	r.asCaller(caller.Caller{ID: "g", Reach: caller.Reach{Write: true}})
	r.call("coda_edit_page", object{"document": planDoc, "page": overviewPage, "mode": "append", "content": strings.Repeat("x", 2<<20)}).fails("2 MB", "Nothing was written")
}

func TestACellOf300KBStopsNobody(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withLog)
	shown := func(tool string, args object, into any) answer {
		t.Helper()
		a := r.call(tool, args).ok(into)
		if n := utf8.RuneCountInString(a.text); n > mostShown {
			t.Errorf("%s %v: %d characters", tool, args, n)
		}
		return a
	}
	type listed struct {
		Rows       [][]any
		NextCursor string `json:"next_cursor"`
		Note       string
	}
	var ids []any
	notes := ""
	for cursor := ""; ; {
		var got listed
		shown("coda_list_rows", object{"document": planDoc, "table": "Log", "cursor": cursor}, &got)
		for _, row := range got.Rows {
			ids = append(ids, row[0])
		}
		notes += got.Note
		cursor = got.NextCursor
		if cursor == "" || len(ids) > 100 {
			break
		}
	}
	if len(ids) != 40 || ids[0] != "i-log0" || ids[39] != "i-log39" {
		t.Errorf("%d rows came: %v", len(ids), ids)
	}
	for _, want := range []string{`i-log1: "Text"`, `i-log2: "Name", "Text", "More"`, `i-log3: "Numbers"`, "coda_get_row with row and column"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q: %s", want, notes)
		}
	}
	for i := range 5 {
		for _, tool := range []string{"coda_get_row", "fetch"} {
			args := object{"document": planDoc, "table": "Log", "row": fmt.Sprint("i-log", i)}
			if tool == "fetch" {
				args = object{"id": fmt.Sprintf("row:%s/%s/i-log%d", planDoc, logTable, i)}
			}
			if a := shown(tool, args, nil); strings.Contains(a.text, "in parts") != (i >= 1 && i <= 3) {
				t.Errorf("%s %d: %.300s", tool, i, a.text)
			}
		}
	}
	shown("coda_get_table", object{"document": planDoc, "table": "Log", "sample": 5}, nil)
	shown("fetch", object{"id": "table:" + planDoc + "/" + logTable}, nil)
	shown("coda_query_rows", object{"document": planDoc, "table": "Log"}, nil)
	shown("coda_query_rows", object{"document": planDoc, "table": "Log", "sort": []object{{"column": "Text", "descending": true}}}, nil)
}

// TestALongCellComesInParts that make up the whole.
func TestALongCellComesInParts(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withLog)
	type cell struct {
		Values     map[string]any
		NextCursor string `json:"next_cursor"`
		Note       string
	}
	read := func(row, column string) (text string, parts int) {
		for cursor := ""; ; parts++ {
			var got cell
			r.call("coda_get_row", object{"document": planDoc, "table": "Log", "row": row, "column": column, "cursor": cursor}).ok(&got)
			if len(got.Values) != 1 {
				t.Fatalf("%v", got)
			}
			for _, v := range got.Values {
				text += fmt.Sprint(v)
			}
			cursor = got.NextCursor
			if cursor == "" {
				return text, parts + 1
			}
		}
	}
	if text, parts := read("i-log1", "Text"); text != longCell || parts < 10 {
		t.Errorf("%d characters in %d parts", len(text), parts)
	}
	if text, parts := read("i-log2", "c-a"); text != strings.Repeat("é", 30_000) || parts != 2 {
		t.Errorf("%d characters in %d parts", len(text), parts)
	}
	if text, parts := read("i-log0", "TEXT"); text != "short" || parts != 1 {
		t.Errorf("%q in %d parts", text, parts)
	}
	if text, _ := read("i-log3", "Numbers"); !strings.HasPrefix(text, "0, 1, 2, ") || !strings.HasSuffix(text, ", 39999") {
		t.Errorf("%.40q", text)
	}
	args := object{"document": planDoc, "table": "Log", "row": "i-log1", "column": "Text", "cursor": "i-log1/c-b@20"}
	r.call("coda_get_row", args).fails("does not belong to this cell")
	delete(args, "column")
	r.call("coda_get_row", args).fails("column")
}

// TestALongSearchSaysWhatItLeftOut, with an index and without.
func TestALongSearchSaysWhatItLeftOut(t *testing.T) {
	t.Parallel()
	deep, _, _ := indexed(t, complete)
	for _, r := range []*harness{newHarness(t), deep} {
		for query, want := range map[string]string{
			`"` + strings.Repeat("launch plan ", 1000) + `"`: "Only the first 1,000 characters of the query were read. A phrase of more than 12 words was looked for by its first 12.",
			"launch plan " + strings.Repeat("x-", 50):        "Only the first 32 words of the query were read.",
			strings.Repeat("launch", 100_000):                "Only the first 1,000 characters",
		} {
			var got found
			r.call("search", object{"query": query}).ok(&got)
			if !strings.Contains(got.Note, want) {
				t.Errorf("%.30q: %s", query, got.Note)
			}
		}
	}
}

func TestUpsertOfManyLargeRowsSaysWhichWentIn(t *testing.T) {
	t.Parallel()
	// The check against the description is slow with megabytes, and other
	// tests have it.
	unchecked := func(s *settings) { s.fake.Check = func(*http.Request, []byte) error { return nil } }
	r := newHarness(t, full, unchecked)
	var got upserted
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Wide", "rows": bulk(45, 80_000), "key_columns": "Column 1"}).ok(&got)
	if got.Rows_sent != 45 || len(got.Batches) != 3 || got.Batches[1].From != got.Batches[0].To+1 {
		t.Errorf("%+v", got)
	}
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Wide", "rows": append(bulk(2, 5), bulk(1, 90_000)...), "key_columns": "Column 1"}).
		fails("Row 3 of 3", "85 KB", "Nothing was written")
	// The second request fails; the answer must say what is in and what is not.
	failing := newHarness(t, full, unchecked)
	failing.fake.Set(func(k *codatest.Knobs) {
		k.FailAfter, k.Fail, k.FailStatus, k.FailOperation, k.FailMessage = 1, 1, 400, "upsertRows", "No more"
	})
	failing.call("coda_upsert_rows", object{"document": planDoc, "table": "Wide", "rows": bulk(45, 80_000), "key_columns": "Column 1"}).ok(&got)
	if got.Batches[0].Status != "applied" || got.Batches[1].Status != "refused" || got.Batches[1].Error != "No more" || got.Batches[2].Status != "not_sent" ||
		got.Rows_sent+got.Rows_not_in != 45 || !strings.Contains(got.Note, "must not be sent again") {
		t.Errorf("%+v", got)
	}
}
