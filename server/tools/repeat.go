package tools

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// repeatWindow is how long an identical write counts as a repeat.
const repeatWindow = 2 * time.Minute

// repeats remembers the writes of the last minutes, in flight or done: clients
// give up on a slow call and send it again, which must not write twice.
type repeats struct {
	now func() time.Time

	mu    sync.Mutex // guards what follows and the runs' fields but done
	seen  map[[32]byte]*writeRun
	begun int // writes of anyone so far
	last  int // the youngest of those that were sent and have ended
}

// writeRun is a write and what it came to.
type writeRun struct {
	done   chan struct{}
	out    outcome
	sent   bool      // or may have been
	asked  bool      // the owner was, and did not say yes
	old    bool      // of a token that is gone
	at     time.Time // when it ended
	number int       // of those begun
	doc    string    // id of the doc that it was about, or empty
	until  int       // how many were begun when it ended
}

func newRepeats(now func() time.Time) repeats {
	return repeats{now: now, seen: map[[32]byte]*writeRun{}}
}

// once runs a write tool unless the same caller has asked for just the same a
// moment ago; then it gives the first outcome, and says so. A write that may
// be repeated without harm is done again when another came after it: what it
// set may have been changed back, so the first outcome would no longer be true.
func (t *Tools) once(ctx context.Context, d *tool, args []byte) outcome {
	key := sha256.Sum256(append([]byte(caller.From(ctx).ID+"\x00"+d.name+"\x00"), words.OneForm(args)...))
	for {
		run, first := t.done.begin(key, d.repeatable && !d.wipes)
		if first {
			return t.write(ctx, d, args, key, run)
		}
		err := caller.Rest(ctx, func() (again bool) {
			select {
			case <-run.done:
				return !run.sent && !run.asked
			case <-ctx.Done():
				return false
			}
		})
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case err != nil:
			err = changes.Crowded(err)
		}
		if err == nil && (run.sent || run.asked) && run.doc != "" && !t.find.Allows(ctx, run.doc) { // by now
			err = find.NotAllowed(run.doc)
		}
		switch {
		case err != nil:
			return t.failed(ctx, d, err)
		case run.asked:
			return run.out
		case run.sent:
			return run.out.again()
		}
		// Nothing was sent: the first client went away, or what it lacked may be
		// there by now.
	}
}

// write is the first of its kind, and leaves its outcome in run.
func (t *Tools) write(ctx context.Context, d *tool, args []byte, key [32]byte, run *writeRun) outcome {
	out := outcome{status: caller.StatusFault, text: faultSentence}
	call := &writeCall{tool: d.name}
	defer func() { t.done.end(key, run, out, call) }()
	if ctx.Err() != nil {
		return t.failed(ctx, d, ctx.Err())
	}
	// From here on a client that goes away does not end the write: its repeat
	// shall find out what became of it. The call's deadline does.
	end, _ := ctx.Deadline()
	own, cancel := context.WithDeadlineCause(context.WithoutCancel(ctx), end, errDeadline)
	defer cancel()
	out = t.work(t.writing(own, call, args), d, args)
	run.doc = find.TouchedDoc(ctx)
	return out
}

// begin finds the write of a key, or notes a new one. One that may be done
// again is, once another has ended that began after its own end: of two at the
// same time nobody can say which came last, so that a client which repeats
// both would undo one by the other.
func (r *repeats) begin(key [32]byte, redo bool) (run *writeRun, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, old := range r.seen {
		if !old.at.IsZero() && r.now().Sub(old.at) > repeatWindow {
			delete(r.seen, k)
		}
	}
	if run, ok := r.seen[key]; ok && (run.at.IsZero() || !redo || r.last <= run.until) {
		return run, false
	}
	r.begun++
	run = &writeRun{done: make(chan struct{}), number: r.begun}
	r.seen[key] = run
	return run, true
}

// forget drops the outcomes of all writes, of those in flight when they end.
func (r *repeats) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, run := range r.seen {
		run.old = true
		if !run.at.IsZero() {
			delete(r.seen, key)
		}
	}
}

// end keeps the outcome of a write that was sent. One that never was may be
// tried again at once; who has waited for it hears what the owner said.
func (r *repeats) end(key [32]byte, run *writeRun, out outcome, call *writeCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run.out, run.sent, run.at, run.until = out, call.sent, r.now(), r.begun
	run.asked = call.asked && !call.sent
	if run.sent {
		r.last = max(r.last, run.number)
	}
	if !run.sent || run.old {
		delete(r.seen, key)
	}
	close(run.done)
}

// again is an outcome given for the second time.
func (out outcome) again() outcome {
	if out.status != caller.StatusOK {
		out.text += " (This is the answer to the same call a moment ago; it was not sent again. To send it once more on purpose, wait two minutes.)"
		return out
	}
	var answer map[string]json.RawMessage
	if json.Unmarshal([]byte(out.text), &answer) != nil {
		return out
	}
	answer["repeated"] = json.RawMessage("true")
	answer["note"] = json.RawMessage(`"The same write was asked for a moment ago. It was not done twice; this is its first result. To write it once more on purpose, wait two minutes."`)
	if b, err := json.Marshal(answer); err == nil {
		out.text = string(b)
	}
	return out
}
