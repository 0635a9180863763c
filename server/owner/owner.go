// Package owner is the owner's own door: set-up, approvals, connections, the
// index and the doctor, behind a session that begins with a one-time link. It
// stands in the frame of package door and is served on loopback only.
package owner

import (
	"context"
	"log/slog"
	"time"

	"codabridge/server/door"
	"codabridge/server/oauth"
)

// Options is what the room is given. Every func must be safe for concurrent
// use.
type Options struct {
	Frame *door.Frame
	OAuth *oauth.Server
	// Desk is what may be asked of the app.
	Desk Desk
	// Health is what GET /healthz?deep=1 answers, as JSON.
	Health func(context.Context) any
	// URL is the origin of the door.
	URL func() string
	Log *slog.Logger
	Now func() time.Time
}

// Owner holds what its routes need.
type Owner struct {
	frame    *door.Frame
	oauth    *oauth.Server
	desk     Desk
	health   func(context.Context) any
	url      func() string
	log      *slog.Logger
	now      func() time.Time
	sessions *sessions
	qr       lastQR
}

// New assembles the room.
func New(o Options) *Owner {
	return &Owner{frame: o.Frame, oauth: o.OAuth, desk: o.Desk, health: o.Health,
		url: o.URL, log: o.Log, now: o.Now, sessions: newSessions(o.Now)}
}
