package coda

import (
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
// long as there are places. Who waits gets one in the order of asking, first
// whom a person waits for, and of several callers who has the fewest.
type window struct {
	most int           // places; negative is no limit
	life time.Duration // how long an answered request keeps its place

	mu       sync.Mutex    // guards what follows
	taken    [ranks]int    // places of requests, answered or not
	held     map[asker]int // the same, by whose they are
	answered []answered    // the oldest first
	waiting  [ranks]line   // those who have none yet
	shut     time.Time     // nothing is sent until then
	strain   strain        // what Coda refused
	timer    *time.Timer   // for the next time that something changes by itself
}

type answered struct {
	at time.Time
	asker
}

// asker is for whom a request is made.
type asker struct {
	rank rank
	name string // of the caller; empty where nobody said
}

// place is one request's. The zero place is of a class without limit.
type place struct {
	in    *window
	of    asker
	given time.Time
}

// admit gives out the places that are free. The lock is held.
func (w *window) admit(now time.Time) {
	for len(w.answered) > 0 && now.Sub(w.answered[0].at) >= w.life {
		w.hold(w.answered[0].asker, -1)
		w.answered = w.answered[1:]
	}
	w.strain.ease(now, w.most, w.life)
	for _, of := range [ranks]rank{person, background} {
		for len(w.waiting[of]) > 0 && !now.Before(w.shut) && w.fits(of) {
			next := w.waiting[of].next(w.held)
			w.hold(next.asker, 1)
			next.ready <- now
			w.waiting[of] = w.waiting[of].without(next)
		}
	}
	w.wake(now)
}

// hold counts the places of an asker. The lock is held.
func (w *window) hold(of asker, more int) {
	if w.held == nil {
		w.held = map[asker]int{}
	}
	w.taken[of.rank] += more
	w.held[of] += more
	if w.held[of] == 0 {
		delete(w.held, of)
	}
}

// places are how many there are just now.
func (w *window) places() int { return max(w.most-w.strain.fewer, 1) }

// fits tells whether one more request has a place. The background has half of
// those that the others leave.
func (w *window) fits(of rank) bool {
	theirs, its := w.taken[person], w.taken[background]
	if of == person {
		return theirs+its < w.places()
	}
	half := (w.places() - theirs) / 2
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
	next := w.strain.eases // zero where nothing is withheld
	if len(w.answered) > 0 {
		frees := w.answered[0].at.Add(w.life)
		if next.IsZero() || frees.Before(next) {
			next = frees
		}
	}
	if now.Before(w.shut) {
		next = w.shut
	}
	if next.IsZero() {
		return // an answer is what changes something
	}
	w.timer = time.AfterFunc(next.Sub(now), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.admit(time.Now())
	})
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
	w.admit(now)
}

// unused gives the place of a request back that was not sent.
func (p place) unused() {
	if p.in == nil {
		return
	}
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.in.hold(p.of, -1)
	p.in.admit(time.Now())
}
