package coda

import (
	"context"
	"fmt"
	"time"
)

// Rate is how many requests there may be in any stretch of time of the length
// Per. A negative N is no limit.
type Rate struct {
	N   int
	Per time.Duration
}

// Limits are the rates of the classes of requests that Coda counts, for
// one person over all docs. A zero Rate takes the published one.
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

// published are the numbers of Coda's description of its API.
var published = [buckets]Rate{
	readBucket:      {100, 6 * time.Second},
	writeBucket:     {10, 6 * time.Second},
	contentBucket:   {5, 10 * time.Second},
	docsBucket:      {4, 6 * time.Second},
	analyticsBucket: {100, 6 * time.Second},
}

// NoLimits never wait: for a server on this computer.
func NoLimits() Limits {
	free := Rate{N: -1}
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

type limiters [buckets]window

func newLimiters(l Limits) *limiters {
	out := &limiters{}
	for i, r := range [buckets]Rate{l.Read, l.Write, l.Content, l.Docs, l.Analytics} {
		if r.N == 0 || r.N > 0 && r.Per <= 0 {
			r = published[i]
		}
		out[i].most, out[i].life = r.N, r.Per+r.Per/marginPart
	}
	return out
}

type backgroundKey struct{}

// WithBackground marks the calls made with a context as work that nobody
// waits for, such as a crawler's: each yields to every other call and all of
// them together use at most half of what the others leave.
func WithBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

type askerKey struct{}

// WithAsker says whose work the calls made with a context are, by a name that
// nobody else has: callers who wait for Coda's limits get as much of them each.
func WithAsker(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, askerKey{}, name)
}

// wait blocks until there is room for a request of the class, and takes it. A
// deadline that would pass meanwhile fails at once and is said to be ours, not
// Coda's.
func (l *limiters) wait(ctx context.Context, b bucket) (place, error) {
	of := asker{rank: person}
	of.name, _ = ctx.Value(askerKey{}).(string)
	if ctx.Value(backgroundKey{}) != nil {
		of.rank = background
	}
	p, err := l[b].take(ctx, of)
	if err == errTooLate {
		err = fmt.Errorf("%w: the wait for Coda's request limit would pass the deadline", ErrBusy)
	}
	return p, err
}
