package door

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxAddresses bounds the memory of a limiter; past it the whole table is
// forgotten, which only makes it kinder.
const maxAddresses = 4096

// Limiter counts failures by address and refuses an address that has too many.
type Limiter struct {
	every rate.Limit
	burst int
	now   func() time.Time

	mu sync.Mutex // guards by
	by map[string]*rate.Limiter
}

// NewLimiter allows burst failures at once and perSecond after that.
func NewLimiter(perSecond float64, burst int, now func() time.Time) *Limiter {
	return &Limiter{every: rate.Limit(perSecond), burst: burst, now: now, by: map[string]*rate.Limiter{}}
}

// Spent notes one failure of an address and tells whether it had too many.
func (l *Limiter) Spent(addr string) bool {
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
