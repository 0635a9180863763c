package public

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
)

// seat is the place of one call among those that are worked on. A call that only
// waits gives it back, and those that its request has, so that many questions to
// the owner do not keep a connection from reading.
type seat struct {
	limits limits
	who    string
	given  []*door.Place // of its request, where no other call counts on them

	mu   sync.Mutex // guards the fields below
	call *door.Place
	over bool // the call has ended
}

// seated takes a place for a call of the caller of ctx, for which it waits a
// while. The context it gives lets the call rest; leave ends it.
func (p *Public) seated(ctx context.Context, given ...*door.Place) (_ context.Context, leave func(), err error) {
	s := &seat{limits: p.limits, who: caller.From(ctx).ID, given: given}
	s.call, err = p.limits.calls.Take(ctx, s.who, callWait)
	if err != nil {
		return ctx, nil, err
	}
	return caller.WithSeat(ctx, caller.Seat{Rest: s.rest}), s.leave, nil
}

// seatedRequest is seated for the call that a request brings.
func (p *Public) seatedRequest(req *http.Request, given ...*door.Place) (_ *http.Request, leave func(), err error) {
	ctx, leave, err := p.seated(req.Context(), given...)
	return req.WithContext(ctx), leave, err
}

// rest is caller.Seat's. So many of a connection may rest; one more would keep it
// from reading.
func (s *seat) rest(ctx context.Context, wait func() (again bool)) error {
	resting := s.limits.resting.Spare(s.who)
	if resting == nil {
		return caller.ErrCrowded
	}
	defer resting.Leave()
	for _, place := range s.given {
		place.Leave()
	}
	s.change(nil)
	if again := wait(); !again {
		return nil
	}
	place, err := s.limits.calls.Take(ctx, s.who, afterRest)
	if errors.Is(err, door.ErrCrowded) {
		return caller.ErrCrowded
	}
	if err == nil {
		s.change(place)
	}
	return err
}

// afterRest is how long a call that has rested waits for a place: of many that the
// owner answers at once, the last is sent when Coda's limits let it.
const afterRest = 30 * time.Second

// change leaves the place that the call has for another one, or none.
func (s *seat) change(to *door.Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call.Leave()
	s.call = to
	if s.over {
		to.Leave()
	}
}

func (s *seat) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.call.Leave()
}
