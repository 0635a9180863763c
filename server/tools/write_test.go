package tools_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
)

type wrote struct {
	Status, Note, Warning string
	Row_ids               []string
	Rows                  int
	Repeated              bool
	Table                 ref
}

// sentCells are the cells of the last write that reached Coda.
func sentCells(r *harness, operation string) string {
	r.Helper()
	reqs := r.fake.Requests()
	for i := len(reqs) - 1; i >= 0; i-- {
		if reqs[i].Operation != operation {
			continue
		}
		var body struct {
			Rows []struct{ Cells any }
			Row  struct{ Cells any }
		}
		if err := json.Unmarshal(reqs[i].Body, &body); err != nil {
			r.Fatal(err)
		}
		if len(body.Rows) > 0 {
			return mustJSON(body.Rows[0].Cells)
		}
		return mustJSON(body.Row.Cells)
	}
	return ""
}

func TestRowsAreCreatedAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got wrote
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": object{
		"name": "New", "Status": "in PROGRESS", "Owner": "Mina Okafor <mina.okafor@fernhill.example>", "Due": "2026-12-01",
		"Done": "yes", "Points": "8", "Goal": "Grow", "c-cost": "$1,200"}}).ok(&got)
	if got.Status != "applied" || len(got.Row_ids) != 1 || got.Rows != 1 {
		t.Errorf("%+v", got)
	}
	want := `[{"column":"c-owner","value":"mina.okafor@fernhill.example"}`
	sent := sentCells(r, "upsertRows")
	for _, w := range []string{`{"column":"c-cost","value":1200}`, `{"column":"c-done","value":true}`, `{"column":"c-due","value":"2026-12-01"}`,
		`{"column":"c-goal","value":"i-goal1"}`, `{"column":"c-points","value":8}`, `{"column":"c-status","value":"In progress"}`, want[1:]} {
		if !strings.Contains(sent, w) {
			t.Errorf("sent %s, without %s", sent, w)
		}
	}
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": got.Row_ids[0]}).ok(nil)
}

// TestCellsThatDoNotFitAreRefused: Coda would store each of these without an
// error and break the cell.
func TestCellsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	for what, c := range map[string]struct {
		values object
		say    []string
	}{
		"an option that is not there":       {object{"Status": "Blocked"}, []string{"Status", "Open, In progress, Done"}},
		"a date that flips with the locale": {object{"Due": "04/03/2026"}, []string{"Due", "ISO 8601", "2026-11-20"}},
		"a person by first name":            {object{"Owner": "Mina"}, []string{"Owner", "e-mail"}},
		"a relation to a row that is not":   {object{"Goal": "Shrink"}, []string{"Goal", "Shrink", "coda_list_rows"}},
		"a calculated column":               {object{"Total": 4}, []string{"Total", "calculated"}},
		"a button":                          {object{"Go": true}, []string{"Go", "button"}},
		"a column nobody made":              {object{"Colour": "red"}, []string{"Colour", "Name, Status, Owner"}},
		"words for a number":                {object{"Points": "many"}, []string{"Points", "a number"}},
		"a number for a checkbox":           {object{"Done": 7}, []string{"Done", "true or false"}},
		"an object for a value":             {object{"Name": object{"text": "x"}}, []string{"Name", "a list"}},
		"the same column by id and by name": {object{"Name": "a", "c-name": "b"}, []string{"same column"}},
		"no values at all":                  {object{}, []string{"no values"}},
	} {
		t.Run(what, func(t *testing.T) {
			r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{c.values}}).fails(append(c.say, "Nothing was written")...)
		})
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "ok"}, {"Status": "Blocked"}}}).fails("Row 2 of 2", "Nothing was written")
	if n := r.fake.Count("upsertRows"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}

func TestUpdateUpsertAppendAndView(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got wrote
	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Status": "Open", "Due": nil, "Done": nil}}).ok(&got)
	if want := `[{"column":"c-done","value":false},{"column":"c-due","value":""},{"column":"c-status","value":"Open"}]`; sentCells(r, "updateRow") != want || got.Status != "applied" {
		t.Errorf("%s %+v", sentCells(r, "updateRow"), got)
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "Launch", "Points": 9}}, "key_columns": "Name"}).ok(&got)
	var row struct{ Values map[string]any }
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "i-launch"}).ok(&row)
	if row.Values["Points"] != 9.0 {
		t.Errorf("the upsert left %v", row.Values["Points"])
	}
	r.call("coda_create_rows", object{"document": planDoc, "table": "Open tasks", "rows": []object{{"Name": "Through the view"}}}).ok(&got)
	if got.Table.ID != tasksTable || !strings.Contains(got.Note, "Tasks") {
		t.Errorf("a row through a view: %+v", got)
	}
	r.call("coda_append_to_page", object{"document": planDoc, "page": "Overview", "content": "## Appended\n\nMore."}).ok(&got)
	var page struct{ Text string }
	r.call("coda_get_page", object{"document": planDoc, "page": "Overview"}).ok(&page)
	if !strings.Contains(page.Text, "Appended") || !strings.Contains(page.Text, "Goals") {
		t.Errorf("after appending: %s", page.Text)
	}
}

func TestRepeatedWriteIsDoneOnce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newHarness(t, func(s *settings) { s.tools.Now = func() time.Time { return now } })
	args := object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "Once"}}}
	var first, second wrote
	r.call("coda_create_rows", args).ok(&first)
	r.call("coda_create_rows", args).ok(&second)
	if second.Repeated != true || first.Repeated || mustJSON(first.Row_ids) != mustJSON(second.Row_ids) {
		t.Errorf("first %+v, second %+v", first, second)
	}
	r.asCaller(caller.Caller{ID: "grant-2", Reach: caller.Reach{Write: true}})
	r.call("coda_create_rows", args).ok(nil)
	if n := r.fake.Count("upsertRows"); n != 2 {
		t.Errorf("%d writes upstream for two callers", n)
	}
	now = now.Add(3 * time.Minute)
	r.call("coda_create_rows", args).ok(nil)
	if n := r.fake.Count("upsertRows"); n != 3 {
		t.Errorf("after the window %d writes upstream, want 3", n)
	}
}

func TestRepeatJoinsTheWriteInFlightWhenTheClientGaveUp(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
	args := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Once"}}}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := r.try(ctx, "coda_create_rows", args); err == nil {
			t.Error("the first call was meant to be given up")
		}
	})
	r.sent("getMutationStatus", 1)
	cancel()
	wg.Wait()
	for range 3 {
		wg.Go(func() {
			var got wrote
			a, err := r.try(t.Context(), "coda_create_rows", args)
			if err != nil || a.isError || json.Unmarshal(a.raw, &got) != nil || !got.Repeated || got.Status != "applied" {
				t.Errorf("%v %s", err, a.text)
			}
		})
	}
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = false })
	wg.Wait()
	if n := r.fake.Count("upsertRows"); n != 1 {
		t.Errorf("%d writes upstream", n)
	}
}

func TestWriteWithUnknownOutcomeIsNotRepeated(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	args := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Perhaps"}}}
	r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 503, "upsertRows" })
	r.call("coda_create_rows", args).fails("not known whether")
	r.call("coda_create_rows", args).fails("not known whether", "not sent again")
	if n := r.fake.Count("upsertRows"); n != 1 {
		t.Errorf("%d writes upstream", n)
	}
	refused := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Refused"}}}
	r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus = 1, 400 })
	r.call("coda_create_rows", refused).fails("Nothing was written")
	r.call("coda_create_rows", refused).ok(nil) // certain to be undone, so it may be sent at once
}

// outOfTime ends each wait for a write after some looks at it, as the end of
// its time would, however fast the machine is.
func outOfTime(s *settings) {
	var pauses atomic.Int32
	s.tools.WriteWait = patient
	s.coda.Sleep = func(context.Context, time.Duration) error {
		if pauses.Add(1)%3 == 0 {
			return context.DeadlineExceeded
		}
		return nil
	}
}

func TestWriteThatStaysQueuedSaysSo(t *testing.T) {
	t.Parallel()
	r := newHarness(t, outOfTime)
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
	var got wrote
	r.call("coda_append_to_page", object{"document": planDoc, "page": overviewPage, "content": "x"}).ok(&got)
	if got.Status != "queued" || !strings.Contains(got.Note, "Do not send it again") {
		t.Errorf("%+v", got)
	}
	r = newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.MutationWarning = "Formula lag" })
	r.call("coda_append_to_page", object{"document": planDoc, "page": overviewPage, "content": "y"}).ok(&got)
	if got.Status != "applied" || got.Warning != "Formula lag" {
		t.Errorf("%+v", got)
	}
}
