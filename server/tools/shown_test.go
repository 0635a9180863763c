//go:build !race

package tools_test

import (
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
)

// meanwhile is a write of somebody else, past codabridge.
func (r *harness) meanwhile(operation string, args coda.Args) {
	r.Helper()
	args["docId"] = planDoc
	if _, err := coda.CallFor[any](r.Context(), r.client, operation, args); err != nil {
		r.Fatal(err)
	}
}

func (r *harness) cell(row, column string, value any) {
	r.Helper()
	r.meanwhile("updateRow", coda.Args{"tableIdOrName": tasksTable, "rowIdOrName": row,
		"row": object{"cells": []object{{"column": column, "value": value}}}})
}

// moving is a change that waits, what another does meanwhile to what it would
// replace, and how that is shown.
type moving struct {
	name, tool string
	args       object
	prepare    func(r *harness, args object)
	another    func(r *harness)
	part, now  string
}

func movings() []moving {
	in := func(table string, more object) object {
		more["document"], more[table] = planDoc, map[string]string{"table": tasksTable, "page": overviewPage}[table]
		return more
	}
	return []moving{
		{name: "a cell", tool: "coda_update_row", args: in("table", object{"row": "i-launch", "values": object{"Points": 13}}),
			another: func(r *harness) { r.cell("i-launch", "c-points", 5) }, part: "Points", now: "5"},
		{name: "a cell that is emptied", tool: "coda_update_row", args: in("table", object{"row": "i-launch", "values": object{"Points": 13}}),
			another: func(r *harness) { r.cell("i-launch", "c-points", "") }, part: "Points", now: ""},
		{name: "rows by a key", tool: "coda_upsert_rows",
			args:    in("table", object{"rows": []object{{"Name": "Launch", "Points": 13}, {"Name": "Other", "Points": 1}}, "key_columns": []string{"Name"}}),
			another: func(r *harness) { r.cell("i-launch", "c-points", 5) }, part: `"Launch": Points`, now: "5"},
		{name: "a row that is deleted", tool: "coda_delete_rows", args: in("table", object{"rows": []string{"i-launch"}}),
			another: func(r *harness) { r.cell("i-launch", "c-points", 5) }, part: `row "Launch"`, now: "Points: 5"},
		{name: "the name of a page", tool: "coda_update_page", args: in("page", object{"name": "View"}),
			another: func(r *harness) {
				r.meanwhile("updatePage", coda.Args{"pageIdOrName": overviewPage, "name": "Mine"})
			}, part: "the name", now: "Mine"},
		{name: "a page that is rewritten", tool: "coda_replace_page", args: in("page", object{"content": "All new", "dry_run": false}),
			another: func(r *harness) {
				r.meanwhile("updatePage", coda.Args{"pageIdOrName": overviewPage, "contentUpdate": object{"insertionMode": "append",
					"canvasContent": object{"format": "markdown", "content": "A line of somebody else"}}})
			}, part: "text of the page", now: "A line of somebody else"},
		{name: "what is put back", tool: "coda_undo_change", args: object{"if_changed": "overwrite"},
			prepare: func(r *harness, args object) {
				d := r.change("coda_update_row", in("table", object{"row": "i-launch", "values": object{"Points": 8}}))
				args["changes"] = []string{d}
			},
			another: func(r *harness) { r.cell("i-launch", "c-points", 5) }, part: `"Launch": Points`, now: "5"},
	}
}

// change makes a change with the owner's yes and gives its id.
func (r *harness) change(tool string, args object) string {
	r.Helper()
	r.call(tool, args).fails("Nothing was written yet")
	r.answer(1, true)
	var done struct{ Change string }
	r.call(tool, args).ok(&done)
	return done.Change
}

// moved wants one change that waits, whose thing is another than was shown under a
// former id.
func (r *harness) moved(c moving, former string) changes.Pending {
	r.Helper()
	one := r.awaitPending(1)[0]
	at := slices.IndexFunc(one.Parts, func(p changes.Part) bool { return p.Name == c.part })
	if one.ID == former || one.Former != former || at < 0 {
		r.Fatalf("%s: it waits as %+v", c.name, one)
	}
	if p := one.Parts[at]; p.Now != c.now && (c.now == "" || !strings.Contains(p.Now, c.now)) {
		r.Errorf("%s: it is shown as %+v", c.name, p)
	}
	return one
}

// waits makes the call, which waits for the owner then.
func (c moving) waits(t *testing.T) (*harness, changes.Pending) {
	t.Helper()
	r := newHarness(t, full, recorded(t), asking)
	if c.prepare != nil {
		c.prepare(r, c.args)
	}
	r.call(c.tool, c.args).fails("Nothing was written yet")
	return r, r.awaitPending(1)[0]
}

// TestAYesIsForWhatTheOwnerWasShown: what another has changed meanwhile is not
// overwritten by a yes to what stood there before, whether a call waits or not;
// the owner is asked anew, sees how it is now, and a yes to that counts.
func TestAYesIsForWhatTheOwnerWasShown(t *testing.T) {
	t.Parallel()
	for _, c := range movings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, first := c.waits(t)
			r.answer(1, true)
			c.another(r)
			before := r.fake.Snapshot()
			r.call(c.tool, c.args).fails("Nothing was written yet", "asked again, since another has changed")
			if d := differences(before, r.fake.Snapshot()); len(d) > 0 {
				t.Fatalf("it was overwritten: %v", d)
			}
			second := r.awaitPending(1)[0]
			if second.ID == first.ID || second.Former != first.ID {
				t.Errorf("it waits as %+v", second)
			}
			r.answer(1, true)
			r.call(c.tool, c.args).ok(nil)
			if len(differences(before, r.fake.Snapshot())) == 0 {
				t.Error("a yes to what stands there now is not taken")
			}
		})
	}
}

// TestAYesToAWaitingCallIsForWhatTheOwnerWasShown, and what is asked then says
// beside what was shown how it is now.
func TestAYesToAWaitingCallIsForWhatTheOwnerWasShown(t *testing.T) {
	t.Parallel()
	for _, c := range movings() {
		if c.prepare != nil {
			continue // needs a call that does not wait; the other test has it
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full, recorded(t), asking, func(s *settings) { s.tools.Deadline = patient })
			out := r.asks(0, c.tool, c.args)
			first := r.awaitPending(1)[0]
			c.another(r)
			before := r.fake.Snapshot()
			if err := r.journal.Answer(t.Context(), first.ID, true, ""); err != nil {
				t.Fatal(err)
			}
			second := r.moved(c, first.ID)
			if d := differences(before, r.fake.Snapshot()); len(d) > 0 {
				t.Fatalf("it was overwritten: %v", d)
			}
			if err := r.journal.Answer(t.Context(), second.ID, true, ""); err != nil {
				t.Fatal(err)
			}
			if said := <-out; len(differences(before, r.fake.Snapshot())) == 0 {
				t.Errorf("a yes to what stands there now is answered %s", said)
			}
		})
	}
}

// TestWhatWaitsIsShownAsItIs: who looks at what waits sees how it is by now, under
// another id, so that the former takes no yes any more; a no it takes. Back as it
// was, it is shown so; and what another changes elsewhere is of no concern.
func TestWhatWaitsIsShownAsItIs(t *testing.T) {
	t.Parallel()
	for _, c := range movings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, first := c.waits(t)
			look := func() {
				t.Helper()
				if err := r.journal.LookAgain(t.Context(), r.awaitPending(1)[0].ID); err != nil {
					t.Fatal(err)
				}
			}
			look()
			if same := r.awaitPending(1)[0]; same.ID != first.ID {
				t.Errorf("nothing has changed, and it waits as %+v", same)
			}
			r.cell("i-paint", "c-points", 99)
			look()
			if same := r.awaitPending(1)[0]; same.ID != first.ID {
				t.Errorf("another row has changed, and it waits as %+v", same)
			}
			c.another(r)
			look()
			r.moved(c, first.ID)
			if err := r.journal.Answer(t.Context(), first.ID, true, ""); err == nil {
				t.Error("the former id takes a yes")
			}
			if err := r.journal.Answer(t.Context(), first.ID, false, "no"); err != nil {
				t.Errorf("the former id takes no no: %v", err)
			}
			r.call(c.tool, c.args).fails("the owner said no")
		})
	}
}
