package tools_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// TestATightenedPolicyActsOnCallsInHand: what is read-only before it is sent is
// not sent.
func TestATightenedPolicyActsOnCallsInHand(t *testing.T) {
	t.Parallel()
	var tight atomic.Bool
	r := newHarness(t, full, recorded(t), func(s *settings) {
		s.tools.Policy = func(string) tools.Policy {
			if tight.Load() {
				return tools.PolicyRead
			}
			return tools.PolicyWrite
		}
		s.fake.Check = func(q *http.Request, _ []byte) error {
			if strings.HasSuffix(q.URL.Path, "/rows") && q.Method == http.MethodGet { // how it is before is being read
				tight.Store(true)
			}
			return nil
		}
	})
	r.call("coda_upsert_rows", object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Launch", "Points": 9}}, "key_columns": []string{"Name"}}).
		fails("Nothing was written")
	if r.writes() != 0 || !tight.Load() {
		t.Errorf("%d writes were sent", r.writes())
	}
}

// TestAPolicyThatTightensWhileTheOwnerIsAsked: a yes after that writes nothing.
func TestAPolicyThatTightensWhileTheOwnerIsAsked(t *testing.T) {
	t.Parallel()
	for _, to := range []tools.Policy{tools.PolicyRead, tools.PolicyAsk} {
		var now atomic.Value
		now.Store(tools.PolicyWrite)
		r := newHarness(t, full, recorded(t), func(s *settings) {
			s.tools.Policy = func(string) tools.Policy { return now.Load().(tools.Policy) }
			s.fake.Check = func(q *http.Request, _ []byte) error {
				if strings.HasSuffix(q.URL.Path, "/rows") && q.Method == http.MethodGet { // how it is before is being read
					now.Store(to)
				}
				return nil
			}
			s.tools.Deadline = 4200 * time.Millisecond
		})
		args := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Launch", "Points": 9}}, "key_columns": []string{"Name"}}
		r.call("coda_upsert_rows", args).fails("Nothing was written")
		if r.writes() != 0 {
			t.Errorf("%s: %d writes were sent", to, r.writes())
		}
	}
	// Asked, then made read-only while it waits, then said yes to.
	var policy atomic.Value
	policy.Store(tools.PolicyAsk)
	r := newHarness(t, full, recorded(t), func(s *settings) {
		s.tools.Policy = func(string) tools.Policy { return policy.Load().(tools.Policy) }
	})
	out := make(chan string, 1)
	go func() { a, _ := r.try(t.Context(), "coda_create_rows", newRow("One")); out <- a.text }()
	for all := []changes.Pending(nil); len(all) == 0; {
		var err error
		all, err = r.journal.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
	}
	policy.Store(tools.PolicyRead)
	r.answer(1, true)
	if said := <-out; !strings.Contains(said, "Nothing was written") || r.writes() != 0 {
		t.Errorf("%s, %d writes", said, r.writes())
	}
}

// TestWhatIsThereIsReadAnewAfterTheWait: putting back gives what was there when it
// was written, not when it was asked.
func TestWhatIsThereIsReadAnewAfterTheWait(t *testing.T) {
	t.Parallel()
	var asks atomic.Bool
	asks.Store(true)
	r := newHarness(t, full, recorded(t), func(s *settings) {
		s.tools.Policy = func(id string) tools.Policy {
			if id == "grant-1" && asks.Load() {
				return tools.PolicyAsk
			}
			return tools.PolicyWrite
		}
	})
	set := object{"document": planDoc, "table": tasksTable, "row": "i-launch", "values": object{"Points": 8}}
	out := make(chan answer, 1)
	go func() { a, _ := r.try(t.Context(), "coda_update_row", set); out <- a }()
	for all := []changes.Pending(nil); len(all) == 0; {
		all, _ = r.journal.Pending(t.Context())
	}
	r.asCaller(caller.Caller{ID: "grant-2", Name: "Claude", Reach: caller.Reach{Write: true}})
	r.points(5)
	r.answer(1, true)
	r.awaitPending(1) // with how it is now
	r.answer(1, true)
	var done struct{ Change string }
	first := <-out
	first.ok(&done)
	if back, err := r.journal.Undo(changes.AsOwner(t.Context()), done.Change, changes.Ask); err != nil || !back.Done {
		t.Fatalf("%+v %v", back, err)
	}
	var row struct{ Values object }
	r.call("coda_get_row", object{"document": planDoc, "table": tasksTable, "row": "i-launch"}).ok(&row)
	if row.Values["Points"] != 5.0 {
		t.Errorf("it was put back to %v", row.Values["Points"])
	}
}
