package tools_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/tools/changes"
)

func (r *harness) points(value int) string {
	r.Helper()
	var done struct{ Change string }
	r.call("coda_update_row", object{"document": planDoc, "table": tasksTable, "row": "i-launch", "values": object{"Points": value}}).ok(&done)
	return done.Change
}

// TestPuttingBackInTroubleSaysHowItEnded: an outage, a refusal, a rate limit and a
// queue each end in a state that is said, and going on afterwards ends well.
func TestPuttingBackInTroubleSaysHowItEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trouble     func(k *codatest.Knobs)
		state, says string
	}{
		"an outage":    {func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "updateRow", 503 }, "half", "not known whether"},
		"a refusal":    {func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "updateRow", 403 }, "applied", "Nothing was put back"},
		"a rate limit": {func(k *codatest.Knobs) { k.Refuse = -1 }, "applied", "too many requests"},
		"no reading":   {func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "getRow", 502 }, "applied", "in trouble"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full, recorded(t))
			before := r.fake.Snapshot()
			id := r.points(8)
			r.fake.Set(c.trouble)
			if out := r.undo(id, ""); out.Done || out.State != c.state || !strings.Contains(out.Note, c.says) {
				t.Errorf("in trouble it says %+v", out)
			}
			r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.Refuse = 0, 0 })
			if out := r.undo(id, "overwrite"); !out.Done || len(differences(before, r.fake.Snapshot())) > 0 {
				t.Errorf("afterwards it says %+v", out)
			}
		})
	}
}

// TestAQueuedChangeIsNotPutBack before Coda has applied it.
func TestAQueuedChangeIsNotPutBack(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), outOfTime)
	before := r.fake.Snapshot()
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
	id := r.points(8)
	if out := r.undo(id, "overwrite"); out.Done || out.State != "queued" || !strings.Contains(out.Note, "has not applied this change yet") {
		t.Errorf("while it is queued: %+v", out)
	}
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = false })
	if out := r.undo(id, ""); !out.Done || len(differences(before, r.fake.Snapshot())) > 0 {
		t.Errorf("when it is applied: %+v", out)
	}
}

// TestEverythingSinceInTroubleSaysWhich: each of what a connection did has its own
// end, and the next try does the rest, by whoever it is made.
func TestEverythingSinceInTroubleSaysWhich(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(k *codatest.Knobs){
		"an outage":    func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "updateRow", 503 },
		"a refusal":    func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "updateRow", 403 },
		"a rate limit": func(k *codatest.Knobs) { k.Refuse = -1 },
		"a queue":      func(k *codatest.Knobs) { k.MutationStuck = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full, recorded(t), outOfTime)
			before, since := r.fake.Snapshot(), time.Now().Add(-time.Minute)
			if name == "a queue" { // of the changes themselves
				r.fake.Set(trouble)
			}
			r.call("coda_create_rows", newRow("One")).ok(nil)
			r.points(8)
			r.call("coda_update_document", object{"document": planDoc, "title": "Other"}).ok(nil)
			r.fake.Set(trouble)
			ctx := changes.AsOwner(t.Context())
			first, err := r.journal.UndoSince(ctx, "grant-1", since, changes.All)
			for _, one := range first {
				if one.Sentence == "" || !one.Done && one.State != "applied" && one.State != "half" && one.State != "queued" {
					t.Errorf("one ended as %+v", one)
				}
			}
			if err != nil || len(first) != 3 {
				t.Errorf("%+v %v", first, err)
			}
			r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.Refuse, k.MutationStuck = 0, 0, false })
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					if _, err := r.journal.UndoSince(ctx, "grant-1", since, changes.All); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			if d := differences(before, r.fake.Snapshot()); len(d) > 0 {
				t.Errorf("not as before: %v", d)
			}
			for _, c := range r.changes() {
				if c.Undoes == "" && c.State != "undone" {
					t.Errorf("%s is %s: %s", c.Sentence, c.State, c.Trouble)
				}
			}
		})
	}
}

// TestTwoPutTheSameBackAtOnce: one does it, and Coda gets one write.
func TestTwoPutTheSameBackAtOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	var made struct{ Change string }
	r.call("coda_delete_rows", object{"document": planDoc, "table": tasksTable, "rows": []string{"i-launch"}}).ok(&made)
	sent := r.fake.Count("upsertRows")
	var both sync.WaitGroup
	for range 8 {
		both.Go(func() {
			_, err := r.journal.Undo(changes.AsOwner(context.Background()), made.Change, changes.All)
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := r.fake.Count("upsertRows") - sent; n != 1 {
		t.Errorf("the row came back %d times", n)
	}
}

// TestAProgramThatEndedLeavesAStateThatIsSaid: what was on its way, and what was
// being put back, when a program ended.
func TestAProgramThatEndedLeavesAStateThatIsSaid(t *testing.T) {
	t.Parallel()
	var path string
	r := newHarness(t, full, recorded(t), func(s *settings) { path = s.changes.Path })
	before := r.fake.Snapshot()
	ctx := caller.With(t.Context(), caller.Caller{ID: "grant-1", Name: "ChatGPT", Reach: caller.Reach{Write: true}})
	client := coda.New(coda.Options{Base: r.fake.URL, Token: func() (string, error) { return codatest.Token, nil }, Limits: coda.NoLimits()})
	t.Cleanup(client.CloseIdleConnections)
	dying := changes.New(changes.Options{Path: path, Coda: client, Alone: true})
	w := changes.Write{Operation: "updateRow", Args: coda.Args{"docId": planDoc, "tableIdOrName": tasksTable, "rowIdOrName": "i-launch",
		"row": coda.RowEdit{Cells: []coda.CellEdit{{Column: "c-points", Value: 8}}}}}
	var id string
	func() {
		defer func() { _ = recover() }()
		_, _ = dying.Do(ctx, w, func(ctx context.Context) (any, error) {
			all, err := dying.List(changes.AsOwner(ctx), changes.Query{})
			if err != nil || len(all) != 1 || all[0].State != "sent" {
				t.Errorf("while it is sent: %v %v", all, err)
			}
			id = all[0].ID
			_ = dying.Close() // as a program that is killed: nothing more is noted
			next := changes.New(changes.Options{Path: path, Coda: client, Alone: true})
			defer next.Close()
			all, err = next.List(changes.AsOwner(ctx), changes.Query{})
			if err != nil || len(all) != 1 || all[0].State != "unknown" || !strings.Contains(all[0].Trouble, "not known") {
				t.Errorf("to the next program it is %+v, %v", all, err)
			}
			got, err := next.Undo(changes.AsOwner(ctx), id, changes.Ask)
			if err != nil || !got.Done || got.Sentence != "It was as before already." {
				t.Errorf("putting back what was never done: %+v, %v", got, err)
			}
			return nil, nil
		})
	}()
	_ = dying.Close()
	if d := differences(before, r.fake.Snapshot()); len(d) > 0 {
		t.Errorf("changed: %v", d)
	}
}

// TestWhatARecordCosts: no request more for new rows, and at most one for the
// rest that need no export.
func TestWhatARecordCosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tool string
		args object
		most int
	}{
		{"coda_create_rows", object{"table": tasksTable, "rows": []object{{"Name": "x"}}}, 0},
		{"coda_update_row", object{"table": tasksTable, "row": "i-launch", "values": object{"Points": 9}}, 0},
		{"coda_delete_rows", object{"table": tasksTable, "rows": []string{"i-paint"}}, 0},
		{"coda_upsert_rows", object{"table": tasksTable, "rows": []object{{"Name": "Launch", "Points": 9}}, "key_columns": []string{"Name"}}, 1},
		{"coda_append_to_page", object{"page": overviewPage, "content": "x"}, 1},
		{"coda_update_page", object{"page": overviewPage, "subtitle": "x"}, 0},
		{"coda_create_page", object{"name": "x"}, 0},
		{"coda_update_document", object{"title": "x"}, 1},
		{"coda_share_document", object{"access": "comment", "with": "email", "who": "a@b.example"}, 1},
		{"coda_update_sharing", object{"allow_copying": false}, 1},
		{"coda_publish_document", object{"slug": "plan"}, 1},
	} {
		c.args["document"] = planDoc
		cost := func(change ...func(*settings)) int {
			r := newHarness(t, append([]func(*settings){full}, change...)...)
			r.call(c.tool, c.args).ok(nil)
			return r.fake.Count("")
		}
		if with, without := cost(recorded(t)), cost(); with-without > c.most {
			t.Errorf("%s: %d requests with a record and %d without, at most %d more", c.tool, with, without, c.most)
		}
	}
}
