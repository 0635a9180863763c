package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// asking makes every change wait for the owner, for a moment only.
func asking(s *settings) {
	s.tools.Policy = func(string) tools.Policy { return tools.PolicyAsk }
	s.tools.Deadline = 4200 * time.Millisecond // of which four seconds are left for the write
}

func newRow(name string) object {
	return object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": name}}}
}

// TestAYesIsForExactlyThisChangeAndOnce: the same call makes no second question,
// another argument asks anew, and the yes outlives the program.
func TestAYesIsForExactlyThisChangeAndOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	waiting := func() []changes.Pending {
		t.Helper()
		all, err := r.journal.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for range 3 {
		r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet", "the same call again")
	}
	all := waiting()
	if len(all) != 1 || r.writes() != 0 || !strings.Contains(string(all[0].Arguments), "One") || len(all[0].Parts) == 0 {
		t.Fatalf("%d writes, waiting: %+v", r.writes(), all)
	}
	if err := r.journal.Answer(t.Context(), all[0].ID, true, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.journal.Close(); err != nil { // the program ends, and another opens the file
		t.Fatal(err)
	}
	r.call("coda_create_rows", newRow("Other")).fails("Nothing was written yet")
	var done struct{ Change string }
	r.call("coda_create_rows", newRow("One")).ok(&done)
	if r.writes() != 1 || done.Change == "" {
		t.Errorf("%d writes", r.writes())
	}
	if err := r.journal.Answer(t.Context(), all[0].ID, true, ""); err == nil {
		t.Error("a question can be answered twice")
	}
	if now := waiting(); len(now) != 1 || !strings.Contains(string(now[0].Arguments), "Other") {
		t.Errorf("waiting: %+v", now)
	}
	// Putting back is a change, too.
	r.call("coda_undo_change", object{"changes": []string{done.Change}}).fails("Nothing was written yet")
}

// TestAFloodOfQuestionsIsHeldBack: twenty of one connection wait, no more.
func TestAFloodOfQuestionsIsHeldBack(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	var refused atomic.Int64
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			a, err := r.try(t.Context(), "coda_create_rows", newRow(fmt.Sprint("Row ", i)))
			if err != nil || !a.isError {
				t.Errorf("%v %s", err, a.text)
			}
			if strings.Contains(a.text, "wait for the owner already") {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if waiting, err := r.journal.Pending(t.Context()); err != nil || len(waiting) != 20 || refused.Load() != 10 || r.writes() != 0 {
		t.Errorf("%d wait, %d refused, %d written, %v", len(waiting), refused.Load(), r.writes(), err)
	}
}

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
