package tools_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
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

// TestWhatAYesIsNotFor: arguments that differ in a way hard to see ask anew, and
// those that mean the same do not.
func TestWhatAYesIsNotFor(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	raw := func(args string) answer {
		t.Helper()
		return r.call("coda_create_rows", json.RawMessage(args))
	}
	row := func(name, rest string) string {
		return `{"document":"` + planDoc + `","table":"` + tasksTable + `","rows":[{"Name":` + name + `,"Points":1` + rest + `}]}`
	}
	raw(row(`"Caf\u00e9"`, "")).fails("Nothing was written yet")
	r.answer(1, true)
	for what, args := range map[string]string{
		"letters put together":    row(`"Cafe\u0301"`, ""),
		"a letter like another":   row(`"Cаf\u00e9"`, ""),
		"an unseen letter":        row(`"Caf\u00e9\u200b"`, ""),
		"another number":          row(`"Caf\u00e9"`, `,"Points":10`),
		"half a letter":           row(`"Caf\ud800"`, ""),
		"one column more":         row(`"Caf\u00e9"`, `,"Status":"Done"`),
		"the name twice":          row(`"Other","Name":"Caf\u00e9 2"`, ""),
		"another case of letters": row(`"caf\u00e9"`, ""),
	} {
		if a := raw(args); !a.isError || !strings.Contains(a.text, "Nothing was written") || r.writes() != 0 {
			t.Errorf("%s: %s", what, a.text)
		}
	}
	// The same call in another order of keys, with blanks and other escapes.
	if a := raw(`{ "rows" : [ { "Points":1, "Name":"Café" } ], "table":"` + tasksTable + `", "document":"` + planDoc + `"}`); a.isError || r.writes() != 1 {
		t.Errorf("the same call: %s, %d writes", a.text, r.writes())
	}
}

// answer answers the only change that waits.
func (r *harness) answer(wanted int, yes bool) {
	r.Helper()
	all, err := r.journal.Pending(r.Context())
	if err != nil || len(all) != wanted {
		r.Fatalf("%d wait: %+v %v", len(all), all, err)
	}
	for _, p := range all {
		if err := r.journal.Answer(r.Context(), p.ID, yes, ""); err != nil {
			r.Fatal(err)
		}
	}
}

// TestAYesIsForWhatTheOwnerSaw: a name that means another thing by the time asks
// anew, and so does another connection.
func TestAYesIsForWhatTheOwnerSaw(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	byName := object{"document": planDoc, "page": "Overview", "content": "x"}
	r.call("coda_append_to_page", byName).fails("Nothing was written yet")
	r.answer(1, true)
	r.asCaller(caller.Caller{ID: "grant-2", Name: "ChatGPT", Reach: caller.Reach{Write: true}})
	r.call("coda_append_to_page", byName).fails("Nothing was written yet")
	r.asCaller(caller.Caller{ID: "grant-1", Name: "ChatGPT", Reach: caller.Reach{Write: true}})
	owner := changes.AsOwner(t.Context())
	for page, name := range map[string]string{overviewPage: "Elsewhere", longPage: "Overview"} {
		w := changes.Write{Operation: "updatePage", Args: coda.Args{"docId": planDoc, "pageIdOrName": page, "name": name}}
		send := func(ctx context.Context) (any, error) { return coda.CallFor[any](ctx, r.client, w.Operation, w.Args) }
		if _, err := r.journal.Do(owner, w, send); err != nil {
			t.Fatal(err)
		}
	}
	r.tools.ForgetTexts()
	before := r.writes()
	r.call("coda_append_to_page", byName).fails("Nothing was written yet")
	if r.writes() != before {
		t.Error("the yes was for another page")
	}
}

// TestTwoAtOnceAfterOneYes: one is written.
func TestTwoAtOnceAfterOneYes(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet")
	r.answer(1, true)
	var both sync.WaitGroup
	for range 6 {
		both.Go(func() {
			if _, err := r.try(t.Context(), "coda_create_rows", newRow("One")); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if r.writes() != 1 {
		t.Errorf("%d writes", r.writes())
	}
}

// TestAYesEndsByTheClock: ten minutes on it is gone, and after a clock was set back
// by an hour, too; a minute more or less does not matter.
func TestAYesEndsByTheClock(t *testing.T) {
	t.Parallel()
	for by, good := range map[time.Duration]bool{9 * time.Minute: true, 11 * time.Minute: false, -30 * time.Second: true, -time.Hour: false} {
		var ahead atomic.Int64
		r := newHarness(t, full, recorded(t), asking, func(s *settings) {
			s.changes.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet")
		r.answer(1, true)
		ahead.Store(int64(by))
		if a := r.call("coda_create_rows", newRow("One")); a.isError == good || r.writes() != map[bool]int{true: 1}[good] {
			t.Errorf("after %s: %s", by, a.text)
		}
	}
}

// TestNothingDoneUsesNoYes: what Coda refused for now can be tried again.
func TestNothingDoneUsesNoYes(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), asking)
	r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet")
	r.answer(1, true)
	r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = 1, "upsertRows", 403 })
	r.call("coda_create_rows", newRow("One")).fails("may not do this")
	r.call("coda_create_rows", newRow("One")).ok(nil)
	r.tools.Forget()
	r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet")
	if n := r.fake.Count("upsertRows"); n != 2 {
		t.Errorf("%d requests", n)
	}
}
