package coda

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is a request rate: N requests in each Per, after a first Burst.
type Rate struct {
	N     int
	Per   time.Duration
	Burst int
}

// Limits are the rates of the four classes of requests that Coda counts, for
// one person over all docs. A zero Rate takes the safe setting.
type Limits struct {
	// Read is every GET but the list of docs (published: 100 in 6 s).
	Read Rate
	// Write is POST, PUT, PATCH and DELETE in general (published: 10 in 6 s).
	Write Rate
	// Content is the writing of rows and pages (published: 5 in 10 s).
	Content Rate
	// Docs is the list of docs (published: 4 in 6 s).
	Docs Rate
}

// SafeLimits are the settings used when none are given. Burst and N together
// are the published number, so it is not passed even in the first window.
func SafeLimits() Limits {
	return Limits{
		Read:    Rate{N: 80, Per: 6 * time.Second, Burst: 20},
		Write:   Rate{N: 5, Per: 6 * time.Second, Burst: 5},
		Content: Rate{N: 2, Per: 10 * time.Second, Burst: 3},
		Docs:    Rate{N: 2, Per: 6 * time.Second, Burst: 2},
	}
}

// NoLimits never wait: for a server on this computer.
func NoLimits() Limits {
	free := Rate{N: 1 << 20, Per: time.Second, Burst: 1 << 20}
	return Limits{Read: free, Write: free, Content: free, Docs: free}
}

type bucket int

const (
	readBucket bucket = iota
	writeBucket
	contentBucket
	docsBucket
)

type limiters [4]*rate.Limiter

func newLimiters(l Limits) limiters {
	safe := SafeLimits()
	given := [4]Rate{l.Read, l.Write, l.Content, l.Docs}
	var out limiters
	for i, fallback := range [4]Rate{safe.Read, safe.Write, safe.Content, safe.Docs} {
		r := given[i]
		if r.N <= 0 || r.Per <= 0 {
			r = fallback
		}
		out[i] = rate.NewLimiter(rate.Limit(float64(r.N)/r.Per.Seconds()), max(r.Burst, 1))
	}
	return out
}

// wait blocks until the bucket has room. A deadline that would pass meanwhile
// fails at once and is said to be ours, not Coda's.
func (l limiters) wait(ctx context.Context, b bucket) error {
	if err := l[b].Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: the wait for Coda's request limit would pass the deadline", ErrBusy)
	}
	return nil
}

// stuckGuard notices that 429 answers do not end. It guards its fields with mu.
type stuckGuard struct {
	mu        sync.Mutex
	successes int64 // answers other than 429 so far
	stuck     bool  // three 429 in a row have been seen since the last success
}

// success records an answer that was not a 429.
func (g *stuckGuard) success() {
	g.mu.Lock()
	g.successes++
	g.stuck = false
	g.mu.Unlock()
}

// mark gives the number to hand back to refused.
func (g *stuckGuard) mark() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.successes
}

// refused records the n-th 429 in a row of one call that began at mark, and
// reports whether to give up.
func (g *stuckGuard) refused(n int, mark int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n >= 3 && g.successes == mark {
		g.stuck = true
	}
	return g.stuck
}
