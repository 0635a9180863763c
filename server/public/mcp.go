package public

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/server/jsonrpc"
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
		door.WriteJSON(w, http.StatusOK, p.whole(caller.Origin(req.Context())))
	}
}

// servePost hands on what was posted once its body is known to be of bearable
// size, since the library reads without a limit.
func (p *Public) servePost(w http.ResponseWriter, req *http.Request) {
	sent, ok := p.place(w, req, p.limits.sent, 0)
	if !ok {
		return
	}
	defer sent.Leave()
	body, long, ok := p.readBody(w, req, door.ClientBody)
	defer long.Leave()
	if !ok {
		return
	}
	messages, batch, err := jsonrpc.Read(body, versionOf(req))
	if byHand, ok := p.byHand(req, body, messages, batch); ok {
		messages, err = []jsonrpc.Message{byHand}, nil
	}
	switch {
	case err != nil:
		writeRPC(w, statusOf(err), p.problemOf(body, err))
	case batch:
		p.serveBatch(w, req, messages)
	case messages[0].Method == "subscriptions/listen" && messages[0].WantsAnswer():
		sent.Leave()
		p.serveListen(w, req, messages[0])
	default:
		b := p.call(req, messages[0], sent, long)
		p.stepUp(req, b)
		b.Send(w)
	}
}

// byHand reads what a person sent who left MCP's form away; what has it, and
// what a client of 2026-07-28 sends, is none of that.
func (p *Public) byHand(req *http.Request, body []byte, messages []jsonrpc.Message, batch bool) (jsonrpc.Message, bool) {
	if batch || isModern(req) || len(messages) == 1 && !p.o.Actions.IsTool(messages[0].Method) {
		return jsonrpc.Message{}, false
	}
	return jsonrpc.ByHand(body, p.o.Actions.IsTool)
}

// problemOf answers what is no message; a person who mistyped a tool hears which
// there are.
func (p *Public) problemOf(body []byte, err error) []byte {
	name, id := jsonrpc.ToolByHand(body)
	if name == "" {
		return jsonrpc.ProblemOf(err)
	}
	near := "GET /openapi.json and tools/list name those there are."
	if names := p.o.Actions.Near(name); len(names) > 0 {
		near = "Did you mean " + strings.Join(names[:min(len(names), 3)], ", ") + "?"
	}
	return jsonrpc.Problem(id, jsonrpc.InvalidRequest, fmt.Sprintf("There is no tool called %s. %s A method of MCP wants \"jsonrpc\": \"2.0\" beside it.", fault.Quote(name, 60), near))
}

// statusOf is the status of the answer to what is no message: 200 where the
// answer has an id by which its client finds it, as with any error of MCP.
func statusOf(err error) int {
	var malformed *jsonrpc.MalformedError
	if errors.As(err, &malformed) && len(malformed.ID) > 0 {
		return http.StatusOK
	}
	return http.StatusBadRequest
}

// versionOf is the version of MCP that a client speaks. One that does not say
// speaks the last one that did not have to (MCP 2025-06-18, Protocol Version
// Header).
func versionOf(req *http.Request) string {
	if v := req.Header.Get("Mcp-Protocol-Version"); v != "" {
		return v
	}
	return "2025-03-26"
}

// serveBatch answers the requests of a batch in one list.
func (p *Public) serveBatch(w http.ResponseWriter, req *http.Request, messages []jsonrpc.Message) {
	answers := jsonrpc.AnswerAll(messages, func(m jsonrpc.Message) []byte { return p.call(req, m).Body })
	if answers == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	writeRPC(w, http.StatusOK, answers)
}

// serveListen is the stream of a subscription.
func (p *Public) serveListen(w http.ResponseWriter, req *http.Request, m jsonrpc.Message) {
	ctx, release, ok := p.takeStream(w, req)
	if !ok {
		return
	}
	defer release()
	p.mcp.ServeHTTP(w, door.WithBody(req.WithContext(ctx), m.Body))
}

// call has the library answer a message, in its turn. Where it is all of its
// request, the places of that are given.
func (p *Public) call(req *http.Request, m jsonrpc.Message, given ...*door.Place) *buffered {
	if m.Response {
		return newBuffered(http.StatusAccepted)
	}
	if m.Method == "notifications/cancelled" {
		// Stateless mcp-go would look the request id up among all clients and
		// cancel another one's call. Closing the connection cancels instead.
		return newBuffered(http.StatusAccepted)
	}
	req, leave, err := p.seatedRequest(req, given...)
	if err != nil {
		return p.busy(req, m)
	}
	defer leave()
	if answer, ok := p.mcp.Direct(req.Context(), req.Header, m); ok {
		b := newBuffered(http.StatusOK)
		b.setBody(answer)
		return b
	}
	b := newBuffered(0)
	req = door.WithBody(req, m.Body)
	req.Header.Set("Content-Type", "application/json") // curl says otherwise when nobody tells it
	p.mcp.ServeHTTP(b, req)
	b.complete(m)
	return b
}

// busy is the answer to a call for which there was no place.
func (p *Public) busy(req *http.Request, m jsonrpc.Message) *buffered {
	p.frame.Note(req, http.StatusServiceUnavailable, "busy")
	b := newBuffered(http.StatusServiceUnavailable)
	b.Head.Set("Retry-After", "2")
	if m.WantsAnswer() {
		b.setBody(jsonrpc.Problem(m.ID, jsonrpc.Busy, busyWords))
	}
	return b
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
	p.stream.ServeHTTP(w, req.WithContext(ctx))
}

func isModern(req *http.Request) bool {
	v := req.Header.Get("Mcp-Protocol-Version")
	return len(v) == len(modernVersion) && v >= modernVersion
}
