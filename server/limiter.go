package server

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxAddresses bounds the memory of a limiter; past it the whole table is
// forgotten, which only makes it kinder.
const maxAddresses = 4096

// limiter counts failures by address and refuses an address that has too many.
type limiter struct {
	every rate.Limit
	burst int
	now   func() time.Time

	mu sync.Mutex // guards by
	by map[string]*rate.Limiter
}

// newLimiter allows burst failures at once and perSecond after that.
func newLimiter(perSecond float64, burst int, now func() time.Time) *limiter {
	return &limiter{every: rate.Limit(perSecond), burst: burst, now: now, by: map[string]*rate.Limiter{}}
}

// spent notes one failure of an address and tells whether it had too many.
func (l *limiter) spent(addr string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.by[addr]
	if !known {
		if len(l.by) >= maxAddresses {
			clear(l.by)
		}
		b = rate.NewLimiter(l.every, l.burst)
		l.by[addr] = b
	}
	return !b.AllowN(l.now(), 1)
}
