package tools

import (
	"context"
	"errors"
	"sync"
	"time"
)

// shelf keeps answers for a while. Those who ask for the same key at once
// share one request.
type shelf[T any] struct {
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

func newShelf[T any](now func() time.Time, most int) *shelf[T] {
	return &shelf[T]{now: now, max: most, kept: map[string]*entry[T]{}}
}

// get gives the value of key, from the shelf when it is younger than age.
// Errors are not kept.
func (s *shelf[T]) get(ctx context.Context, key string, age time.Duration, fetch func(context.Context) (T, error)) (T, error) {
	for {
		s.mu.Lock()
		e, ok := s.kept[key]
		if ok && s.usable(e, age) {
			s.mu.Unlock()
			select {
			case <-e.done:
			case <-ctx.Done():
				var zero T
				return zero, ctx.Err()
			}
			if isContext(e.err) && ctx.Err() == nil {
				continue // the one who asked went away; ask ourselves
			}
			return e.value, e.err
		}
		old := e
		e = &entry[T]{done: make(chan struct{}), at: s.now()}
		s.kept[key] = e
		s.trim(key)
		s.mu.Unlock()
		s.fill(key, old, e, func() (T, error) { return fetch(ctx) })
		return e.value, e.err
	}
}

// fill runs fetch; after an error or a panic the older answer stands again.
func (s *shelf[T]) fill(key string, old, e *entry[T], fetch func() (T, error)) {
	e.err = errors.New("tools: the request did not end")
	defer func() {
		s.mu.Lock()
		if e.err != nil && s.kept[key] == e {
			delete(s.kept, key)
			if old != nil {
				s.kept[key] = old
			}
		}
		s.mu.Unlock()
		close(e.done)
	}()
	e.value, e.err = fetch()
}

func (s *shelf[T]) usable(e *entry[T], age time.Duration) bool {
	select {
	case <-e.done:
		return s.now().Sub(e.at) < age
	default:
		return true
	}
}

// peek gives what is on the shelf, of any age.
func (s *shelf[T]) peek(key string) (value T, at time.Time, ok bool) {
	s.mu.Lock()
	e, ok := s.kept[key]
	s.mu.Unlock()
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

// put lays a value down that was read anyway.
func (s *shelf[T]) put(key string, value T) {
	e := &entry[T]{value: value, at: s.now(), done: make(chan struct{})}
	close(e.done)
	s.mu.Lock()
	s.kept[key] = e
	s.trim(key)
	s.mu.Unlock()
}

func (s *shelf[T]) drop(key string) {
	s.mu.Lock()
	delete(s.kept, key)
	s.mu.Unlock()
}

func (s *shelf[T]) forget() {
	s.mu.Lock()
	s.kept = map[string]*entry[T]{}
	s.mu.Unlock()
}

// trim drops the oldest entry over the maximum, but not that of key.
func (s *shelf[T]) trim(key string) {
	if len(s.kept) <= s.max {
		return
	}
	oldest := ""
	for k, e := range s.kept {
		if k != key && (oldest == "" || e.at.Before(s.kept[oldest].at)) {
			oldest = k
		}
	}
	delete(s.kept, oldest)
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
