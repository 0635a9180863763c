package door

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Places bound how much is open at once: so many in all, and so many for each
// caller. Who finds none free waits for one a while, in the order of coming.
// The one that has been idle for longest makes room first.
type Places struct {
	all, each int

	mu    sync.Mutex // guards the rest, and Place.gone
	taken int
	by    map[string]int
	idle  []*Place // these may be cut; who became idle first stands first
	queue []*waiter
}

// Place is one of Places that somebody has.
type Place struct {
	of   *Places
	who  string
	cut  func() // ends what it is idle with
	gone bool
}

// waiter is one who waits for a place.
type waiter struct {
	who string
	got chan *Place // holds one
}

// ErrCrowded says that no place became free in time.
var ErrCrowded = errors.New("door: no place is free")

// NewPlaces makes so many places, of which each caller may have so many.
func NewPlaces(all, each int) *Places { return &Places{all: all, each: each, by: map[string]int{}} }

// Take gives a place, and waits at most so long for one. The error is
// ErrCrowded, or that of ctx.
func (p *Places) Take(ctx context.Context, who string, wait time.Duration) (*Place, error) {
	place, w := p.takeOrQueue(who, wait > 0)
	if place != nil {
		return place, nil
	}
	if w == nil {
		return nil, ErrCrowded
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	var why error
	select {
	case place := <-w.got:
		return place, nil
	case <-timer.C:
		why = ErrCrowded
	case <-ctx.Done():
		why = ctx.Err()
	}
	p.leaveQueue(w)
	select {
	case place := <-w.got: // it came in between
		return place, nil
	default:
		return nil, why
	}
}

// takeOrQueue gives a place, or one's place in the queue, or neither where the
// queue is as long as it may be.
func (p *Places) takeOrQueue(who string, mayWait bool) (*Place, *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if place := p.take(who); place != nil {
		return place, nil
	}
	if !mayWait || len(p.queue) >= p.all || p.waiting(who) >= 2*p.each {
		return nil, nil
	}
	w := &waiter{who, make(chan *Place, 1)}
	p.queue = append(p.queue, w)
	return nil, w
}

func (p *Places) leaveQueue(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = slices.DeleteFunc(p.queue, func(other *waiter) bool { return other == w })
}

// Spare gives a place that is free, or nil; it waits for none and cuts nobody.
func (p *Places) Spare(who string) *Place {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by[who] >= p.each || p.taken >= p.all {
		return nil
	}
	return p.take(who)
}

// Open is how many places are taken.
func (p *Places) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken
}

// take gives a place if one is free or can be made free; mu is held.
func (p *Places) take(who string) *Place {
	if p.by[who] >= p.each && !p.cutFirst(func(o *Place) bool { return o.who == who }) {
		return nil
	}
	if p.taken >= p.all && !p.cutFirst(func(*Place) bool { return true }) {
		return nil
	}
	p.taken++
	p.by[who]++
	return &Place{of: p, who: who}
}

// cutFirst ends what the first idle place of these is idle with; mu is held.
func (p *Places) cutFirst(these func(*Place) bool) bool {
	i := slices.IndexFunc(p.idle, these)
	if i < 0 {
		return false
	}
	place := p.idle[i]
	place.cut()
	p.free(place)
	return true
}

// free gives a place back; mu is held.
func (p *Places) free(place *Place) {
	if place.gone {
		return
	}
	place.gone = true
	p.taken--
	p.by[place.who]--
	if p.by[place.who] == 0 {
		delete(p.by, place.who)
	}
	p.idle = slices.DeleteFunc(p.idle, func(o *Place) bool { return o == place })
}

// serve gives places to those who wait, in the order of coming; mu is held.
func (p *Places) serve() {
	p.queue = slices.DeleteFunc(p.queue, func(w *waiter) bool {
		place := p.take(w.who)
		if place != nil {
			w.got <- place
		}
		return place != nil
	})
}

func (p *Places) waiting(who string) (n int) {
	for _, w := range p.queue {
		if w.who == who {
			n++
		}
	}
	return n
}

// Leave gives the place back. It may be called twice, and on nil.
func (pl *Place) Leave() {
	if pl == nil {
		return
	}
	pl.of.mu.Lock()
	defer pl.of.mu.Unlock()
	pl.of.free(pl)
	pl.of.serve()
}

// Idle runs do, which only waits for its client. When others need the place
// meanwhile, cut is called, which must make do end and not wait itself; the
// place then is gone, and kept is false.
func (pl *Place) Idle(cut, do func()) (kept bool) {
	if !pl.rest(cut) {
		return false
	}
	defer func() { kept = pl.rise() }()
	do()
	return kept
}

func (pl *Place) rest(cut func()) bool {
	p := pl.of
	p.mu.Lock()
	defer p.mu.Unlock()
	if pl.gone {
		return false
	}
	pl.cut = cut
	p.idle = append(p.idle, pl)
	p.serve() // who waits already may have it
	return true
}

func (pl *Place) rise() (kept bool) {
	p := pl.of
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = slices.DeleteFunc(p.idle, func(o *Place) bool { return o == pl })
	return !pl.gone
}
