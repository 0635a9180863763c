package app

import (
	"context"
	"sync"
	"time"

	store "codabridge/server/store/state"
)

// keepLineFresh tells the views when "2 min ago" has become three, and when a
// leave to write has ended by itself, whosever it was.
func (a *App) keepLineFresh(ctx context.Context) {
	line := func() string { return a.State().Activity.Line() + "\n" + whoWrites(a.policies.get(), time.Now()) }
	shown, minute := line(), time.Now().Add(time.Minute)
	for {
		changed := a.Changed()
		wait := time.NewTimer(min(time.Until(minute), nextEnd(a.policies.get(), time.Now())))
		select {
		case <-wait.C:
			a.made.stale.Store(true)
			minute = time.Now().Add(time.Minute)
			if now := line(); now != shown {
				shown = now
				a.update()
			}
		case <-changed: // perhaps a leave that ends sooner
		case <-ctx.Done():
		}
		wait.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// today is what each connection did since midnight, as far as it is noted. It
// is counted here, since every State shows it.
type today struct {
	mu      sync.Mutex // guards the fields below
	begins  time.Time  // local midnight; zero before anything was read
	callers map[string]store.CallerActivity
	newest  int64 // grows with every batch that is noted
}

// load reads what was noted before this start of the program.
func (d *today) load(ctx context.Context, s *store.Store, now time.Time) error {
	begins := store.Midnight(now)
	all, err := s.CallersSince(ctx, begins)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begins, d.callers = begins, map[string]store.CallerActivity{}
	for _, c := range all {
		d.callers[c.Caller] = c
	}
	return nil
}

// add counts calls that were noted.
func (d *today) add(calls []store.Activity) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.newest++
	for _, c := range calls {
		d.turn(c.Time)
		if c.Time.Before(d.begins) {
			continue
		}
		n := d.callers[c.Caller]
		n.Caller, n.Connection = c.Caller, c.Connection
		n.Calls++
		if c.Time.After(n.Last) {
			n.Last = c.Time
		}
		d.callers[c.Caller] = n
	}
}

// turn begins a new day where one has begun. It is called with mu held.
func (d *today) turn(now time.Time) {
	if begins := store.Midnight(now); begins.After(d.begins) || d.callers == nil {
		d.begins, d.callers = begins, map[string]store.CallerActivity{}
	}
}

// of is what a connection did today.
func (d *today) of(caller string, now time.Time) store.CallerActivity {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn(now)
	return d.callers[caller]
}

// latest is the connection that made the last call of today, if there is one,
// and a number that changes with everything that is noted.
func (d *today) latest(now time.Time) (last store.CallerActivity, newest int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn(now)
	for _, c := range d.callers {
		if c.Last.After(last.Last) {
			last = c
		}
	}
	return last, d.newest
}
