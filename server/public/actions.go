package public

import (
	"net/http"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/door"
)

const actionsPath = "/actions/"

// serveAction does one operation, in its turn, as a call of MCP is done.
func (p *Public) serveAction(w http.ResponseWriter, req *http.Request) {
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
	req, leave, err := p.seatedRequest(req, sent, long)
	if err != nil {
		p.noPlace(w, req, err)
		return
	}
	defer leave()
	status, answer := p.o.Actions.Answer(req.Context(), strings.TrimPrefix(req.URL.Path, actionsPath), body)
	b := newBuffered(status)
	b.setBody(answer)
	b.Send(w)
}

// serveOpenAPI describes the operations, for who asked at this origin.
func (p *Public) serveOpenAPI(w http.ResponseWriter, req *http.Request) {
	kind, document := "application/json", p.o.Actions.Document
	if strings.HasSuffix(req.URL.Path, ".yaml") {
		kind, document = "application/yaml", p.o.Actions.YAML
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Write(document(caller.Origin(req.Context())))
}
