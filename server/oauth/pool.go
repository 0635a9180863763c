package oauth

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"codabridge/server/caller"
)

const (
	requestsEach = 5    // an address
	requestsAll  = 1000 // in all
	// pollFresh is how long after its last poll a browser still counts as
	// there. It is longer than a poll is held.
	pollFresh = 45 * time.Second
)

type decision int

const (
	undecided decision = iota
	deciding           // the owner's yes is being stored
	approved
	denied
)

// request is an authorization request that waits for the owner, or was
// decided a moment ago. pool.mu guards the fields below the line.
type request struct {
	asked
	ticket
	code string
	from caller.Address

	expires  time.Time
	polled   time.Time
	polls    int
	decision decision
	grant    string        // id, once approved
	location string        // where the browser goes, once decided and fetched
	fetched  time.Time     // when location was made
	changed  chan struct{} // closed when a poll should look again
	fetching sync.Mutex    // held while the authorization code is made; taken before pool.mu
}

// pool holds the waiting requests, within bounds.
type pool struct {
	mu   sync.Mutex // guards everything below and the lower half of requests
	next uint32
	all  map[uint32]*request
	held map[string]int // requests of each address
}

func newPool() *pool {
	return &pool{next: binary.BigEndian.Uint32(random(4)), all: map[uint32]*request{}, held: map[string]int{}}
}

// number gives out the number of a new request.
func (p *pool) number() uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = (p.next + 1) % codeCount
	return p.next
}

// find returns the request that a ticket belongs to, if it is still here.
func (p *pool) find(t ticket, now time.Time) *request {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.all[t.number]
	if r == nil || r.ticket.asked != t.asked || r.over(now) {
		return nil
	}
	r.polled = now
	return r
}

// add lets a request in. back says that the browser brought it back, so it is
// one that is there. The request is returned in any case: when there is no
// room for it now, its browser's next poll asks again.
func (p *pool) add(r *request, back bool, now time.Time) *request {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.all[r.number]; old != nil {
		return old
	}
	p.sweep(now)
	if back {
		r.polled = now
	}
	var same []*request
	waiting := 0
	for _, other := range p.all {
		if other.decision != undecided {
			continue
		}
		waiting++
		if other.from.Key == r.from.Key {
			same = append(same, other)
		}
	}
	if len(same) >= requestsEach {
		p.drop(oldest(same, now))
		waiting--
	}
	if waiting >= requestsAll && !p.makeRoom(back, now) {
		return r
	}
	p.all[r.number] = r
	p.held[r.from.Key]++
	return r
}

// sweep removes what has expired.
func (p *pool) sweep(now time.Time) {
	for _, r := range p.all {
		if r.over(now) {
			p.drop(r)
		}
	}
}

// oldest picks the request of one address that leaves first: the oldest that
// no browser polls for, else the oldest.
func oldest(same []*request, now time.Time) *request {
	return slices.MinFunc(same, func(a, b *request) int {
		if x, y := a.there(now), b.there(now); x != y {
			if y {
				return -1
			}
			return 1
		}
		return a.created.Compare(b.created)
	})
}

// makeRoom drops one request when the room is full: the newest that no
// browser polls for, from the address that holds the most. Where all are
// polled for, a request whose browser is there too takes the place of one of
// them by lot, and any other has to wait for its first poll.
func (p *pool) makeRoom(there bool, now time.Time) bool {
	var idle, live *request
	seen, most := 0, 0
	for _, r := range p.all {
		switch held := p.held[r.from.Key]; {
		case r.decision != undecided:
		case r.there(now):
			seen++
			if rand.IntN(seen) == 0 {
				live = r
			}
		case idle == nil || held > most || (held == most && r.newer(idle)):
			idle, most = r, held
		}
	}
	if idle == nil && !there {
		return false
	}
	if idle == nil {
		idle = live
	}
	if idle != nil {
		p.drop(idle)
	}
	return true
}

func (r *request) newer(other *request) bool {
	if c := r.created.Compare(other.created); c != 0 {
		return c > 0
	}
	return r.number-other.number < codeCount/2
}

// over reports whether the request has expired. A clock that was set back
// ends it too, instead of giving it another day.
func (r *request) over(now time.Time) bool {
	return !now.Before(r.expires) || r.created.Sub(now) >= requestLife
}

// there reports whether a browser waits for the request.
func (r *request) there(now time.Time) bool {
	return r.polls > 0 || (!r.polled.IsZero() && now.Sub(r.polled) < pollFresh)
}

func (p *pool) drop(r *request) {
	delete(p.all, r.number)
	p.held[r.from.Key]--
	if p.held[r.from.Key] <= 0 {
		delete(p.held, r.from.Key)
	}
	r.wake()
}

// wake lets polls look again.
func (r *request) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// waiting lists the undecided requests, newest first.
func (p *pool) waiting(now time.Time) []*request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*request
	for _, r := range p.all {
		if r.decision == undecided && !r.over(now) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *request) int {
		if a.newer(b) {
			return -1
		}
		return 1
	})
	return list
}

// clients lists the ids of the clients that browsers wait for.
func (p *pool) clients(now time.Time) []string {
	var ids []string
	for _, r := range p.waiting(now) {
		ids = append(ids, r.client.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// byCode finds the undecided request with that code.
func (p *pool) byCode(code string, now time.Time) *request {
	for _, r := range p.waiting(now) {
		if r.code == code {
			return r
		}
	}
	return nil
}
