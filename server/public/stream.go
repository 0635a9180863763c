package public

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
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

// How many event streams may be open at once, in all and for one connection;
// each is a quiet goroutine, so the numbers only bound memory.
const (
	maxStreams     = 400
	MaxStreamsEach = 40
)

// streams counts the open event streams and tells them when grants change.
type streams struct {
	mu   sync.Mutex // guards the rest
	all  int
	each map[string]int // by connection
	news chan struct{}  // closed at the next change of grants
}

func newStreams() *streams { return &streams{each: map[string]int{}, news: make(chan struct{})} }

func (s *streams) take(who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= maxStreams || s.each[who] >= MaxStreamsEach {
		return false
	}
	s.all++
	s.each[who]++
	return true
}

func (s *streams) release(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.each[who]--; s.each[who] <= 0 {
		delete(s.each, who)
	}
}

func (s *streams) changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news
}

// GrantsChanged ends the streams of connections that were revoked.
func (p *Public) GrantsChanged() {
	p.streams.mu.Lock()
	defer p.streams.mu.Unlock()
	close(p.streams.news)
	p.streams.news = make(chan struct{})
}

// takeStream claims one of the slots for open streams. The context ends when
// the client leaves, the server stops, or the client's token is no longer good.
func (p *Public) takeStream(w http.ResponseWriter, req *http.Request) (ctx context.Context, release func(), ok bool) {
	who := caller.From(req.Context()).ID
	if !p.streams.take(who) {
		p.frame.Refuse(w, req, http.StatusServiceUnavailable, "too_many_streams", "Too many event streams are open. Close one and try again.")
		return nil, nil, false
	}
	ctx, cancel := p.frame.UntilDrain(req.Context())
	go p.watchGrant(ctx, cancel, req)
	return ctx, func() { cancel(); p.streams.release(who) }, true
}

// watchGrant ends a stream whose token is no longer good.
func (p *Public) watchGrant(ctx context.Context, end context.CancelFunc, req *http.Request) {
	token, _ := bearerToken(req.Header.Values("Authorization"))
	for {
		changed := p.streams.changed()
		if _, err := p.o.OAuth.Authenticate(ctx, door.OriginFrom(ctx), token); errors.Is(err, oauth.ErrInvalidToken) {
			end()
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
