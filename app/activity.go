package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"codabridge/server/fault"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// Bounds of what is noted.
const (
	waitingActivity = 10_000                 // finished calls that may wait to be written down
	activityBatch   = 500                    // that are written at once
	activityEvery   = 500 * time.Millisecond // and how often, while calls come
	activityAfter   = 20 * time.Millisecond  // so long behind the first, which is answered meanwhile
	lastNotes       = time.Second            // how long the rest may take at the end
)

// notes are the finished calls that wait to be written down: who, what, how
// long, never the contents. A call does not wait for that.
type notes struct {
	log   *slog.Logger
	write func(ctx context.Context, calls []store.Activity) error

	mu      sync.Mutex // guards the fields below
	waiting []store.Activity
	lost    int           // that found no place
	came    chan struct{} // holds a signal while some wait
}

func newNotes(log *slog.Logger, write func(context.Context, []store.Activity) error) *notes {
	return &notes{log: log, write: write, came: make(chan struct{}, 1)}
}

// add keeps calls until they are written, before the others or behind them.
func (n *notes) add(first bool, calls ...store.Activity) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if over := len(n.waiting) + len(calls) - waitingActivity; over > 0 {
		n.lost += over
		calls = calls[:max(0, len(calls)-over)]
	}
	if first {
		n.waiting = append(calls, n.waiting...)
	} else {
		n.waiting = append(n.waiting, calls...)
	}
	select {
	case n.came <- struct{}{}:
	default:
	}
}

// take gives the oldest that wait.
func (n *notes) take() (calls []store.Activity, lost int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := min(len(n.waiting), activityBatch)
	calls, lost = n.waiting[:k:k], n.lost
	n.waiting, n.lost = n.waiting[k:], 0
	if len(n.waiting) == 0 {
		n.waiting = nil
	}
	return calls, lost
}

// keep writes down what is added until ctx ends, several calls at once, and
// then the rest.
func (n *notes) keep(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C: // the time since the last is over
		case <-ctx.Done():
			n.rest()
			return
		}
		select {
		case <-n.came:
		case <-ctx.Done():
			n.rest()
			return
		}
		pause.Reset(activityAfter)
		select {
		case <-pause.C:
			n.all(context.Background())
			pause.Reset(activityEvery)
		case <-ctx.Done():
			n.rest()
			return
		}
	}
}

// rest writes what is left at the end.
func (n *notes) rest() {
	ctx, cancel := context.WithTimeout(context.Background(), lastNotes)
	defer cancel()
	n.all(ctx)
	if left, lost := n.take(); len(left)+lost > 0 {
		n.log.Warn("app: activity not noted at the end", "calls", len(left)+lost)
	}
}

// all writes what waits. What cannot be written waits for the next time.
func (n *notes) all(ctx context.Context) {
	for {
		calls, lost := n.take()
		if lost > 0 {
			n.log.Warn("app: activity not noted, too much is waiting", "calls", lost)
		}
		if len(calls) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := n.write(ctx, calls)
		cancel()
		if err != nil {
			n.log.Error("app: note activity", "err", err)
			n.add(true, calls...)
			return
		}
	}
}

// onCall notes a finished tool call.
func (a *App) onCall(c tools.Call) {
	if c.Caller.ID == tryID {
		return // no assistant's
	}
	a.made.stale.Store(true) // when its connection was used last
	a.notes.add(false, noteOf(c))
}

func noteOf(c tools.Call) store.Activity {
	return store.Activity{
		Time: c.Started, Caller: c.Caller.ID, Connection: c.Caller.Name, Tool: c.Tool, Doc: c.Document, DocName: c.DocumentName,
		Status: string(c.Status), Duration: c.Duration, In: c.BytesIn, Out: c.BytesOut,
	}
}

// writeActivity writes finished calls into the database and tells the views.
func (a *App) writeActivity(ctx context.Context, calls []store.Activity) error {
	if err := a.store.AddActivity(ctx, time.Now(), calls...); err != nil {
		a.warnOfStore(err)
		return err
	}
	a.today.add(calls)
	a.update()
	return nil
}

// loadActivity counts what was noted today before this start, and takes over
// what stdio noted while no instance ran.
func (a *App) loadActivity(ctx context.Context) {
	if err := a.today.load(ctx, a.store, time.Now()); err != nil {
		a.log.Error("app: read activity", "err", err)
	}
	a.takeSpool()
}

// takeSpool takes over what stdio noted alone.
func (a *App) takeSpool() {
	calls, err := store.TakeSpool(a.config().DataDir)
	if err != nil {
		a.log.Error("app: take over the activity of stdio", "err", err)
	}
	if len(calls) > 0 {
		a.notes.add(false, calls...)
	}
}

// warnOfStore shows the owner that nothing can be kept any more. Nothing else
// would: reading goes on, and the log may be on the same full disk.
func (a *App) warnOfStore(err error) {
	warning := fault.Typed("codabridge cannot write its database: what assistants do is not noted, and new connections are not kept. codabridge doctor says why.")
	if errors.Is(err, store.ErrDiskFull) {
		warning = "The disk with codabridge's data folder is full: what assistants do is not noted, and new connections are not kept. Free some space."
	}
	if a.warn(warning) {
		a.update()
	}
}
