package public

import (
	"context"
	"errors"
	"net/http"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/jsonrpc"
)

// How much is open at once. A call with a body of 4 MiB takes some 30 MB while
// it is decoded, so of long bodies there are few, and they wait unread.
const (
	maxCalls     = 64 // that are worked on
	MaxCallsEach = 8  // of one connection
	maxSent      = 160
	MaxSentEach  = 24 // requests of one connection whose body is on its way, or that wait
	MaxLong      = 4
	MaxLongEach  = 2
	LongBody     = 256 << 10 // bytes

	maxResting     = 320 // calls that only wait for the owner, with what they brought
	maxRestingEach = 64

	maxStreams     = 400 // each is a quiet goroutine
	MaxStreamsEach = 40
)

// callWait is how long a call waits for others to end before it is refused.
const callWait = 5 * time.Second

// limits are the places of a door's clients; strangers have their own.
type limits struct{ sent, long, calls, resting, streams *door.Places }

func newLimits() limits {
	return limits{
		sent: door.NewPlaces(maxSent, MaxSentEach), long: door.NewPlaces(MaxLong, MaxLongEach),
		calls: door.NewPlaces(maxCalls, MaxCallsEach), resting: door.NewPlaces(maxResting, maxRestingEach),
		streams: door.NewPlaces(maxStreams, MaxStreamsEach),
	}
}

// Busy is how many calls are worked on just now, how many requests are open
// that may become calls, and how many of them have a long body.
func (p *Public) Busy() (calls, sent, long int) {
	return p.limits.calls.Open(), p.limits.sent.Open(), p.limits.long.Open()
}

// place takes one of the places for the caller of a request, or answers that
// there is none. It reports false too when the client has left.
func (p *Public) place(w http.ResponseWriter, req *http.Request, of *door.Places, wait time.Duration) (*door.Place, bool) {
	place, err := of.Take(req.Context(), caller.From(req.Context()).ID, wait)
	if err != nil {
		p.noPlace(w, req, err)
	}
	return place, err == nil
}

// noPlace answers a request for which there was none, unless its client has left.
func (p *Public) noPlace(w http.ResponseWriter, req *http.Request, err error) {
	if !errors.Is(err, context.Canceled) {
		p.refuseBusy(w, req)
	}
}

// busyWords is said to a client with more calls at work than it may have.
const busyWords = "Too many calls are at work at once. Wait for some of them to end, then send this one again."

func (p *Public) refuseBusy(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Retry-After", "2")
	p.refuseRPC(w, req, http.StatusServiceUnavailable, jsonrpc.Busy, "busy", busyWords)
}
