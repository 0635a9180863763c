package oauth

import (
	"net/netip"
	"sync"
	"time"
)

// bucketsKept bounds the memory of a limiter: at most twice this many keys.
const bucketsKept = 4096

// limiter lets each key act burst times at once and then once per refill.
// When too many keys came, the ones that were not seen lately are forgotten,
// which is to say trusted again.
type limiter struct {
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

func newLimiter(now func() time.Time, burst int, refill time.Duration) *limiter {
	return &limiter{now: now, burst: float64(burst), refill: refill, cur: map[string]bucket{}}
}

// allow takes one from key's bucket; false when it is empty.
func (l *limiter) allow(key string) bool { return l.take(key, 1) }

// empty reports whether the next allow would fail, and takes nothing.
func (l *limiter) empty(key string) bool { return !l.take(key, 0) }

func (l *limiter) take(key string, n float64) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.cur[key]
	if !ok {
		if b, ok = l.old[key]; !ok {
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

// addressKey turns an address into what is counted as one caller: an IPv4
// address, or an IPv6 /64, which one customer has to itself.
func addressKey(addr string) string {
	if ap, err := netip.ParseAddrPort(addr); err == nil {
		addr = ap.Addr().String()
	}
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return clip(addr, 64)
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
