package tools_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestRelatedRowsMustBeThere: Coda stores broken text for an id that the
// related table does not have.
func TestRelatedRowsMustBeThere(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for what, id := range map[string]any{
		"an id nobody has":           "i-AAAAAAAAAA",
		"an id of another table":     "i-launch",
		"an id behind a name":        "Grow (i-AAAAAAAAAA)",
		"one of several is not":      []string{"i-goal1", "i-paint"},
		"an id that only looks like": "i-goal1x",
	} {
		t.Run(what, func(t *testing.T) {
			r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": object{"Name": "New", "Goal": id}}).
				fails("Goal", "There is no row", goalsTable, "Nothing was written")
			r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Goal": id}}).fails(`"Goals"`)
		})
	}
	if n := r.fake.Count("upsertRows") + r.fake.Count("updateRow"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}

func TestRelatedRowsAreCheckedOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) {
		goals := s.fake.Workspace.Docs[0].Tables[1]
		for i := range 1200 {
			goals.Rows = append(goals.Rows, &codatest.Row{ID: fmt.Sprintf("i-more%d", i), Values: []any{fmt.Sprintf("More %d", i)}})
		}
	})
	rows := []object{{"Name": "a", "Goal": "i-goal2"}, {"Name": "b", "Goal": "Rest (i-goal2)"}, {"Name": "c", "Goal": "Rest"}, {"Name": "d", "Goal": []string{"Grow", "i-goal1"}}}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": rows}).ok(nil)
	if n, named := r.fake.Count("getRow"), r.fake.Count("listRows"); n != 1 || named != 2 {
		t.Errorf("%d requests by id and %d by name", n, named)
	}
	r.fake.ClearLog()
	rows = nil
	for i := range 1200 {
		rows = append(rows, object{"Name": fmt.Sprint(i), "Goal": fmt.Sprintf("i-more%d", i)})
	}
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "rows": rows, "key_columns": []string{"Name"}}).ok(nil)
	if n := r.fake.Count(""); n > 20 {
		t.Errorf("an import with 1200 relations made %d requests", n)
	}
	rows[1100]["Goal"] = "i-nobody"
	r.call("coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "rows": rows, "key_columns": []string{"Name"}}).fails("Row 1101 of 1200", "i-nobody")
}

// withoutGoals is a Coda that does not know the related table, as when it is
// in another document.
type withoutGoals struct {
	http.RoundTripper
	asked *atomic.Int32
}

func (h withoutGoals) RoundTrip(q *http.Request) (*http.Response, error) {
	if !strings.Contains(q.URL.Path, goalsTable) {
		return h.RoundTripper.RoundTrip(q)
	}
	h.asked.Add(1)
	w := httptest.NewRecorder()
	w.WriteHeader(http.StatusNotFound)
	return w.Result(), nil
}

// TestRelationIntoAnotherDocument: only Coda can look there.
func TestRelationIntoAnotherDocument(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	r := newHarness(t, full, func(s *settings) {
		s.coda.HTTP.Transport = withoutGoals{&http.Transport{DisableKeepAlives: true}, &asked}
	})
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "a", "Goal": "i-goal1"}, {"Name": "b", "Goal": "i-second"}}}).ok(nil)
	if n := asked.Load(); n != 2 {
		t.Errorf("%d requests about a table that is not there, want the row and the table", n)
	}
}
