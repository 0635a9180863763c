package coda

import (
	"context"
	"errors"
	"slices"
	"time"
)

// waiter is a request that has no place yet.
type waiter struct {
	asker
	ready chan time.Time // when it has one
}

// line is who waits for a place, in the order of asking.
type line []*waiter

// next is whose turn it is: of those whose caller has the fewest places, who asked
// first. So a caller who asks for much does not keep another from asking at all.
func (l line) next(held map[asker]int) *waiter {
	return slices.MinFunc(l, func(a, b *waiter) int { return held[a.asker] - held[b.asker] })
}

// ahead is how many of a line get a place before who joins it, at best: until then
// its caller has lost all that it has, and the others none.
func (l line) ahead(of asker, held map[asker]int) int {
	own := 0
	for _, other := range l {
		if other.asker == of {
			own++
		}
	}
	n, theirs := own, map[asker]int{}
	for _, other := range l {
		if other.asker != of && held[other.asker]+theirs[other.asker] <= own {
			theirs[other.asker]++
			n++
		}
	}
	return n
}

func (l line) without(w *waiter) line {
	at := slices.Index(l, w)
	return slices.Delete(l, at, at+1)
}

// errTooLate says that no place comes free before the deadline.
var errTooLate = errors.New("coda: no place before the deadline")

// take waits for a place.
func (w *window) take(ctx context.Context, of asker) (place, error) {
	if w.most < 0 {
		return place{}, ctx.Err()
	}
	me := &waiter{of, make(chan time.Time, 1)}
	if err := w.join(ctx, me); err != nil {
		return place{}, err
	}
	select {
	case given := <-me.ready:
		return place{w, of, given}, nil
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
	w.waiting[me.rank] = append(w.waiting[me.rank], me)
	w.admit(now)
	at := slices.Index(w.waiting[me.rank], me)
	if at < 0 {
		return nil
	}
	before := w.waiting[me.rank][:at]
	if end, ok := ctx.Deadline(); ok && w.earliest(before.ahead(me.asker, w.held), now).After(end) {
		w.waiting[me.rank] = before
		return errTooLate
	}
	return nil
}

// leave gives up waiting, or the place that came meanwhile.
func (w *window) leave(me *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.waiting[me.rank], me) {
		w.waiting[me.rank] = w.waiting[me.rank].without(me)
	} else {
		w.hold(me.asker, -1)
	}
	w.admit(time.Now())
}

// earliest is when the next but so many can have a place at best.
func (w *window) earliest(ahead int, now time.Time) time.Time {
	free := w.places() - w.taken[person] - w.taken[background]
	at, rounds := ahead%w.most, time.Duration(ahead/w.most)
	first := now.Add(w.life) // of those without an answer yet
	switch {
	case at < free:
		first = now
	case at < free+len(w.answered):
		first = w.answered[at-free].at.Add(w.life)
	}
	if back := w.strain.eases; !back.IsZero() && back.Before(first) {
		first = back
	}
	if first.Before(w.shut) {
		first = w.shut
	}
	return first.Add(rounds * w.life)
}
