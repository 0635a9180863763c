package index

import (
	"context"
	"sync"
)

// mostAtOnce is how many searches work at the same time. Each may read many
// long texts, and more of them at once end no sooner.
const mostAtOnce = 2

// slots lets few searches work at a time, and of one caller one: the others
// wait for their turn in the order they came. The zero value is ready.
type slots struct {
	once sync.Once
	all  chan struct{}

	mu sync.Mutex       // guards of
	of map[string]*slot // by caller, while it has a search
}

// slot is that of one caller.
type slot struct {
	free  chan struct{}
	users int // at work or waiting
}

// acquire waits for a slot; done gives it back.
func (s *slots) acquire(ctx context.Context, caller string) (done func(), err error) {
	s.once.Do(func() { s.all, s.of = make(chan struct{}, mostAtOnce), map[string]*slot{} })
	own := s.join(caller)
	if err := occupy(ctx, own.free); err != nil {
		s.leave(caller, own)
		return nil, err
	}
	if err := occupy(ctx, s.all); err != nil {
		<-own.free
		s.leave(caller, own)
		return nil, err
	}
	return func() {
		<-s.all
		<-own.free
		s.leave(caller, own)
	}, nil
}

func occupy(ctx context.Context, free chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slots) join(caller string) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.of[caller]
	if own == nil {
		own = &slot{free: make(chan struct{}, 1)}
		s.of[caller] = own
	}
	own.users++
	return own
}

func (s *slots) leave(caller string, own *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own.users--
	if own.users == 0 {
		delete(s.of, caller)
	}
}
