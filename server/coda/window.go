package coda

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// marginPart is the part of a window that a request counts longer here
	// than there, since two clocks never run alike: 100 ms of 6 s.
	marginPart = 60
	// transit is how long a request that nobody waits for any more may still
	// be on its way to Coda.
	transit = 2 * time.Second
)

// rank is for whom a request is made.
type rank int

const (
	person rank = iota
	background
	ranks
)

// window lets through at most so many requests in any stretch of time of the
// published length, in whatever way Coda counts them: by fixed windows, sliding
// ones or a bucket that leaks.
//
// Coda counts a request when it arrives, which is some time between when it is
// sent and when its answer comes. So a place is taken when a request is sent,
// and its time begins to run when the answer is there. Bursts go at once as
// long as there are places; who waits gets one in the order of asking, first
// whom a person waits for.
type window struct {
	most int           // places; negative is no limit
	life time.Duration // how long an answered request keeps its place

	mu       sync.Mutex // guards what follows
	flying   [ranks]int // sent, and no answer yet
	answered []answered // the oldest first
	counted  [ranks]int // answered ones, by rank
	waiting  [ranks][]*waiter
	shut     time.Time   // Coda asked for quiet until then
	timer    *time.Timer // for the next time that something changes by itself
}

type answered struct {
	at time.Time
	of rank
}

// waiter is a request that has no place yet.
type waiter struct {
	of    rank
	ready chan struct{} // closed when it has
}

// place is one request's. The zero place is of a class without limit.
type place struct {
	in *window
	of rank
}

// errTooLate says that no place comes free before the deadline.
var errTooLate = errors.New("coda: no place before the deadline")

// take waits for a place.
func (w *window) take(ctx context.Context, of rank) (place, error) {
	if w.most < 0 {
		return place{}, ctx.Err()
	}
	me := &waiter{of, make(chan struct{})}
	if err := w.join(ctx, me); err != nil {
		return place{}, err
	}
	select {
	case <-me.ready:
		return place{w, of}, nil
	case <-ctx.Done():
		w.leave(me)
		return place{}, ctx.Err()
	}
}

// join stands in line, and gives up at once where that is in vain.
func (w *window) join(ctx context.Context, me *waiter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := time.Now()
	w.waiting[me.of] = append(w.waiting[me.of], me)
	w.admit(now)
	ahead := slices.Index(w.waiting[me.of], me)
	if end, ok := ctx.Deadline(); ok && ahead >= 0 && w.earliest(ahead, now).After(end) {
		w.waiting[me.of] = w.waiting[me.of][:ahead]
		return errTooLate
	}
	return nil
}

// leave gives up waiting, or the place that came meanwhile.
func (w *window) leave(me *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at := slices.Index(w.waiting[me.of], me); at >= 0 {
		w.waiting[me.of] = slices.Delete(w.waiting[me.of], at, at+1)
	} else {
		w.flying[me.of]--
	}
	w.admit(time.Now())
}

// earliest is when the next but so many can have a place at best.
func (w *window) earliest(ahead int, now time.Time) time.Time {
	free := w.most - w.flying[person] - w.flying[background] - len(w.answered)
	at, rounds := ahead%w.most, time.Duration(ahead/w.most)
	first := now.Add(w.life) // of those without an answer yet
	switch {
	case at < free:
		first = now
	case at < free+len(w.answered):
		first = w.answered[at-free].at.Add(w.life)
	}
	if first.Before(w.shut) {
		first = w.shut
	}
	return first.Add(rounds * w.life)
}

// admit gives out the places that are free. The lock is held.
func (w *window) admit(now time.Time) {
	for len(w.answered) > 0 && now.Sub(w.answered[0].at) >= w.life {
		w.counted[w.answered[0].of]--
		w.answered = w.answered[1:]
	}
	for _, of := range [ranks]rank{person, background} {
		for len(w.waiting[of]) > 0 && !now.Before(w.shut) && w.fits(of) {
			w.flying[of]++
			close(w.waiting[of][0].ready)
			w.waiting[of] = w.waiting[of][1:]
		}
	}
	w.wake(now)
}

// fits tells whether one more request has a place. The background has half of
// those that the others leave.
func (w *window) fits(of rank) bool {
	theirs, its := w.flying[person]+w.counted[person], w.flying[background]+w.counted[background]
	if of == person {
		return theirs+its < w.most
	}
	half := (w.most - theirs) / 2
	if theirs == 0 {
		half = max(half, 1)
	}
	return len(w.waiting[person]) == 0 && its < half
}

// wake sees to it that those who wait are looked after when something changes
// by itself. The lock is held.
func (w *window) wake(now time.Time) {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if len(w.waiting[person])+len(w.waiting[background]) == 0 {
		return
	}
	next := w.shut
	if !now.Before(w.shut) {
		if len(w.answered) == 0 {
			return // an answer is what changes something
		}
		next = w.answered[0].at.Add(w.life)
	}
	w.timer = time.AfterFunc(next.Sub(now), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.admit(time.Now())
	})
}

// quiet keeps all requests of the class back, as Coda asked for.
func (w *window) quiet(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if until := now.Add(d); until.After(w.shut) {
		w.shut = until
	}
	w.wake(now)
}

// answered notes that Coda has heard of the request by now.
func (p place) answered() { p.over(0) }

// lost notes that no answer came to a request, which may arrive yet.
func (p place) lost() { p.over(transit) }

func (p place) over(late time.Duration) {
	if p.in == nil {
		return
	}
	w := p.in
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	a := answered{now.Add(late), p.of}
	at, _ := slices.BinarySearchFunc(w.answered, a, func(x, y answered) int { return x.at.Compare(y.at) })
	w.answered = slices.Insert(w.answered, at, a)
	w.counted[p.of]++
	w.flying[p.of]--
	w.admit(now)
}

// unused gives the place of a request back that was not sent.
func (p place) unused() {
	if p.in == nil {
		return
	}
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.in.flying[p.of]--
	p.in.admit(time.Now())
}
