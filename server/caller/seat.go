package caller

import (
	"context"
	"errors"
)

// Seat is where a call is worked on: one of the few places that its caller has.
type Seat struct {
	// Rest runs wait, which does nothing but wait, and lets other calls have the
	// place meanwhile; again says that there is work to do still, for which it is
	// taken again. The error is ErrCrowded, or that of ctx. Nil keeps the place.
	Rest func(ctx context.Context, wait func() (again bool)) error
	// Left is closed when who asked has left and comes for no answer. Nil is never.
	Left <-chan struct{}
}

// ErrCrowded: so many calls of a caller wait that one more may not, or there was
// no place for one that has waited.
var ErrCrowded = errors.New("caller: too many calls are at work at once")

type seatKey struct{}

// WithSeat says where the calls of ctx are worked on.
func WithSeat(ctx context.Context, s Seat) context.Context {
	return context.WithValue(ctx, seatKey{}, s)
}

// Rest runs wait, which does nothing but wait: for the owner, or for another
// call. The place of the call of ctx is free for others meanwhile, and from then on
// where no work is left to do. The error is that of its Seat.
func Rest(ctx context.Context, wait func() (again bool)) error {
	if s, ok := ctx.Value(seatKey{}).(Seat); ok && s.Rest != nil {
		return s.Rest(ctx, wait)
	}
	wait()
	return nil
}

// Left is closed when who made the call of ctx has left; nil where nobody tells.
func Left(ctx context.Context) <-chan struct{} {
	s, _ := ctx.Value(seatKey{}).(Seat)
	return s.Left
}
