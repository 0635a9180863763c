package tools

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/jsonrpc"

	"github.com/mark3labs/mcp-go/server"
)

// SSE serves the older HTTP+SSE transport: calls come by POST, answers go on
// the stream. It names its stream by a session id in the query. The id is tied
// to the caller that opened the stream, so that no other connection can put
// calls, and with them answers, into it (MCP, Security Best Practices, Session
// Hijacking).
type SSE struct {
	t   *Tools
	sse *server.SSEServer

	mu   sync.Mutex // guards open
	open map[string]*stream
}

// stream is one that is open.
type stream struct {
	ctx     context.Context // of the request that opened it
	session server.ClientSession

	mu      sync.Mutex // guards version
	version string     // of MCP, once initialize has agreed on one
}

// sessionKey is new in every process, as the streams are.
var sessionKey = []byte(rand.Text())

// SSE serves the older transport.
func (t *Tools) SSE() *SSE {
	s := &SSE{t: t, open: map[string]*stream{}}
	t.hooks.AddOnRegisterSession(s.opened)
	s.sse = server.NewSSEServer(t.mcp,
		server.WithMessageEndpoint("/messages"),
		server.WithUseFullURLForMessageEndpoint(false), // right behind any tunnel
		server.WithSessionIDGenerator(s.newSession),
		server.WithKeepAlive(true),
		server.WithKeepAliveInterval(30*time.Second),
		server.WithSSEDisableLocalhostProtection(true),
		// Without an origin list of its own the library answers every origin
		// with "*", over whatever the caller has set.
		server.WithSSECORS(server.WithCORSAllowedOrigins("https://codabridge.invalid")))
	return s
}

// Stream is the handler of the stream.
func (s *SSE) Stream() http.Handler { return s.sse.SSEHandler() }

// Close ends all streams.
func (s *SSE) Close() { s.sse.CloseSessions() }

// newSession makes an id: random, a dot, and a tag for its caller.
func (s *SSE) newSession(ctx context.Context, _ *http.Request) (string, error) {
	id := rand.Text()
	id += "." + tag(id, caller.From(ctx).ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[id] = &stream{ctx: ctx}
	context.AfterFunc(ctx, func() { s.forget(id) })
	return id, nil
}

func (s *SSE) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
}

// opened hears of every session that the library opens, and keeps its own.
func (s *SSE) opened(_ context.Context, session server.ClientSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.open[session.SessionID()]; o != nil {
		o.session = session
	}
}

func tag(id, caller string) string {
	m := hmac.New(sha256.New, sessionKey)
	m.Write([]byte(id + "\n" + caller))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// conversation is jsonrpc.Conversation on one stream.
type conversation struct {
	sse *SSE
	id  string
	on  *stream
}

// Conversation finds the stream with this id; false when it is not open, or
// another caller's.
func (s *SSE) Conversation(ctx context.Context, id string) (jsonrpc.Conversation, bool) {
	random, own, _ := strings.Cut(id, ".")
	if !hmac.Equal([]byte(own), []byte(tag(random, caller.From(ctx).ID))) {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	on := s.open[id]
	if on == nil || on.session == nil {
		return nil, false
	}
	return conversation{s, id, on}, true
}

// Version is the one of MCP that initialize has agreed on, or empty.
func (c conversation) Version() string {
	c.on.mu.Lock()
	defer c.on.mu.Unlock()
	return c.on.version
}

// Answer answers a message; nil where none is due. It goes on when the request
// that brought the message has ended, and ends with the stream.
func (c conversation) Answer(ctx context.Context, m jsonrpc.Message) []byte {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(c.on.ctx, cancel)()
	answer := c.sse.t.answer(c.sse.t.mcp.WithContext(ctx, c.on.session), m)
	if m.Method == "initialize" {
		c.on.mu.Lock()
		defer c.on.mu.Unlock()
		c.on.version = agreedVersion(answer)
	}
	return answer
}

// Send puts an answer on the stream; it waits while the client does not read.
func (c conversation) Send(answer []byte) {
	for len(answer) > 0 && c.sse.sse.SendEventToSession(c.id, json.RawMessage(answer)) != nil {
		select {
		case <-time.After(100 * time.Millisecond): // the library's queue is full, and does not tell when there is room
		case <-c.on.ctx.Done():
			return
		}
	}
}

// agreedVersion is the version in an answer to initialize.
func agreedVersion(answer []byte) string {
	var a struct {
		Result struct {
			Version string `json:"protocolVersion"`
		} `json:"result"`
	}
	_ = json.Unmarshal(answer, &a) // an error agrees on none
	return a.Result.Version
}
