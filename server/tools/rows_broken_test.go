package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestAListThatBreaksOffGoesOn: where Coda fails in the middle, what was read is
// given with a cursor and a sentence, and the rest comes, each row once.
func TestAListThatBreaksOffGoesOn(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withVaried)
	r.fake.Set(func(k *codatest.Knobs) { k.ClampRows = 50 })
	broken := []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	for _, status := range broken {
		for what, more := range map[string]object{"all": {"limit": 260}, "newest": {"sort": "updated", "descending": true, "limit": 260},
			"filter": {"filter": object{"column": "Owner", "equals": "Mina Okafor"}}} {
			want := map[string]int{"all": 300, "newest": 300, "filter": 100}[what]
			args := object{"document": planDoc, "table": "Varied", "columns": []string{"Task"}}
			for k, v := range more {
				args[k] = v
			}
			after := map[string]int{"all": 2, "newest": 8, "filter": 3}[what]
			r.fake.Set(func(k *codatest.Knobs) {
				k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = -1, after, status, "listRows"
			})
			var got compactRows
			r.call("coda_list_rows", args).ok(&got)
			if len(got.Rows) == 0 || got.Next_cursor == "" || !strings.Contains(got.Note, "NOT ALL ROWS") || !strings.Contains(got.Note, "next_cursor") {
				t.Fatalf("%s, %d: %d rows, %s", what, status, len(got.Rows), got.Note)
			}
			r.fake.Set(func(k *codatest.Knobs) { k.Fail = 0 })
			seen := map[string]bool{}
			for parts := 1; ; parts++ {
				for _, row := range got.Rows {
					if seen[fmt.Sprint(row[0])] {
						t.Fatalf("%s, %d: %v comes twice", what, status, row[0])
					}
					seen[fmt.Sprint(row[0])] = true
				}
				if got.Next_cursor == "" {
					break
				}
				next := got.Next_cursor
				got = compactRows{}
				r.call("coda_list_rows", object{"document": planDoc, "table": "Varied", "cursor": next}).ok(&got)
				if strings.Contains(got.Note, "NOT ALL") {
					t.Errorf("%s: part %d: %s", what, parts, got.Note)
				}
			}
			if len(seen) != want {
				t.Errorf("%s, %d: %d rows, want %d", what, status, len(seen), want)
			}
		}
	}
	r.fake.Set(func(k *codatest.Knobs) {
		k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = -1, 0, http.StatusInternalServerError, "listRows"
	})
	r.call("coda_list_rows", object{"document": planDoc, "table": "Varied"}).fails("Coda")
}
