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
	Changes []struct {
		When, ID, Did, Name, In, By string
		Was                         any
	}
	Counts map[string]int
	More   int
	Note   string

	NextCursor string `json:"next_cursor"`
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

// TestWhatWasWrittenHereIsToldByItsName: made, renamed and deleted things too.
func TestWhatWasWrittenHereIsToldByItsName(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, full)
	in := func(more object) object { more["document"], more["table"] = planDoc, "Tasks"; return more }
	var made struct{ Row_ids []string }
	r.call("coda_create_rows", in(object{"rows": []object{{"Name": "Call the printer", "Status": "Open"}}})).ok(&made)
	var page struct{ ID string }
	r.call("coda_create_page", object{"document": planDoc, "name": "Ideas", "content": "x"}).ok(&page)
	r.call("coda_update_page", object{"document": planDoc, "page": "Risks", "name": "Dangers"}).ok(nil)
	told := func(id string) string {
		t.Helper()
		var got recently
		r.call("coda_recent_changes", object{"since": "1 hour"}).ok(&got)
		for _, c := range got.Changes {
			if c.ID == id {
				return c.Did + " " + c.Name + " in " + c.In + " by " + c.By
			}
		}
		t.Errorf("%s is not told: %+v", id, got)
		return ""
	}
	row := "row:" + planDoc + "/" + tasksTable + "/" + made.Row_ids[0]
	for id, want := range map[string]string{row: "added Call the printer in Tasks · Launch plan by ChatGPT", "page:" + planDoc + "/" + page.ID: "added Ideas in Launch plan by ChatGPT",
		"page:" + planDoc + "/canvas-risks00001": "renamed Dangers in Launch plan by ChatGPT"} {
		if got := told(id); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	r.call("coda_delete_rows", in(object{"rows": made.Row_ids})).ok(nil)
	r.call("coda_delete_page", object{"document": planDoc, "page": page.ID}).ok(nil)
	if got := told(row) + told("page:"+planDoc+"/"+page.ID); got != "deleted Call the printer in Tasks · Launch plan by ChatGPTdeleted Ideas in Launch plan by ChatGPT" {
		t.Errorf("%q", got)
	}
}

// TestSinceIsReadAsPeopleWriteIt.
func TestSinceIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC) // a Friday
	r := newHarness(t, withDays, func(s *settings) { s.tools.Now = func() time.Time { return now } })
	for since, want := range map[string]string{"14d": "2026-11-06T00:00:00Z", "2w": "2026-11-06T00:00:00Z", "3 hours ago": "2026-11-20T06:30:00Z", "last 90 minutes": "2026-11-20T08:00:00Z",
		"Monday": "2026-11-16T00:00:00Z", "since last Tuesday": "2026-11-17T00:00:00Z", "friday": "2026-11-20T00:00:00Z", "1 month": "2026-10-20T00:00:00Z", "2 quarters": "2026-05-20T00:00:00Z",
		"past week": "2026-11-09T00:00:00Z", "2026-11-19T12:00:00Z": "2026-11-19T12:00:00Z"} {
		var got recently
		r.call("coda_recent_changes", object{"since": since}).ok(&got)
		if got.Since != want {
			t.Errorf("%s is since %s, want %s", since, got.Since, want)
		}
	}
}

// TestWhatChangedComesInParts: each change once, in their order, whatever changes
// meanwhile, which is counted; and the cursor belongs to what was asked.
func TestWhatChangedComesInParts(t *testing.T) {
	t.Parallel()
	moment := time.Now().UTC().Add(-5 * time.Hour)
	r, _, _ := indexed(t, complete, withDays, func(s *settings) {
		for _, row := range s.fake.Workspace.Docs[0].Tables[2].Rows[:60] {
			row.Updated = moment // as an import leaves them
		}
	})
	var all recently
	r.call("coda_recent_changes", object{"since": "400 days", "limit": 200}).ok(&all)
	want := map[string]bool{}
	total := len(all.Changes) + all.More
	args, parts := object{"since": "400 days", "limit": 17}, 0
	var last string
	var first recently
	for ; parts < 100; parts++ {
		var got recently
		a := r.call("coda_recent_changes", args)
		a.ok(&got)
		for _, c := range got.Changes {
			if want[c.ID] || last != "" && c.When > last {
				t.Fatalf("part %d: %+v again, or after %s", parts, c, last)
			}
			want[c.ID], last = true, c.When
		}
		if parts == 0 {
			first = got
			r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-twin2", "values": object{"Points": 3}}).ok(nil)
			r.call("coda_update_row", object{"document": planDoc, "table": "Goals", "row": "i-goal1", "values": object{"Goal": "Grow more"}}).ok(nil)
		} else if (got.Counts != nil) != (parts == 0) || !strings.Contains(got.Note, "2 changes since the first part") {
			t.Errorf("part %d: %v, %s", parts, got.Counts, got.Note)
		}
		if got.NextCursor == "" {
			if got.More != 0 {
				t.Errorf("%d more without a cursor", got.More)
			}
			break
		}
		if more := total - len(want); got.More < more-2 || got.More > more || len(got.NextCursor) >= 64 {
			t.Errorf("part %d: %d more, want %d; %q", parts, got.More, more, got.NextCursor)
		}
		args = object{"cursor": got.NextCursor}
	}
	if len(want) < total-2 || len(want) > total {
		t.Errorf("%d changes in %d parts, want %d", len(want), parts, total)
	}
	for _, c := range all.Changes {
		if !want[c.ID] && !strings.HasSuffix(c.ID, "i-twin2") && !strings.HasSuffix(c.ID, "i-goal1") {
			t.Errorf("%s is in no part", c.ID)
		}
	}
	again := object{"since": "400 days", "cursor": first.NextCursor}
	r.call("coda_recent_changes", again).ok(nil)
	r.call("coda_recent_changes", object{"since": "3 days", "cursor": first.NextCursor}).fails("another since")
	r.call("coda_recent_changes", object{"document": menuDoc, "cursor": first.NextCursor}).fails("another since or document")
	r.call("coda_recent_changes", object{"cursor": "changes-madeup"}).fails("without cursor")
	was := r.caller
	r.asCaller(caller.Caller{ID: "grant-9", Reach: caller.Reach{Documents: []string{menuDoc}}})
	r.call("coda_recent_changes", again).fails("without cursor")
	was.Reach.Documents = []string{menuDoc} // the owner allows less meanwhile
	r.asCaller(was)
	if a := r.call("coda_recent_changes", again).ok(nil); strings.Contains(a.text, "Launch plan") {
		t.Errorf("a cursor shows what is not allowed any more: %s", a.text)
	}
}

// TestWithoutAnIndexChangesComeInPartsToo.
func TestWithoutAnIndexChangesComeInPartsToo(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withDays)
	var all recently
	r.call("coda_recent_changes", object{"since": "400 days", "limit": 200}).ok(&all)
	var ids []string
	for args := (object{"since": "400 days", "limit": 2}); ; {
		var got recently
		r.call("coda_recent_changes", args).ok(&got)
		for _, c := range got.Changes {
			ids = append(ids, c.ID)
		}
		if got.More != len(all.Changes)-len(ids) {
			t.Errorf("%d more after %d of %d", got.More, len(ids), len(all.Changes))
		}
		if got.NextCursor == "" {
			break
		}
		args = object{"cursor": got.NextCursor}
	}
	if len(ids) != len(all.Changes) || len(ids) < 5 {
		t.Errorf("%v, want %d", ids, len(all.Changes))
	}
}
