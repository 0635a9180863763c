package server

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"

	"codabridge/server/oauth"
)

// door builds the handler of one door from the route table.
func (s *Server) door(d door) http.Handler {
	byPath := map[string]route{}
	for _, r := range s.routes() {
		if r.door != d {
			continue
		}
		for _, p := range r.paths {
			if _, twice := byPath[p]; twice {
				panic("server: route " + p + " stands twice")
			}
			byPath[p] = r
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer s.recover(w, req)
		secure(w.Header())
		defer hearOut(w, req)
		origin, ok := s.originOf(d, req.Host)
		req = s.identify(req, d, origin)
		if !ok {
			s.refuse(w, req, http.StatusForbidden, "unknown_host",
				"This name does not lead to codabridge. Use the public URL that the codabridge page shows.")
			return
		}
		r, found := byPath[req.URL.Path]
		if !found {
			where := "The MCP server is at / and /mcp."
			if d == owner {
				where = "The owner's page is at /."
			}
			s.refuse(w, req, http.StatusNotFound, "not_found", "There is nothing at this address. "+where)
			return
		}
		if d == public && r.guard == bearer && s.o.Stopped != nil && s.o.Stopped() {
			s.refuse(w, req, http.StatusServiceUnavailable, "stopped", "The owner has stopped codabridge for now. It works again when they start it.")
			return
		}
		s.serve(w, req, r, origin)
	})
}

// serve applies a route's own rules in their order: Origin, method, guard.
func (s *Server) serve(w http.ResponseWriter, req *http.Request, r route, origin string) {
	if !s.originAllowed(r, req.Header.Values("Origin"), origin) {
		s.refuse(w, req, http.StatusForbidden, "forbidden_origin", "Web pages of this origin may not call codabridge.")
		return
	}
	if crossOrigin(w, req, r) {
		return
	}
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if !slices.Contains(r.methods, method) {
		w.Header().Set("Allow", allow(r))
		s.refuse(w, req, http.StatusMethodNotAllowed, "method_not_allowed", fmt.Sprintf("%s is not served here.", clip(req.Method, 20)))
		return
	}
	switch r.guard {
	case bearer:
		s.withBearer(w, req, r.handler)
	case session:
		s.withSession(w, req, r.handler)
	default:
		s.withWhole(w, req, r.handler)
	}
}

// secure sets the headers that every answer carries; pages add a policy of
// their own.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
}

// recover keeps the process alive when a handler panics: the stack goes to the
// log, the client gets a plain 500.
func (s *Server) recover(w http.ResponseWriter, req *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	s.log.Error("server: handler panicked", "path", req.URL.Path, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
	writeError(w, http.StatusInternalServerError, "server_error", "codabridge met a fault of its own; the log on the owner's computer has the details.")
}

// refuse answers with an error and logs one line that names no secret.
func (s *Server) refuse(w http.ResponseWriter, req *http.Request, status int, code, sentence string) {
	s.note(req, status, code)
	hangUp(w, req)
	writeError(w, status, code, sentence)
}

// note writes the one line that a refusal leaves: where it came to, from what
// page and why; never the query, which may hold a code.
func (s *Server) note(req *http.Request, status int, why string) {
	s.log.Info("server: refused", "status", status, "why", why, "method", clip(req.Method, 20), "path", clip(req.URL.Path, 120),
		"host", clip(req.Host, 120), "origin", clip(req.Header.Get("Origin"), 120), "addr", oauth.ClientAddr(req.Context()))
}

// clip shortens what a stranger sent before it enters a log.
func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "..."
	}
	return s
}
