//go:build !race

package tools_test

import (
	"fmt"
	"strings"
)

type recentWithWas struct {
	Changes []struct {
		ID, By string
		Was    map[string]any
	}
}

// amount writes cents as a question's answer does.
func amount(cents int) string {
	s := fmt.Sprintf("%d.%02d", cents/100, cents%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// counts holds the groups of an answer against the truth.
func (q *rehearsal) counts(answer string, want map[string]int) {
	q.Helper()
	got := map[string]int{}
	for _, row := range q.rows(answer) {
		n, _ := row[1].(float64)
		got[fmt.Sprint(row[0])] = int(n)
	}
	if mustJSON(got) != mustJSON(want) {
		q.Errorf("counts %s\nwant %s", mustJSON(got), mustJSON(want))
	}
}

// truthNow is a row as it is now, without counting as a call of the model.
func (q *rehearsal) truthNow(doc, table, row string) map[string]any {
	q.Helper()
	var got struct{ Values map[string]any }
	q.call("coda_get_row", object{"document": doc, "table": table, "row": row}).ok(&got)
	return got.Values
}
