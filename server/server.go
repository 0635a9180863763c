package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"codabridge/server/oauth"
	"codabridge/server/store"
	"codabridge/server/tools"
)

// Options is what the server is given. Every func must be safe for concurrent
// use; a nil func means "none" or "no" unless its comment says otherwise.
type Options struct {
	Store *store.Store
	Tools *tools.Tools
	OAuth *oauth.Server

	// PublicURL is the https origin of the tunnel or of the owner's own
	// proxy, without a trailing slash; empty while there is none.
	PublicURL func() string
	// LocalURL is the origin of the public door on this computer,
	// for example http://127.0.0.1:8085.
	LocalURL func() string
	// OwnerURL is the origin of the owner's door.
	OwnerURL func() string
	// ReadOnly tells whether the owner's Read-only switch is on.
	ReadOnly func() bool
	// Stopped tells whether the owner has shut the public door for now.
	Stopped func() bool
	// Desk is what the owner's page may ask of the app.
	Desk Desk

	// Version is shown in the JSON answer of GET /.
	Version string
	// Log gets one line for each refusal and fault; nil discards.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Server holds both doors. It opens no listener and starts no goroutine.
type Server struct {
	o        Options
	log      *slog.Logger
	mcp      http.Handler
	sse      http.Handler
	messages http.Handler
	closeSSE func()
	sessions *sessions
	flood    *limiter
	streams  *streams
	heavy    chan struct{} // a slot for each long body that is being worked on
	calls    chan struct{} // a slot for each call that is being worked on

	drainOnce sync.Once
	drain     chan struct{} // closed by Drain: streams and long polls end
}

// How many calls are worked on at once, and how many with a long body. A call
// with a body of 4 MiB takes some 30 MB while it is decoded.
const (
	maxCalls = 64
	maxHeavy = 4
	longBody = 256 << 10 // bytes
)

// New assembles the server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		o: o, log: o.Log,
		sessions: newSessions(o.Now),
		flood:    newLimiter(5, 300, o.Now),
		streams:  newStreams(),
		heavy:    make(chan struct{}, maxHeavy),
		calls:    make(chan struct{}, maxCalls),
		drain:    make(chan struct{}),
	}
	s.mcp = o.Tools.Streamable()
	s.sse, s.messages, s.closeSSE = o.Tools.SSE()
	return s
}

// Public is the handler that the internet may reach.
func (s *Server) Public() http.Handler { return s.door(public) }

// Owner is the handler of the owner's door; serve it on loopback only.
func (s *Server) Owner() http.Handler { return s.door(owner) }

// Drain ends event streams and long polls so that a following
// http.Server.Shutdown finds only short requests. It may be called twice.
func (s *Server) Drain() {
	s.drainOnce.Do(func() {
		close(s.drain)
		s.closeSSE()
	})
}

// untilDrain returns a context that also ends when Drain is called.
func (s *Server) untilDrain(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
