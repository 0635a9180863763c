package tools

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"sync"
	"time"
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
}

// writeRun is a write and what it came to.
type writeRun struct {
	done   chan struct{}
	out    outcome
	at     time.Time // when it ended
	number int       // of those begun
}

func newRepeats(now func() time.Time) repeats {
	return repeats{now: now, seen: map[[32]byte]*writeRun{}}
}

// once runs a write tool unless the same caller has asked for just the same a
// moment ago; then it gives the first outcome, and says so. A write that may
// be repeated without harm is done again when another came between: what it
// set may have been changed back, so the first outcome would no longer be true.
func (t *Tools) once(ctx context.Context, d *tool, args []byte) outcome {
	key := sha256.Sum256(append([]byte(callerFrom(ctx).ID+"\x00"+d.name+"\x00"), args...))
	run, first := t.done.begin(key, d.repeatable)
	if !first {
		select {
		case <-run.done:
			return run.out.again()
		case <-ctx.Done():
			return t.failed(ctx, d, ctx.Err())
		}
	}
	out := outcome{status: StatusFault, text: faultSentence}
	sent := new(bool)
	defer func() { t.done.end(key, run, out, *sent) }()
	if ctx.Err() != nil {
		return t.failed(ctx, d, ctx.Err())
	}
	// From here on a client that goes away does not end the write: its repeat
	// shall find out what became of it.
	own, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), t.o.Deadline, errDeadline)
	defer cancel()
	out = t.work(context.WithValue(own, sentKey{}, sent), d, args)
	return out
}

type sentKey struct{}

// sending marks that the write is about to be sent, so that its outcome
// counts from here on even if it is an error.
func sending(ctx context.Context) {
	if sent, ok := ctx.Value(sentKey{}).(*bool); ok {
		*sent = true
	}
}

// unsent takes the mark back: Coda said that nothing was done.
func unsent(ctx context.Context) {
	if sent, ok := ctx.Value(sentKey{}).(*bool); ok {
		*sent = false
	}
}

func (r *repeats) begin(key [32]byte, repeatable bool) (run *writeRun, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, old := range r.seen {
		if !old.at.IsZero() && r.now().Sub(old.at) > repeatWindow {
			delete(r.seen, k)
		}
	}
	if run, ok := r.seen[key]; ok && (run.at.IsZero() || !repeatable || run.number == r.begun) {
		return run, false
	}
	r.begun++
	run = &writeRun{done: make(chan struct{}), number: r.begun}
	r.seen[key] = run
	return run, true
}

// forget drops the outcomes of all writes that are done.
func (r *repeats) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.seen, func(_ [32]byte, run *writeRun) bool { return !run.at.IsZero() })
}

// end keeps the outcome of a write that was sent. One that never was may be
// tried again at once.
func (r *repeats) end(key [32]byte, run *writeRun, out outcome, sent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run.out, run.at = out, r.now()
	if !sent {
		delete(r.seen, key)
	}
	close(run.done)
}

// again is an outcome given for the second time.
func (out outcome) again() outcome {
	if out.status != StatusOK {
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
