package public

import (
	"bytes"
	"net/http"
	"strings"

	"codabridge/server/door"
	"codabridge/server/jsonrpc"
)

// buffered keeps the library's answer back until it is whole, so that it can be
// put right, and so that an error which the library says in plain text becomes
// one of the protocol.
type buffered struct{ door.Buffered }

// newBuffered is one with a status and nothing else.
func newBuffered(status int) *buffered {
	return &buffered{door.Buffered{Head: http.Header{}, Status: status}}
}

func (b *buffered) setBody(body []byte) {
	b.Body = body
	b.Head.Set("Content-Type", "application/json")
}

// complete puts the answer to a message right. Where none is due there is no
// body, and no status that stands for one.
func (b *buffered) complete(m jsonrpc.Message) {
	kind := b.Head.Get("Content-Type")
	switch {
	case b.Status >= 400 && strings.HasPrefix(kind, "text/plain"):
		b.setBody(jsonrpc.Problem(m.ID, jsonrpc.InvalidRequest, strings.TrimSpace(string(b.Body))))
	case strings.HasPrefix(kind, "application/json"):
		b.setBody(m.Complete(bytes.TrimSpace(b.Body)))
	}
	if len(b.Body) == 0 && b.Status < 400 {
		b.Head.Del("Content-Type")
		b.Status = http.StatusAccepted
	}
}

// Send ends the body with a newline.
func (b *buffered) Send(w http.ResponseWriter) {
	if len(b.Body) > 0 {
		b.Body = append(b.Body, '\n')
	}
	b.Buffered.Send(w)
}

// writeRPC answers with a JSON-RPC message.
func writeRPC(w http.ResponseWriter, status int, message []byte) {
	b := newBuffered(status)
	b.setBody(message)
	b.Send(w)
}

// refuseRPC refuses a request whose message is not known.
func (p *Public) refuseRPC(w http.ResponseWriter, req *http.Request, status, code int, why, sentence string) {
	if strings.HasPrefix(req.URL.Path, actionsPath) {
		p.frame.Refuse(w, req, status, why, sentence)
		return
	}
	p.frame.Note(req, status, why)
	door.HangUp(w, req)
	writeRPC(w, status, jsonrpc.Problem(nil, code, sentence))
}
