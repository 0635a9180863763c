// Package public is what the internet may reach: MCP in both protocol eras,
// the discovery documents, the sign-in pages of package oauth and a small page
// for people. It stands in the frame of package door.
//
// # Decisions
//
// mcp-go runs stateless with streaming off; body limits, the bearer guard and
// cancellation are here, because the library has none of them or has them in a
// form that one client could use against another.
package public

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"codabridge/server/door"
	"codabridge/server/jsonrpc"
	"codabridge/server/oauth"
)

// MCP answers streamable HTTP, of callers that were admitted. Package tools has it.
type MCP interface {
	http.Handler
	// Direct answers a call in its plain form that came with these headers, with
	// 200 and as JSON. False says that ServeHTTP is to answer.
	Direct(ctx context.Context, head http.Header, m jsonrpc.Message) (answer []byte, ok bool)
}

// Streams are the open ones of the older transport, HTTP+SSE. Package tools has
// them.
type Streams interface {
	// Stream is the handler that opens one.
	Stream() http.Handler
	// Conversation finds the one with this id; false when it is not open, or
	// another caller's.
	Conversation(ctx context.Context, id string) (jsonrpc.Conversation, bool)
	// Close ends all.
	Close()
}

// Actions are the operations for clients that do not speak MCP. Package actions
// has them.
type Actions interface {
	// Document and YAML describe them for who asked at this origin.
	Document(origin string) []byte
	YAML(origin string) []byte
	// Answer does one for the caller of ctx.
	Answer(ctx context.Context, name string, body []byte) (status int, answer []byte)
	// IsTool says whether a method of JSON-RPC is the name of one.
	IsTool(name string) bool
	// Near are the names that come near to one that is none, the nearest first.
	Near(name string) []string
}

// Options is what the room is given. Every func must be safe for concurrent
// use; a nil func means "none" or "no".
type Options struct {
	Frame *door.Frame
	MCP   MCP
	// Streams are those of the older transport.
	Streams Streams
	OAuth   *oauth.Server
	// Actions are the operations for clients that do not speak MCP.
	Actions Actions
	// Health is what GET /healthz?deep=1 answers, as JSON.
	Health func(context.Context) any
	// PublicURL is the https origin of the tunnel or of the owner's own proxy;
	// empty while there is none.
	PublicURL func() string
	// ReadOnly tells whether the owner's Read-only switch is on.
	ReadOnly func() bool
	// Stopped tells whether the owner has shut the door for now.
	Stopped func() bool
	// Version is shown in the JSON answer of GET /.
	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

// Public holds what its routes need. It starts no goroutine.
type Public struct {
	o       Options
	frame   *door.Frame
	log     *slog.Logger
	mcp     MCP
	sse     Streams
	stream  http.Handler // of sse
	flood   *oauth.Limiter
	limits  limits
	grants  *news
	working door.InFlight // on messages that were taken and are answered on a stream
}

// New assembles the room.
func New(o Options) *Public {
	p := &Public{
		o: o, frame: o.Frame, log: o.Log,
		flood:  oauth.NewLimiter(o.Now, 300, 200*time.Millisecond),
		limits: newLimits(), grants: &news{ch: make(chan struct{})},
		mcp: o.MCP, sse: o.Streams,
	}
	p.stream = p.sse.Stream()
	return p
}

// Drain ends the streams of the older transport; those of the frame end with
// its own Drain.
func (p *Public) Drain() { p.sse.Close() }

// Wait waits for the messages that were taken and are answered on a stream, but not
// longer than d, and says whether all have ended. The requests that brought them
// have long ended.
func (p *Public) Wait(d time.Duration) bool { return p.working.Wait(d) }
