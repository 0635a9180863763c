package tools_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// decisions are what the owner decided, and who is told of the next one.
type decisions struct {
	policy  atomic.Value
	changed chan struct{}
}

// decided has the tools ask a decisions, whose policy is to ask.
func decided(d *decisions) func(*settings) {
	d.policy.Store(tools.PolicyAsk)
	d.changed = make(chan struct{})
	return func(s *settings) {
		s.tools.Policy = func(string) tools.Policy { return d.policy.Load().(tools.Policy) }
		s.changes.Changed = func() <-chan struct{} { return d.changed }
	}
}

// asks makes a call that waits for the owner, beside n that wait already.
func (r *harness) asks(n int, tool string, args object) <-chan string {
	r.Helper()
	out := make(chan string, 1)
	go func() { a, _ := r.try(r.Context(), tool, args); out <- a.text }()
	r.awaitPending(n + 1)
	return out
}

func (r *harness) awaitPending(n int) (all []changes.Pending) {
	r.Helper()
	for len(all) != n || n == 0 && all == nil {
		var err error
		all, err = r.journal.Pending(r.Context())
		if err != nil {
			r.Fatal(err)
		}
	}
	return all
}

// TestARevokedConnectionIsSeenRightBeforeItsWriteIsSent: whichever look at what it
// may is the first to see it, the last included, nothing is written.
func TestARevokedConnectionIsSeenRightBeforeItsWriteIsSent(t *testing.T) {
	t.Parallel()
	var looks, from atomic.Int64
	from.Store(1 << 40)
	r := newHarness(t, full, recorded(t), func(s *settings) {
		s.tools.Policy = func(string) tools.Policy {
			if looks.Add(1) >= from.Load() {
				return tools.PolicyEnded
			}
			return tools.PolicyWrite
		}
	})
	args := func(n int64) object {
		return object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Launch", "Points": n}}, "key_columns": []string{"Name"}}
	}
	r.call("coda_upsert_rows", args(100)).ok(nil)
	looks.Store(0)
	r.call("coda_upsert_rows", args(101)).ok(nil)
	all, before := looks.Load(), r.writes()
	for n := int64(1); n <= all; n++ {
		looks.Store(0)
		from.Store(n)
		r.call("coda_upsert_rows", args(n)).fails("Nothing was written", "ended this connection")
	}
	if all < 3 || r.writes() != before {
		t.Errorf("%d looks, %d writes", all, r.writes()-before)
	}
}

// TestALoosenedPolicyLetsWhatWaitsGoOn, and leaves no question.
func TestALoosenedPolicyLetsWhatWaitsGoOn(t *testing.T) {
	t.Parallel()
	var d decisions
	r := newHarness(t, full, recorded(t), decided(&d))
	one, two := r.asks(0, "coda_create_rows", newRow("One")), r.asks(1, "coda_create_rows", newRow("Two"))
	d.policy.Store(tools.PolicyWrite)
	close(d.changed)
	for _, out := range []<-chan string{one, two} {
		if said := <-out; !strings.Contains(said, `"change":"ch-`) {
			t.Errorf("it hears %s", said)
		}
	}
	if all := r.awaitPending(0); len(all) != 0 || r.writes() != 2 {
		t.Errorf("%d writes, waiting %+v", r.writes(), all)
	}
}

// TestATightenedPolicyEndsAWait at once, with a sentence; the question stays.
func TestATightenedPolicyEndsAWait(t *testing.T) {
	t.Parallel()
	for policy, says := range map[tools.Policy]string{tools.PolicyRead: "may only read", tools.PolicyEnded: "ended this connection"} {
		var d decisions
		r := newHarness(t, full, recorded(t), decided(&d))
		out := r.asks(0, "coda_create_rows", newRow("One"))
		d.policy.Store(policy)
		close(d.changed)
		if said := <-out; !strings.Contains(said, "Nothing was written: ") || !strings.Contains(said, says) || r.writes() != 0 {
			t.Errorf("%s: it hears %s", policy, said)
		}
		r.awaitPending(1)
	}
}

// TestWhoRepeatsHearsTheSameNo: of the same call at once, one asks, and all hear
// the owner's word; none makes a second question.
func TestWhoRepeatsHearsTheSameNo(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking, func(s *settings) { s.tools.Deadline = patient })
	resting, outs := make(chan bool, 6), make(chan string, 6)
	ctx := caller.With(t.Context(), caller.Caller{ID: "grant-1", Name: "ChatGPT", Reach: caller.Reach{Write: true}})
	ctx = caller.WithSeat(ctx, caller.Seat{Rest: func(_ context.Context, wait func() bool) error {
		resting <- true
		wait()
		return nil
	}})
	for range 6 {
		go func() {
			text, _, _ := r.tools.Do(ctx, "coda_create_rows", []byte(mustJSON(newRow("One"))))
			outs <- text
		}()
	}
	for range 6 {
		<-resting
	}
	all := r.awaitPending(1)
	if err := r.journal.Answer(t.Context(), all[0].ID, false, "not today"); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		if said := <-outs; !strings.Contains(said, "the owner said no") || !strings.Contains(said, "not today") {
			t.Errorf("one hears %s", said)
		}
	}
	if all := r.awaitPending(0); len(all) != 0 || r.writes() != 0 {
		t.Errorf("%d writes, waiting: %+v", r.writes(), all)
	}
}

// TestHowANumberIsWrittenMakesNoOtherCall, and another number does.
func TestHowANumberIsWrittenMakesNoOtherCall(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	row := func(points string) object {
		return object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "One", "Points": json.Number(points)}}}
	}
	r.call("coda_create_rows", row("12.50")).fails("Nothing was written yet")
	r.answer(1, true)
	r.call("coda_create_rows", row("12.51")).fails("Nothing was written yet")
	r.call("coda_create_rows", row("125e-1")).ok(nil)
	if r.writes() != 1 {
		t.Errorf("%d writes", r.writes())
	}
}

// TestWhatWaitsShowsWhatItChanges of a page, and not what stays.
func TestWhatWaitsShowsWhatItChanges(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	lines, err := r.client.PageContent(t.Context(), planDoc, overviewPage, coda.ListOptions{Limit: 500})
	if err != nil || len(lines.Items) < 3 {
		t.Fatal(lines, err)
	}
	first, second := lines.Items[0], lines.Items[1]
	for _, c := range []struct {
		tool string
		args object
		want []changes.Part
	}{
		{"coda_append_to_page", object{"content": "More"}, []changes.Part{{Name: "text", After: "More"}}},
		{"coda_edit_page", object{"mode": "replace", "element": first.ID, "content": "Other"}, []changes.Part{{Name: "line", Before: first.Text, After: "Other"}}},
		{"coda_delete_page_elements", object{"elements": []string{second.ID}}, []changes.Part{{Name: "line", Before: second.Text}}},
		{"coda_update_page", object{"subtitle": "Under it"}, []changes.Part{{Name: "the subtitle", After: "Under it"}}},
		{"coda_replace_page", object{"content": "All new", "dry_run": false}, []changes.Part{{Name: "text of the page", After: "All new"}}},
	} {
		c.args["document"], c.args["page"] = planDoc, overviewPage
		r.call(c.tool, c.args).fails("Nothing was written yet")
		one := r.awaitPending(1)[0]
		if c.tool == "coda_replace_page" && len(one.Parts) == 1 && strings.Contains(one.Parts[0].Before, second.Text) {
			one.Parts[0].Before = ""
		}
		if !slices.Equal(one.Parts, c.want) {
			t.Errorf("%s waits with %+v, want %+v", c.tool, one.Parts, c.want)
		}
		r.answer(1, false)
	}
}
