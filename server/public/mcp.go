package public

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"codabridge/server/door"
	"codabridge/server/tools"
)

// modernVersion is the first protocol version without sessions and GET
// streams; versions compare as text because they are dates.
const modernVersion = "2026-07-28"

// serveMCP answers MCP over streamable HTTP, and the probes that clients send
// to the same address.
func (p *Public) serveMCP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.Method == http.MethodPost:
		p.servePost(w, req)
	case isModern(req):
		p.mcp.ServeHTTP(w, req) // 405, as 2026-07-28 wants
	case req.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent) // there is no session to end
	case door.Accepts(req, "text/event-stream"):
		p.serveQuietStream(w, req)
	case door.Accepts(req, "text/html"):
		p.serveHome(w, req)
	default:
		door.WriteJSON(w, http.StatusOK, p.info(door.OriginFrom(req.Context())))
	}
}

// servePost hands a call to mcp-go once its body is known to be of bearable
// size, since the library reads without a limit.
func (p *Public) servePost(w http.ResponseWriter, req *http.Request) {
	if !claim(req, p.calls) {
		return // the client has left
	}
	defer func() { <-p.calls }()
	release := func() {}
	if long(req) {
		if !claim(req, p.heavy) {
			return
		}
		release = sync.OnceFunc(func() { <-p.heavy })
		defer release()
	}
	body, ok := p.readBody(w, req, door.ClientBody)
	if !ok {
		return
	}
	if len(body) <= LongBody {
		release() // its length had not been said, and is nothing to wait for
	}
	message := envelopeOf(body)
	if refuseOddID(w, message) {
		return
	}
	if message.Method == "notifications/cancelled" {
		// Stateless mcp-go would look the request id up among all clients and
		// cancel another one's call. Closing the connection cancels instead.
		w.WriteHeader(http.StatusAccepted)
		return
	}
	req = door.WithBody(req, body)
	if message.Method == "subscriptions/listen" {
		p.mcp.ServeHTTP(w, req) // a stream
		return
	}
	whole := &wholeAnswer{ResponseWriter: w}
	p.mcp.ServeHTTP(whole, req)
	whole.send(tools.Completing(message.ID, message.Method, body))
}

// refuseOddID answers a request whose id could not stand in an answer.
func refuseOddID(w http.ResponseWriter, message envelope) bool {
	sentence := tools.OddID(message.ID, message.Method)
	if sentence != "" {
		writeRPCError(w, http.StatusBadRequest, -32600, sentence)
	}
	return sentence != ""
}

// wholeAnswer keeps an answer back until it is there, so that it can be
// completed, and so that an error which the library says in plain text becomes
// one of the protocol. It cannot flush, so mcp-go makes no stream of it.
type wholeAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *wholeAnswer) WriteHeader(status int)      { a.status = status }
func (a *wholeAnswer) Write(b []byte) (int, error) { return a.body.Write(b) }

// send lets the answer go; complete may be nil.
func (a *wholeAnswer) send(complete func([]byte) []byte) {
	b, kind := a.body.Bytes(), a.Header().Get("Content-Type")
	switch {
	case a.status >= 400 && strings.HasPrefix(kind, "text/plain"):
		writeRPCError(a.ResponseWriter, a.status, -32600, door.Clip(strings.TrimSpace(string(b)), 200))
		return
	case complete != nil && strings.HasPrefix(kind, "application/json"):
		b = append(complete(b), '\n')
	}
	if a.status != 0 {
		a.ResponseWriter.WriteHeader(a.status)
	}
	a.ResponseWriter.Write(b)
}

// long tells that a body is, or may be, long.
func long(req *http.Request) bool { return req.ContentLength < 0 || req.ContentLength > LongBody }

// claim takes a slot, or reports that the client left before one was free.
func claim(req *http.Request, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	case <-req.Context().Done():
		return false
	}
}

// serveSSE answers the older transport, and streamable HTTP for clients that
// were given the /sse address but speak the newer one.
func (p *Public) serveSSE(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet || isModern(req) || !door.Accepts(req, "text/event-stream") {
		p.serveMCP(w, req)
		return
	}
	ctx, release, ok := p.takeStream(w, req)
	if !ok {
		return
	}
	defer release()
	w.Header().Set("X-Accel-Buffering", "no")
	p.sse.ServeHTTP(w, req.WithContext(ctx))
}

// serveMessages takes the calls of the older transport; answers come on its
// stream.
func (p *Public) serveMessages(w http.ResponseWriter, req *http.Request) {
	body, ok := p.readBody(w, req, LongBody) // the library works on it after its 202, uncounted
	if !ok {
		return
	}
	message := envelopeOf(body)
	if refuseOddID(w, message) {
		return
	}
	if message.Method == "server/discover" {
		// mcp-go would answer with a header mismatch, which ends newer clients;
		// "no such method" makes them fall back to initialize.
		body = withoutMeta(body)
	}
	whole := &wholeAnswer{ResponseWriter: w}
	p.messages.ServeHTTP(whole, door.WithBody(req, body))
	whole.send(nil)
}

func (p *Public) readBody(w http.ResponseWriter, req *http.Request, limit int64) ([]byte, bool) {
	body, err := door.ReadWhole(w, req, limit, door.ClientPatience)
	if err == nil {
		return body, true
	}
	door.HangUp(w, req)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		p.frame.Note(req, http.StatusRequestEntityTooLarge, "too_long")
		writeRPCError(w, http.StatusRequestEntityTooLarge, -32600, fmt.Sprintf("The request is longer than %d KiB. Send fewer rows or less text at once.", limit>>10))
	case errors.Is(err, door.ErrSlowBody):
		p.frame.Note(req, http.StatusRequestTimeout, "slow_body")
		writeRPCError(w, http.StatusRequestTimeout, -32600, "The request body did not arrive in time.")
	default:
		writeRPCError(w, http.StatusBadRequest, -32700, "The request body did not arrive whole.")
	}
	return nil, false
}

// envelope is the part of a JSON-RPC message that decides its way. It is
// decoded by the same package, and so by the same rules for odd spellings and
// doubled keys, as mcp-go decodes it; nothing is authorized by it.
type envelope struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method"`
}

// envelopeOf is empty for what is no message.
func envelopeOf(body []byte) envelope {
	var e envelope
	if json.Unmarshal(body, &e) != nil {
		return envelope{}
	}
	return e
}

func withoutMeta(body []byte) []byte {
	var e envelope
	if json.Unmarshal(body, &e) != nil {
		return body
	}
	b, err := json.Marshal(e)
	if err != nil {
		return body
	}
	return b
}

func isModern(req *http.Request) bool {
	v := req.Header.Get("Mcp-Protocol-Version")
	return len(v) == len(modernVersion) && v >= modernVersion
}

// writeRPCError answers with a JSON-RPC error without an id, for requests refused before
// their body is understood.
func writeRPCError(w http.ResponseWriter, status, code int, sentence string) {
	door.WriteJSON(w, status, map[string]any{
		"jsonrpc": "2.0", "id": nil,
		"error": map[string]any{"code": code, "message": sentence},
	})
}
