package tools_test

import (
	"sync"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// sent waits until Coda has seen so many requests of an operation.
func (r *harness) sent(operation string, n int) {
	r.Helper()
	for end := time.Now().Add(time.Minute); r.fake.Count(operation) < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.Fatalf("%d requests of %s, want %d", r.fake.Count(operation), operation, n)
		}
	}
}

// TestAChangeBackAndForthIsDone: the third call is the same as the first, but
// no repeat of it, since the second came between.
func TestAChangeBackAndForthIsDone(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	set := func(status string) wrote {
		var got wrote
		r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Status": status}}).ok(&got)
		return got
	}
	for _, status := range []string{"Open", "Done", "Open"} {
		if got := set(status); got.Repeated || got.Status != "applied" {
			t.Errorf("set to %s: %+v", status, got)
		}
	}
	var row struct{ Values map[string]any }
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint"}).ok(&row)
	if row.Values["Status"] != "Open" {
		t.Errorf("the row has %v", row.Values["Status"])
	}
	if got := set("Open"); !got.Repeated || r.fake.Count("updateRow") != 3 {
		t.Errorf("a true repeat: %+v, %d writes", got, r.fake.Count("updateRow"))
	}
	// What adds would add twice, whatever came between.
	add := object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "Once"}}}
	r.call("coda_create_rows", add).ok(nil)
	set("In progress")
	var got wrote
	r.call("coda_create_rows", add).ok(&got)
	if !got.Repeated || r.fake.Count("upsertRows") != 1 {
		t.Errorf("%+v, %d writes", got, r.fake.Count("upsertRows"))
	}
}

// TestANewTokenKnowsNoWritesOfTheOldOne: the same names lead into another
// account then.
func TestANewTokenKnowsNoWritesOfTheOldOne(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	add := object{"document": "Launch plan", "table": "Tasks", "rows": []object{{"Name": "Once"}}}
	r.call("coda_create_rows", add).ok(nil)
	r.tools.Forget()
	var got wrote
	r.call("coda_create_rows", add).ok(&got)
	if got.Repeated || r.fake.Count("upsertRows") != 2 {
		t.Errorf("%+v, %d writes", got, r.fake.Count("upsertRows"))
	}
}

// TestOfTwoChangesAtOnceNeitherIsDoneAgain: a client that lost both answers
// repeats both, and would undo one by the other.
func TestOfTwoChangesAtOnceNeitherIsDoneAgain(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	set := func(status string) (got wrote) {
		r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Status": status}}).ok(&got)
		return got
	}
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
	var both sync.WaitGroup
	both.Go(func() { set("Open") })
	r.sent("updateRow", 1)
	both.Go(func() { set("Done") })
	r.sent("updateRow", 2)
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = false })
	both.Wait()
	if a, b := set("Open"), set("Done"); !a.Repeated || !b.Repeated || r.fake.Count("updateRow") != 2 {
		t.Errorf("%+v, %+v, %d writes", a, b, r.fake.Count("updateRow"))
	}
}

// TestARewrittenPageKeepsWhatWasAddedSince: the repeat of the rewriting would
// take the addition away, and the repeat of the addition would not bring it
// back.
func TestARewrittenPageKeepsWhatWasAddedSince(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	rewrite := object{"document": planDoc, "page": overviewPage, "content": "All new.", "dry_run": false}
	add := object{"document": planDoc, "page": overviewPage, "content": "And more."}
	for range 2 {
		r.call("coda_replace_page", rewrite).ok(nil)
		r.call("coda_append_to_page", add).ok(nil)
	}
	if n := r.fake.Count("updatePage"); n != 2 {
		t.Errorf("%d writes", n)
	}
}

// TestARepeatOfWhatWasNotSentIsSent: whoever waits for a write that was then
// refused shall not be told that it is not sent again.
func TestARepeatOfWhatWasNotSentIsSent(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 400, "upsertRows" })
	add := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Once"}}}
	answers := make(chan answer, 2)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { answers <- r.call("coda_create_rows", add) })
	}
	both.Wait()
	first, second := <-answers, <-answers
	if first.isError == second.isError {
		t.Errorf("one is refused and the other one done: %s, %s", first.text, second.text)
	}
}

// TestAWriteInFlightBelongsToTheTokenItWasSentWith: its outcome says nothing
// of the next account.
func TestAWriteInFlightBelongsToTheTokenItWasSentWith(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
	add := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Once"}}}
	var first sync.WaitGroup
	first.Go(func() { r.call("coda_create_rows", add).ok(nil) })
	r.sent("upsertRows", 1)
	r.tools.Forget()
	r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = false })
	first.Wait()
	var got wrote
	r.call("coda_create_rows", add).ok(&got)
	if got.Repeated || r.fake.Count("upsertRows") != 2 {
		t.Errorf("%+v, %d writes", got, r.fake.Count("upsertRows"))
	}
}
