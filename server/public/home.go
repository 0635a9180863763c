package public

import (
	"codabridge/server/caller"
	"codabridge/server/door"
	"net/http"
)

// looksLikeVisitor tells a person's browser, or a bare look at the root, from
// an MCP client that wants its 401.
func looksLikeVisitor(req *http.Request) bool {
	get := req.Method == http.MethodGet || req.Method == http.MethodHead
	if !get || req.URL.Path != "/" || door.Accepts(req, "text/event-stream") {
		return false
	}
	return door.Accepts(req, "text/html") || (door.Accepts(req, "application/json") && !door.Accepts(req, "*/*"))
}

// serveHome is what a person sees who opens the public URL.
func (p *Public) serveHome(w http.ResponseWriter, req *http.Request) {
	if !door.Accepts(req, "text/html") {
		door.WriteJSON(w, http.StatusOK, p.whole(caller.Origin(req.Context())))
		return
	}
	p.frame.WritePage(w, http.StatusOK, "home.html", p.homeOf(caller.Origin(req.Context())))
}

// home is what home.html shows.
type home struct {
	Origin string
	Local  bool // the address works on this computer only
}

func (p *Public) homeOf(origin string) home {
	return home{Origin: origin, Local: origin != p.o.PublicURL()}
}

// serveRobots asks crawlers to leave: each of their requests counts against
// the owner's tunnel quota.
func serveRobots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("User-agent: *\nDisallow: /\n"))
}
