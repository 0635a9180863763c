package tools_test

import (
	"fmt"
	"strings"
	"testing"

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
