package public

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"codabridge/server/door"
	"codabridge/server/jsonrpc"
)

// answer keeps the library's answer back until it is whole, so that it can be
// put right, and so that an error which the library says in plain text becomes
// one of the protocol. It cannot flush, so mcp-go makes no stream of it.
type answer struct {
	header http.Header
	status int
	body   []byte
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { a.body = append(a.body, b...); return len(b), nil }

func (a *answer) setBody(b []byte) {
	a.body = b
	a.header.Set("Content-Type", "application/json")
}

// complete puts the answer to a message right. Where none is due there is no
// body, and no status that stands for one.
func (a *answer) complete(m jsonrpc.Message) {
	kind := a.header.Get("Content-Type")
	switch {
	case a.status >= 400 && strings.HasPrefix(kind, "text/plain"):
		a.setBody(jsonrpc.Problem(m.ID, jsonrpc.InvalidRequest, strings.TrimSpace(string(a.body))))
	case strings.HasPrefix(kind, "application/json"):
		a.setBody(m.Complete(bytes.TrimSpace(a.body)))
	}
	if len(a.body) == 0 && a.status < 400 {
		a.header.Del("Content-Type")
		a.status = http.StatusAccepted
	}
}

func (a *answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if len(a.body) > 0 {
		a.body = append(a.body, '\n')
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	w.Write(a.body)
}

// writeRPC answers with a JSON-RPC message.
func writeRPC(w http.ResponseWriter, status int, message []byte) {
	a := answer{header: http.Header{}, status: status}
	a.setBody(message)
	a.send(w)
}

// refuseRPC refuses a request whose message is not known.
func (p *Public) refuseRPC(w http.ResponseWriter, req *http.Request, status, code int, why, sentence string) {
	p.frame.Note(req, status, why)
	door.HangUp(w, req)
	writeRPC(w, status, jsonrpc.Problem(nil, code, sentence))
}
