package server

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"codabridge/server/door"
	"codabridge/server/fetch"
	"codabridge/server/oauth"
	"codabridge/server/owner"
	"codabridge/server/public"
)

// Options is what the server is given. Every func must be safe for concurrent
// use; a nil func means "none" or "no" unless its comment says otherwise.
type Options struct {
	// MCP answers streamable HTTP of admitted callers, and Streams are those of
	// the older transport.
	MCP     public.MCP
	Streams public.Streams
	OAuth   *oauth.Server
	// Actions are the operations for clients that do not speak MCP.
	Actions public.Actions
	// Health is what GET /healthz?deep=1 answers, as JSON without a secret.
	Health func(context.Context) any

	// PublicURL is the https origin of the tunnel or of the owner's own
	// proxy, without a trailing slash; empty while there is none.
	PublicURL func() string
	// Proxied tells whether PublicURL is that of the owner's own proxy, which
	// leads to the local door; else it is the tunnel's.
	Proxied func() bool
	// LocalURL is the origin of the door for clients on this computer,
	// for example http://127.0.0.1:8085.
	LocalURL func() string
	// LocalHosts are other names under which containers on this computer reach
	// that door; nil means none.
	LocalHosts func() []string
	// OwnerURL is the origin of the owner's door.
	OwnerURL func() string
	// ReadOnly tells whether the owner's Read-only switch is on.
	ReadOnly func() bool
	// Stopped tells whether the owner has shut the public door for now.
	Stopped func() bool
	// Desk is what the owner's page may ask of the app.
	Desk owner.Desk

	// Version is shown in the JSON answer of GET /.
	Version string
	// Log gets one line for each refusal and fault; nil discards.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Server holds the doors. It opens no listener and starts no goroutine.
type Server struct {
	oauth  *oauth.Server
	frame  *door.Frame
	public *public.Public
	owner  *owner.Owner
}

// New assembles the server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	frame := door.New(door.Options{PublicURL: o.PublicURL, Proxied: o.Proxied,
		LocalURL: o.LocalURL, LocalHosts: o.LocalHosts, OwnerURL: o.OwnerURL, Log: o.Log, Now: o.Now})
	return &Server{
		oauth: o.OAuth, frame: frame,
		public: public.New(public.Options{
			Frame: frame, MCP: o.MCP, Streams: o.Streams, OAuth: o.OAuth, Actions: o.Actions, Health: o.Health, PublicURL: o.PublicURL,
			ReadOnly: o.ReadOnly, Stopped: o.Stopped, Version: o.Version, Log: o.Log, Now: o.Now,
		}),
		owner: owner.New(owner.Options{Frame: frame, OAuth: o.OAuth, Desk: o.Desk, Health: o.Health, URL: o.OwnerURL, Log: o.Log, Now: o.Now}),
	}
}

// Public is the handler of the tunnel: what the internet may reach.
func (s *Server) Public() http.Handler { return s.frame.Handler(door.Public, s.public.Routes()) }

// Local is the handler for clients on this computer, and for the owner's own
// proxy. It has the same routes under its own names.
func (s *Server) Local() http.Handler { return s.frame.Handler(door.Local, s.public.Routes()) }

// Owner is the handler of the owner's door; serve it on loopback only.
func (s *Server) Owner() http.Handler { return s.frame.Handler(door.Owner, s.owner.Routes()) }

// Drain ends event streams and long polls so that a following
// http.Server.Shutdown finds only short requests. It may be called twice.
func (s *Server) Drain() {
	s.frame.Drain()
	s.public.Drain()
}

// Wait waits, after Drain, for calls that no request waits for, but not longer than
// d, and says whether all have ended.
func (s *Server) Wait(d time.Duration) bool { return s.public.Wait(d) }

// Streams is how many event streams of clients are open.
func (s *Server) Streams() int { return s.public.Streams() }

// GrantsChanged ends the streams of connections that were revoked.
func (s *Server) GrantsChanged() { s.public.GrantsChanged() }

// OwnerLink makes a link to a view of the owner's page (state.Views, or empty)
// that works once within 30 s.
func (s *Server) OwnerLink(view string) string { return s.owner.Link(view) }

// OwnerLinkFor is OwnerLink with another life; the channel is closed when the
// link was used.
func (s *Server) OwnerLinkFor(life time.Duration, view string) (link string, spent <-chan struct{}) {
	return s.owner.LinkFor(life, view)
}

// Actions are all that the owner can do; who mounts them elsewhere than on the
// owner's page guards them.
func (s *Server) Actions() []owner.Action { return s.owner.Actions() }

// Approve gives the owner's yes to the request that shows this code.
func (s *Server) Approve(ctx context.Context, code string, write bool) error {
	return owner.ForOwner(s.oauth.Approve(ctx, code, write))
}

// Deny gives the owner's no to the request that shows this code.
func (s *Server) Deny(ctx context.Context, code string) error {
	return owner.ForOwner(s.oauth.Deny(ctx, code))
}

// Challenge is the value for a tool result's _meta["mcp/www_authenticate"]
// when a call needs a scope that the token lacks.
func Challenge(ctx context.Context, scope string) string { return public.Challenge(ctx, scope) }

// ClientDocuments returns the guarded fetch of OAuth clients' documents.
func ClientDocuments() func(ctx context.Context, url string) ([]byte, error) {
	return fetch.ClientDocuments()
}
