package door

import (
	"context"
	"net/http"
	"time"

	"codabridge/server/caller"
)

// How many requests of strangers are open at once, in all and from one
// address, and how long one more waits for another to end. Those that only
// wait for their client, or for the owner, make room first.
const (
	maxStrangers     = 300
	maxStrangersEach = 16
	strangerWait     = 2 * time.Second
)

type placeKey struct{}

// withPlace hands next a request that counts among those of its address; a
// request of the owner's door counts nowhere.
func (f *Frame) withPlace(w http.ResponseWriter, req *http.Request, d Name, next http.HandlerFunc) {
	if d == Owner {
		next(w, req)
		return
	}
	place, err := f.strangers.Take(req.Context(), caller.AddressFrom(req.Context()).Key, strangerWait)
	if err != nil {
		f.refuseCrowd(w, req)
		return
	}
	defer place.Leave()
	next(w, req.WithContext(context.WithValue(req.Context(), placeKey{}, place)))
}

func (f *Frame) refuseCrowd(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Retry-After", "2")
	f.Refuse(w, req, http.StatusServiceUnavailable, "crowded", "Too many requests are open at once. Try again in a few seconds.")
}

// idle runs do, which only waits for the client or for the owner; cut ends it
// when its place is needed, and kept is false then.
func idle(ctx context.Context, cut, do func()) (kept bool) {
	place, counts := ctx.Value(placeKey{}).(*Place)
	if !counts {
		do()
		return true
	}
	return place.Idle(cut, do)
}

// LongPoll runs do, which waits for news until the context it is given ends:
// with the request, at Drain, or because the door is crowded.
func (f *Frame) LongPoll(ctx context.Context, do func(until context.Context)) {
	until, cancel := f.UntilDrain(ctx)
	defer cancel()
	idle(ctx, cancel, func() { do(until) })
}
