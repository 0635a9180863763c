package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"codabridge/server/caller"
	"codabridge/server/jsonrpc"
	"codabridge/server/tools/words"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// A call in its plain form is answered here without the library, which reads each
// message six times and more. What is out of the usual in any way is left to the
// library, and TestDirectAnswersAreTheLibrarys holds the two to the same bytes.

// toolOf is the tool of a call in its plain form; nil where the library is to
// answer.
func (t *Tools) toolOf(m jsonrpc.Message) (*tool, era) {
	if m.Call == nil {
		return nil, era{}
	}
	d, e := t.byName[m.Call.Name], t.eras.of(m.Call.Meta)
	if e.odd {
		return nil, era{}
	}
	return d, e
}

// direct answers a call in its plain form.
func (t *Tools) direct(ctx context.Context, d *tool, e era, m jsonrpc.Message) []byte {
	out := t.run(ctx, d, m.Call.Arguments)
	before, after := "", ""
	switch {
	case e.modern:
		before, after = t.itself.field(out.meta), `,"resultType":"complete"`
	case len(out.meta) > 0:
		before = metaField(out.meta)
	}
	switch {
	case out.status != caller.StatusOK:
		after = `,"isError":true` + after
	case t.structured(d):
		after += `,"structuredContent":` + inJSON(json.RawMessage(out.text))
	}
	return jsonrpc.TextResult(m.ID, before, out.text, after)
}

// Streamable is streamable HTTP of both protocol eras.
type Streamable struct {
	t *Tools
	http.Handler
}

// Streamable serves streamable HTTP of both protocol eras. It keeps no
// sessions and opens no streams; body limit, Host, Origin and login are the
// caller's, who also puts a Caller into the request's context.
func (t *Tools) Streamable() *Streamable {
	return &Streamable{t, server.NewStreamableHTTPServer(t.mcp,
		server.WithStateLess(true),
		server.WithDisableStreaming(true),
		server.WithDisableLocalhostProtection(true),
		server.WithStreamableHTTPLogger(t.o.Log))}
}

// Direct answers a call in its plain form that came with these headers. False says
// that the Handler is to answer.
func (s *Streamable) Direct(ctx context.Context, head http.Header, m jsonrpc.Message) (answer []byte, ok bool) {
	d, e := s.t.toolOf(m)
	if d == nil || !plainHead(head, e, d.name) {
		return nil, false
	}
	return s.t.guarded(m, func() []byte { return s.t.direct(ctx, d, e, m) }), true
}

// plainHead tells that the headers of a call say the same as its body, and nothing
// that the library would have to look at.
func plainHead(head http.Header, e era, name string) bool {
	version := head.Get(server.HeaderKeyProtocolVersion)
	if e.modern {
		return version == e.version && head.Get(mcp.HeaderLastEventID) == "" &&
			head.Get(mcp.HeaderMethod) == string(mcp.MethodToolsCall) && head.Get(mcp.HeaderName) == name
	}
	return head.Get(server.HeaderKeySessionID) == "" && !mcp.IsModernProtocol(version) && (version == "" || mcp.IsValidProtocolVersion(version))
}

// guarded keeps a panic from reaching the client or the process.
func (t *Tools) guarded(m jsonrpc.Message, answer func() []byte) (b []byte) {
	defer func() {
		if v := recover(); v != nil {
			t.o.Log.Error("tools: panic in a message", "method", words.Clip(m.Method, 40), "panic", fmt.Sprint(v))
			b = m.Complete(jsonrpc.Fault(m.ID))
		}
	}()
	return answer()
}
