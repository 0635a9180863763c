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

// Limits are the rates of the classes of requests that Coda counts, for
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
	// Analytics is every GET of analytics (published: 100 in 6 s).
	Analytics Rate
}

// SafeLimits are the settings used when none are given. Burst and N together
// are the published number, so it is not passed even in the first window.
func SafeLimits() Limits {
	return Limits{
		Read:    Rate{N: 80, Per: 6 * time.Second, Burst: 20},
		Write:   Rate{N: 5, Per: 6 * time.Second, Burst: 5},
		Content: Rate{N: 2, Per: 10 * time.Second, Burst: 3},
		Docs:    Rate{N: 2, Per: 6 * time.Second, Burst: 2},

		Analytics: Rate{N: 50, Per: 6 * time.Second, Burst: 10},
	}
}

// NoLimits never wait: for a server on this computer.
func NoLimits() Limits {
	free := Rate{N: 1 << 20, Per: time.Second, Burst: 1 << 20}
	return Limits{Read: free, Write: free, Content: free, Docs: free, Analytics: free}
}

type bucket int

const (
	readBucket bucket = iota
	writeBucket
	contentBucket
	docsBucket
	analyticsBucket
	buckets
)

// lane is the limiter of one class of requests: what a person waits for goes
// first, what runs in the background takes at most half of the rate.
type lane struct {
	all, background *rate.Limiter
	spare           float64 // requests left over before the background may take one
}

type limiters [buckets]lane

func newLimiters(l Limits) limiters {
	safe := SafeLimits()
	given := [buckets]Rate{l.Read, l.Write, l.Content, l.Docs, l.Analytics}
	var out limiters
	for i, fallback := range [buckets]Rate{safe.Read, safe.Write, safe.Content, safe.Docs, safe.Analytics} {
		r := given[i]
		if r.N <= 0 || r.Per <= 0 {
			r = fallback
		}
		pace, burst := rate.Limit(float64(r.N)/r.Per.Seconds()), max(r.Burst, 1)
		half := rate.Limit(float64(r.N+burst) / 2 / r.Per.Seconds()) // of the published rate, which is both together
		out[i] = lane{all: rate.NewLimiter(pace, burst), background: rate.NewLimiter(half, 1), spare: max(float64(burst)/2, 1)}
	}
	return out
}

type backgroundKey struct{}

// WithBackground marks the calls made with a context as work that nobody
// waits for, such as a crawler's: each yields to every other call and all of
// them together use at most half of the rate.
func WithBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// wait blocks until the bucket has room. A deadline that would pass meanwhile
// fails at once and is said to be ours, not Coda's.
func (l *limiters) wait(ctx context.Context, b bucket) error {
	limiter := l[b].all
	if ctx.Value(backgroundKey{}) != nil {
		limiter = l[b].background
	}
	err := limiter.Wait(ctx)
	if err == nil && limiter != l[b].all {
		err = l[b].yield(ctx)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: the wait for Coda's request limit would pass the deadline", ErrBusy)
}

// yield waits until there is room to spare. Others who wait have taken their
// place in the limiter already, which then has none, so they always go first.
func (l *lane) yield(ctx context.Context) error {
	for {
		missing := l.spare - l.all.Tokens()
		if missing <= 0 && l.all.Allow() {
			return nil
		}
		pause := time.Duration(missing / float64(l.all.Limit()) * float64(time.Second))
		if err := sleep(ctx, max(pause, time.Millisecond)); err != nil {
			return err
		}
	}
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
