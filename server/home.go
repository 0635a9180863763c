package server

import (
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"codabridge/assets"
)

// pages are the templates of both doors, parsed when the first is shown: stdio
// mode shows none.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"ago": ago, "join": strings.Join, "host": hostOf,
	}).ParseFS(assets.Files, "pages/home.html", "pages/owner.html", "pages/owner_view.html", "pages/owner_knocks.html"))
})

// pagePolicy is the Content-Security-Policy of our pages. It has no
// form-action: browsers apply that to the redirect after a form as well.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"

// looksLikeVisitor tells a person's browser, or a bare look at the root, from
// an MCP client that wants its 401.
func (s *Server) looksLikeVisitor(req *http.Request) bool {
	get := req.Method == http.MethodGet || req.Method == http.MethodHead
	if !get || req.URL.Path != "/" || accepts(req, "text/event-stream") {
		return false
	}
	return accepts(req, "text/html") || (accepts(req, "application/json") && !accepts(req, "*/*"))
}

// serveHome is what a person sees who opens the public URL.
func (s *Server) serveHome(w http.ResponseWriter, req *http.Request) {
	if !accepts(req, "text/html") {
		writeJSON(w, http.StatusOK, s.info(originFrom(req.Context())))
		return
	}
	s.writePage(w, http.StatusOK, "home.html", s.homeOf(originFrom(req.Context())))
}

// home is what home.html shows.
type home struct {
	Origin string
	Local  bool // the address works on this computer only
}

func (s *Server) homeOf(origin string) home {
	return home{Origin: origin, Local: origin != s.o.PublicURL()}
}

func (s *Server) writePage(w http.ResponseWriter, status int, name string, data any) {
	var b strings.Builder
	if err := pages().ExecuteTemplate(&b, name, data); err != nil {
		s.log.Error("server: render page", "page", name, "err", err)
		writeError(w, http.StatusInternalServerError, "server_error", "The page could not be made; the log has the details.")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write([]byte(b.String()))
}

// serveStatic serves one of the embedded files that the route table names.
func serveStatic(w http.ResponseWriter, req *http.Request) {
	name := strings.TrimPrefix(req.URL.Path, "/")
	if name == "static/icon.png" {
		name = "icons/codabridge.png"
	}
	b, err := fs.ReadFile(assets.Files, name)
	if err != nil {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "max-age=300")
	w.Write(b)
}

func serveIcon(w http.ResponseWriter, req *http.Request) {
	req.URL.Path = "/static/icon.png"
	serveStatic(w, req)
}

// serveRobots asks crawlers to leave: each of their requests counts against
// the owner's tunnel quota.
func serveRobots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("User-agent: *\nDisallow: /\n"))
}

func serveHealth(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}
