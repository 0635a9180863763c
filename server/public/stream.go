package public

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/oauth"
)

// keepAlive is how often a quiet stream sends a comment. ngrok cuts a
// connection after five minutes without data.
const keepAlive = 30 * time.Second

// serveQuietStream is the GET stream of streamable HTTP for a server that
// never speaks first: a comment at once, so that the client knows it is open,
// then keep-alives. It carries no messages, so none can reach a wrong client.
func (p *Public) serveQuietStream(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	if req.Method == http.MethodHead {
		return // the headers are all, and nothing has to stay open for them
	}
	ctx, release, ok := p.takeStream(w, req)
	if !ok {
		return
	}
	defer release()
	w.Header().Set("Cache-Control", "no-cache, no-transform")
	w.Header().Set("X-Accel-Buffering", "no")
	flush := http.NewResponseController(w).Flush
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		if _, err := w.Write([]byte(": codabridge\n\n")); err != nil {
			return
		}
		if flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// news tells the open streams when grants change.
type news struct {
	mu sync.Mutex    // guards ch
	ch chan struct{} // closed at the next change
}

func (n *news) changed() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ch
}

// GrantsChanged ends the streams of connections that were revoked.
func (p *Public) GrantsChanged() {
	p.grants.mu.Lock()
	defer p.grants.mu.Unlock()
	close(p.grants.ch)
	p.grants.ch = make(chan struct{})
}

// takeStream claims one of the slots for open streams. The context ends when
// the client leaves, the server stops, or the client's token is no longer good.
func (p *Public) takeStream(w http.ResponseWriter, req *http.Request) (ctx context.Context, release func(), ok bool) {
	place, err := p.limits.streams.Take(req.Context(), caller.From(req.Context()).ID, 0)
	if err != nil {
		w.Header().Set("Retry-After", "2")
		p.frame.Refuse(w, req, http.StatusServiceUnavailable, "too_many_streams", "Too many event streams are open. Close one and try again.")
		return nil, nil, false
	}
	ctx, cancel := p.frame.UntilDrain(req.Context())
	go p.watchGrant(ctx, cancel, req)
	return ctx, func() { cancel(); place.Leave() }, true
}

// watchGrant ends a stream whose token is no longer good.
func (p *Public) watchGrant(ctx context.Context, end context.CancelFunc, req *http.Request) {
	token, _ := credentials(req)
	for {
		changed := p.grants.changed()
		grant, err := p.o.OAuth.Authenticate(ctx, caller.Origin(ctx), token)
		if errors.Is(err, oauth.ErrInvalidToken) {
			end()
			return
		}
		over, stop := p.endOf(grant)
		select {
		case <-changed:
		case <-over:
		case <-ctx.Done():
			stop()
			return
		}
		stop()
	}
}

// endOf gives a signal when a grant has ended by time; stop lets go of it.
func (p *Public) endOf(g oauth.Grant) (over <-chan time.Time, stop func()) {
	if g.Expires.IsZero() {
		return nil, func() {}
	}
	timer := time.NewTimer(max(g.Expires.Sub(p.o.Now()), time.Second))
	return timer.C, func() { timer.Stop() }
}
