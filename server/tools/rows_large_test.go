package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"codabridge/server/coda/codatest"
)

const (
	logTable = "grid-log0000001"
	// mostShown is how long an answer about rows may be, in characters.
	mostShown = 24000
)

// longCell is what nobody typed: a formula made it.
var longCell = strings.Repeat("a line of the log, with \"quotes\" and é\n", 7500)

// withLog adds a table whose second row has a cell of 300 KB, the third three
// of 30 KB, and the fourth a list of 40,000 numbers.
func withLog(s *settings) {
	t := &codatest.Table{ID: logTable, Name: "Log", Columns: []*codatest.Column{{ID: "c-n", Name: "Name", Display: true},
		{ID: "c-a", Name: "Text"}, {ID: "c-b", Name: "More"}, {ID: "c-c", Name: "Numbers", Type: "number", Multi: true}}}
	for i := range 40 {
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-log%d", i), Values: []any{fmt.Sprint("Entry ", i), "short", "short", 1.0}})
	}
	numbers := make([]any, 40_000)
	for i := range numbers {
		numbers[i] = float64(i)
	}
	t.Rows[1].Values = []any{"Entry 1", longCell}
	t.Rows[2].Values = []any{strings.Repeat("n", 30_000), strings.Repeat("é", 30_000), strings.Repeat("\n", 30_000)}
	t.Rows[3].Values = []any{"Entry 3", "short", "short", numbers}
	s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, t)
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

// TestRowsTooLargeForOneAnswerOfCodaComeInSmallerPages: in the middle of a
// list, where Coda's page token fixes how many come.
func TestRowsTooLargeForOneAnswerOfCodaComeInSmallerPages(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) {
		s.coda.MaxBody = 64 << 10
		log := &codatest.Table{ID: logTable, Name: "Log", Columns: []*codatest.Column{{ID: "c-n", Name: "Name", Display: true}, {ID: "c-a", Name: "Text"}}}
		for i := range 120 {
			text := "short"
			if i >= 60 {
				text = strings.Repeat("x", 3000)
			}
			log.Rows = append(log.Rows, &codatest.Row{ID: fmt.Sprintf("i-log%d", i), Values: []any{fmt.Sprint("Entry ", i), text}})
		}
		s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, log)
	})
	for _, limit := range []int{50, 500} {
		seen := 0
		for cursor := ""; ; {
			var got struct {
				Rows       [][]any
				NextCursor string `json:"next_cursor"`
			}
			args := object{"document": planDoc, "table": "Log", "limit": limit}
			if cursor != "" {
				args["cursor"] = cursor
			}
			r.call("coda_list_rows", args).ok(&got)
			for _, row := range got.Rows {
				if row[0] != fmt.Sprintf("i-log%d", seen) {
					t.Fatalf("limit %d: after %d rows came %v", limit, seen, row[0])
				}
				seen++
			}
			cursor = got.NextCursor
			if cursor == "" {
				break
			}
		}
		if seen != 120 {
			t.Errorf("limit %d: %d rows", limit, seen)
		}
	}
}
