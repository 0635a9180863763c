package find

import (
	"context"
	"errors"
	"sync"
	"time"

	"codabridge/server/tools/words"
)

// Cache keeps answers for a while. Those who ask for the same key at once
// share one request.
//
// It is neither x/sync's singleflight nor an LRU: who joins asks anew when the
// one who asked went away, an older answer stands again after an error, and
// what counts is the age of an answer, not when it was last used.
type Cache[T any] struct {
	now func() time.Time
	max int // entries kept

	mu   sync.Mutex // guards kept and the entries' fields but done
	kept map[string]*entry[T]
}

type entry[T any] struct {
	value T
	err   error
	at    time.Time
	done  chan struct{} // closed when value or err is there
}

// NewCache makes one that keeps the given number of entries at most.
func NewCache[T any](now func() time.Time, most int) *Cache[T] {
	return &Cache[T]{now: now, max: most, kept: map[string]*entry[T]{}}
}

// Get gives the value of key, from the cache when it is younger than age.
// Errors are not kept.
func (c *Cache[T]) Get(ctx context.Context, key string, age time.Duration, fetch func(context.Context) (T, error)) (T, error) {
	for {
		e, old, mine := c.claim(key, age)
		if mine {
			c.fill(key, old, e, func() (T, error) { return fetch(ctx) })
			return e.value, e.err
		}
		select {
		case <-e.done:
		case <-ctx.Done():
			var zero T
			return zero, ctx.Err()
		}
		if words.IsContext(e.err) && ctx.Err() == nil {
			continue // the one who asked went away; ask ourselves
		}
		return e.value, e.err
	}
}

// claim finds the entry of key, or makes one that is for the caller to fill;
// old is what it takes the place of.
func (c *Cache[T]) claim(key string, age time.Duration) (e, old *entry[T], mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old = c.kept[key]
	if old != nil && c.usable(old, age) {
		return old, nil, false
	}
	e = &entry[T]{done: make(chan struct{}), at: c.now()}
	c.kept[key] = e
	c.trim(key)
	return e, old, true
}

// fill runs fetch; after an error or a panic the older answer stands again.
func (c *Cache[T]) fill(key string, old, e *entry[T], fetch func() (T, error)) {
	e.err = errors.New("tools: the request did not end")
	defer func() {
		c.mu.Lock()
		if e.err != nil && c.kept[key] == e {
			delete(c.kept, key)
			if old != nil {
				c.kept[key] = old
			}
		}
		c.mu.Unlock()
		close(e.done)
	}()
	e.value, e.err = fetch()
}

func (c *Cache[T]) usable(e *entry[T], age time.Duration) bool {
	select {
	case <-e.done:
		return c.now().Sub(e.at) < age
	default:
		return true
	}
}

// Peek gives what is in the cache, of any age.
func (c *Cache[T]) Peek(key string) (value T, at time.Time, ok bool) {
	c.mu.Lock()
	e, ok := c.kept[key]
	c.mu.Unlock()
	if !ok {
		return value, at, false
	}
	select {
	case <-e.done:
		return e.value, e.at, e.err == nil
	default:
		return value, at, false
	}
}

// Put lays a value down that was read anyway.
func (c *Cache[T]) Put(key string, value T) {
	e := &entry[T]{value: value, at: c.now(), done: make(chan struct{})}
	close(e.done)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[key] = e
	c.trim(key)
}

// Delete drops one entry.
func (c *Cache[T]) Delete(key string) {
	c.mu.Lock()
	delete(c.kept, key)
	c.mu.Unlock()
}

// Clear drops all entries.
func (c *Cache[T]) Clear() {
	c.mu.Lock()
	c.kept = map[string]*entry[T]{}
	c.mu.Unlock()
}

// trim drops the oldest entry over the maximum, but not that of key.
func (c *Cache[T]) trim(key string) {
	if len(c.kept) <= c.max {
		return
	}
	oldest := ""
	for k, e := range c.kept {
		if k != key && (oldest == "" || e.at.Before(c.kept[oldest].at)) {
			oldest = k
		}
	}
	delete(c.kept, oldest)
}
