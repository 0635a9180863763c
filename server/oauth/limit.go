package oauth

import (
	"net/netip"
	"sync"
	"time"

	"codabridge/server/caller"
)

// bucketsKept bounds the memory of a limiter: at most twice this many keys.
const bucketsKept = 4096

// Limiter lets each key act burst times at once and then once per refill.
// When too many keys came, the ones that were not seen lately are forgotten,
// which is to say trusted again.
type Limiter struct {
	now    func() time.Time
	burst  float64
	refill time.Duration

	mu       sync.Mutex // guards both generations
	cur, old map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// NewLimiter makes a limiter by a clock; each key begins with burst.
func NewLimiter(now func() time.Time, burst int, refill time.Duration) *Limiter {
	return &Limiter{now: now, burst: float64(burst), refill: refill, cur: map[string]bucket{}}
}

// Allow takes one from key's bucket; false when it is empty.
func (l *Limiter) Allow(key string) bool { return l.take(key, 1) }

// empty reports whether the next Allow would fail, and takes nothing.
func (l *Limiter) empty(key string) bool { return !l.take(key, 0) }

func (l *Limiter) take(key string, n float64) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.cur[key]
	if !ok {
		b, ok = l.old[key]
		if !ok {
			b = bucket{left: l.burst, at: now}
		}
		if len(l.cur) >= bucketsKept {
			l.cur, l.old = map[string]bucket{}, l.cur
		}
	}
	if gone := now.Sub(b.at); gone > 0 {
		b.left = min(l.burst, b.left+float64(gone)/float64(l.refill))
	}
	b.at = now
	fine := b.left >= 1
	if fine {
		b.left -= n
	}
	l.cur[key] = b
	return fine
}

// shares is an allowance for all in which no network can take more than a
// part: each level is a network of a size, and has a bucket of its own.
type shares struct {
	levels []level
	all    *Limiter
	local  *Limiter // this computer's own door shares with nobody
}

type level struct {
	v4, v6 int // bits of the network
	each   *Limiter
}

// newShares gives a network at each level half of what the next larger one has.
func newShares(now func() time.Time) *shares {
	return &shares{
		levels: []level{
			{32, 64, NewLimiter(now, 30, 4*time.Second)},
			{24, 48, NewLimiter(now, 50, 2*time.Second)},
			{16, 32, NewLimiter(now, 100, time.Second)},
		},
		all:   NewLimiter(now, 200, 500*time.Millisecond),
		local: NewLimiter(now, 60, time.Second),
	}
}

// allow takes one for the caller of a request. What a smaller network may not
// have is not taken from the larger ones.
func (s *shares) allow(f caller.Address) bool {
	if f.Local {
		return s.local.Allow("")
	}
	ip, ok := f.IP()
	for _, l := range s.levels {
		if !l.each.Allow(network(ip, ok, l)) {
			return false
		}
	}
	return s.all.Allow("")
}

// network is the key of the network around an address; all callers without one
// are one network.
func network(ip netip.Addr, ok bool, l level) string {
	if !ok {
		return ""
	}
	bits := l.v6
	if ip.Is4() {
		bits = l.v4
	}
	return netip.PrefixFrom(ip, bits).Masked().String()
}
