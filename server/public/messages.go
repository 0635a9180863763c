package public

import (
	"context"
	"encoding/json"
	"net/http"

	"codabridge/server/jsonrpc"
)

// serveMessages takes the calls of the older transport; answers come on its
// stream. Without a session a request has its answer at once.
func (p *Public) serveMessages(w http.ResponseWriter, req *http.Request) {
	if !req.URL.Query().Has("sessionId") {
		p.servePost(w, req) // nobody waits on a stream for it
		return
	}
	sent, ok := p.place(w, req, p.limits.sent, 0)
	if !ok {
		return
	}
	defer sent.Leave()
	body, long, ok := p.readBody(w, req, LongBody)
	defer long.Leave()
	if !ok {
		return
	}
	on, open := p.sse.Conversation(req.Context(), req.URL.Query().Get("sessionId"))
	version := versionOf(req)
	if open {
		version = on.Version()
	}
	messages, batch, err := jsonrpc.Read(body, version)
	switch {
	case err != nil:
		writeRPC(w, http.StatusBadRequest, jsonrpc.ProblemOf(err))
	case !open:
		writeRPC(w, http.StatusNotFound, jsonrpc.Problem(messages[0].ID, jsonrpc.InvalidRequest,
			"This event stream is not open, or is not one of this connection. Open it again."))
	case batch:
		ctx := context.WithoutCancel(req.Context())
		p.working.Go(func() {
			on.Send(jsonrpc.AnswerAll(messages, func(m jsonrpc.Message) []byte { return p.answerOn(ctx, on, m) }))
		})
		w.WriteHeader(http.StatusAccepted)
	default:
		p.serveMessage(w, req, on, messages[0])
	}
}

// serveMessage says that a message was taken and has it answered on its
// stream. Its place is taken before: what cannot be worked on is refused.
func (p *Public) serveMessage(w http.ResponseWriter, req *http.Request, on jsonrpc.Conversation, m jsonrpc.Message) {
	ctx, leave, err := p.seated(req.Context())
	if err != nil {
		p.busy(req, m).Send(w)
		return
	}
	ctx = context.WithoutCancel(ctx)
	p.working.Go(func() {
		defer leave()
		on.Send(on.Answer(ctx, forOlder(m)))
	})
	w.WriteHeader(http.StatusAccepted)
}

// answerOn answers one message of a batch in its turn.
func (p *Public) answerOn(ctx context.Context, on jsonrpc.Conversation, m jsonrpc.Message) []byte {
	ctx, leave, err := p.seated(ctx)
	if err != nil {
		return jsonrpc.Problem(m.ID, jsonrpc.Busy, busyWords)
	}
	defer leave()
	return on.Answer(ctx, forOlder(m))
}

// forOlder changes a server/discover: mcp-go would answer with a header
// mismatch, which ends newer clients; "no such method" makes them fall back to
// initialize.
func forOlder(m jsonrpc.Message) jsonrpc.Message {
	if m.Method != "server/discover" {
		return m
	}
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": m.ID, "method": m.Method})
	if err == nil {
		m.Body = b
	}
	return m
}
