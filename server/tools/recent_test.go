//go:build !race

package tools_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
)

type recently struct {
	Since   string
	Changes []struct{ When, ID, Name, In, By string }
	Counts  map[string]int
	More    int
	Note    string
}

// withDays gives the pages and rows of the workspace moments of their own:
// the n-th row of a table changed n days ago.
func withDays(s *settings) {
	now := time.Now().UTC()
	for _, d := range s.fake.Workspace.Docs {
		for i, p := range d.Pages {
			p.Updated = now.Add(-time.Duration(20+24*i) * time.Hour)
		}
		for _, t := range d.Tables {
			for i, r := range t.Rows {
				r.Created, r.Updated = now.AddDate(-1, 0, 0), now.AddDate(0, 0, -i)
			}
		}
	}
}

// TestWhatChangedIsToldInOneCall over all documents, the newest first.
func TestWhatChangedIsToldInOneCall(t *testing.T) {
	t.Parallel()
	r, x, _ := indexed(t, complete, withDays)
	before := r.fake.Count("")
	var got recently
	r.call("coda_recent_changes", object{"since": "3 days"}).ok(&got)
	for i, c := range got.Changes {
		if i > 0 && c.When > got.Changes[i-1].When {
			t.Errorf("not the newest first: %+v", got.Changes)
		}
		if c.When < got.Since || c.In == "" || c.ID == "" || c.Name == "" {
			t.Errorf("%+v", c)
		}
	}
	if got.Counts["Tasks · Launch plan"] != 4 || got.Counts["Goals · Launch plan"] != 2 || got.Counts["Launch plan"] < 2 || got.More != 0 && len(got.Changes) != 25 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.Note, "oldest 1 min") || !strings.Contains(got.Note, "deleted") {
		t.Errorf("how fresh is it? %s", got.Note)
	}
	if n := r.fake.Count("") - before; n != 0 {
		t.Errorf("%d requests", n)
	}
	var by recently
	r.call("coda_recent_changes", object{"since": "30 days", "document": "Café menu"}).ok(&by)
	if len(by.Changes) != 1 || by.Changes[0].Name != "Crème brûlée" || by.Changes[0].By == "" || !strings.HasPrefix(by.Changes[0].ID, "page:"+menuDoc) {
		t.Errorf("%+v", by)
	}
	var few recently
	r.call("coda_recent_changes", object{"since": "2020-01-01", "limit": 3}).ok(&few)
	if len(few.Changes) != 3 || few.More < 200 {
		t.Errorf("%d changes and %d more", len(few.Changes), few.More)
	}
	r.call("fetch", object{"id": got.Changes[0].ID}).ok(nil)
	r.call("coda_recent_changes", object{"since": "the other day"}).fails("is no date", "last 30 days")

	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-twin2", "values": object{"Points": 3}}).ok(nil)
	x.Poke()
	for end := time.Now().Add(patient); ; time.Sleep(5 * time.Millisecond) {
		r.call("coda_recent_changes", object{}).ok(&got)
		if len(got.Changes) > 0 && got.Changes[0].ID == "row:"+planDoc+"/"+tasksTable+"/i-twin2" || time.Now().After(end) {
			break
		}
	}
	if got.Changes[0].ID != "row:"+planDoc+"/"+tasksTable+"/i-twin2" {
		t.Errorf("a row that changed just now is not the first: %+v", got.Changes[0])
	}
}

// TestWhatChangedKeepsToWhatIsAllowed.
func TestWhatChangedKeepsToWhatIsAllowed(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, withDays)
	r.asCaller(caller.Caller{ID: "grant-3", Reach: caller.Reach{Documents: []string{menuDoc}}})
	var got recently
	a := r.call("coda_recent_changes", object{"since": "2000-01-01", "limit": 200}).ok(&got)
	if len(got.Changes) != 1 || strings.Contains(a.text, "Launch plan") || strings.Contains(a.text, "Private") {
		t.Errorf("%s", a.text)
	}
	r.call("coda_recent_changes", object{"document": planDoc}).fails("owner allows only some")
}

// TestWithoutAnIndexDocumentsAndPagesAreAsked, and the note says what is not.
func TestWithoutAnIndexDocumentsAndPagesAreAsked(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withDays)
	var got recently
	a, err := r.try(context.Background(), "coda_recent_changes", object{"since": "2 days"})
	if err != nil {
		t.Fatal(err)
	}
	a.ok(&got)
	if !strings.Contains(got.Note, "only to the search index") {
		t.Errorf("%s", got.Note)
	}
	for _, c := range got.Changes {
		if strings.HasPrefix(c.ID, "row:") || c.When < got.Since {
			t.Errorf("%+v", c)
		}
	}
}
