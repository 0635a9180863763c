// Package door is the frame that every door of the bridge stands in: which
// names lead to it, which web pages may call, who is admitted, how long a body
// may be and how a refusal is said and noted. What a door serves is a table of
// routes that it is given; it knows neither MCP nor the owner's page.
package door

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Options is what the frame is given. Every func must be safe for concurrent
// use.
type Options struct {
	// PublicURL is the https origin of the tunnel or of the owner's own
	// proxy, without a trailing slash; empty while there is none.
	PublicURL func() string
	// Proxied tells whether PublicURL is that of the owner's own proxy, which
	// stands in front of the local door.
	Proxied func() bool
	// LocalURL is the origin of the door for clients on this computer.
	LocalURL func() string
	// LocalHosts are other names of that door, without a port; nil means none.
	LocalHosts func() []string
	// OwnerURL is the origin of the owner's door.
	OwnerURL func() string
	// Log gets one line for each refusal and fault.
	Log *slog.Logger
	Now func() time.Time
}

// Frame is what the doors of one program share.
type Frame struct {
	o   Options
	log *slog.Logger

	strangers *Places
	repeats   repeats

	drainOnce sync.Once
	drain     chan struct{} // closed by Drain: streams and long polls end
}

// New assembles the frame.
func New(o Options) *Frame {
	return &Frame{
		o: o, log: o.Log, drain: make(chan struct{}), strangers: NewPlaces(maxStrangers, maxStrangersEach),
		repeats: repeats{now: o.Now, seen: map[event]repeat{}},
	}
}

// Drain ends event streams and long polls so that a following
// http.Server.Shutdown finds only short requests. It may be called twice.
func (f *Frame) Drain() { f.drainOnce.Do(func() { close(f.drain) }) }

// UntilDrain returns a context that also ends when Drain is called.
func (f *Frame) UntilDrain(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-f.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
