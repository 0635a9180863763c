package door

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"codabridge/server/fault"
)

// Handler builds the handler of one door from its table of routes.
func (f *Frame) Handler(d Name, routes []Route) http.Handler {
	byPath := map[string]Route{}
	for _, r := range routes {
		for _, p := range r.Paths {
			if _, twice := byPath[p]; twice {
				panic("server: route " + p + " stands twice")
			}
			byPath[p] = r
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer f.recover(w, req)
		secure(w.Header())
		defer func() { f.hearOut(w, req) }()
		origin, ok := f.originOf(d, req.Host)
		req = f.identify(req, d, origin)
		if !ok {
			f.Refuse(w, req, http.StatusForbidden, "unknown_host",
				"This name does not lead to codabridge. Use the public URL that the codabridge page shows.")
			return
		}
		if wantsWorker(req) {
			f.Refuse(w, req, http.StatusForbidden, "no_worker", "There is no service worker here.")
			return
		}
		r, found := find(byPath, req.URL.Path)
		if !found {
			where := "The MCP server is at / and /mcp."
			if d == Owner {
				where = "The owner's page is at /."
			}
			f.Refuse(w, req, http.StatusNotFound, "not_found", "There is nothing at this address. "+where)
			return
		}
		f.serve(w, req, d, r, origin)
	})
}

// AnyName as the last part of a path stands for any one name.
const AnyName = "{name}"

// find gives the route of a path: its own, or the one of any name in its place.
func find(byPath map[string]Route, path string) (Route, bool) {
	r, found := byPath[path]
	if i := strings.LastIndexByte(path, '/'); !found && i >= 0 && i < len(path)-1 {
		r, found = byPath[path[:i+1]+AnyName]
	}
	return r, found
}

// serve applies a route's own rules in their order: Origin, method, guard.
func (f *Frame) serve(w http.ResponseWriter, req *http.Request, d Name, r Route, origin string) {
	if !originAllowed(d, r, req.Header.Values("Origin"), origin) {
		f.Refuse(w, req, http.StatusForbidden, "forbidden_origin", "Web pages of this origin may not call codabridge.")
		return
	}
	if crossOrigin(w, req, r) {
		return
	}
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if !slices.Contains(r.Methods, method) {
		w.Header().Set("Allow", allow(r))
		f.Refuse(w, req, http.StatusMethodNotAllowed, "method_not_allowed", fmt.Sprintf("%s is not served here.", fault.Clip(req.Method, 20)))
		return
	}
	f.admit(w, req, d, r)
}

// wantsWorker tells a browser that fetches a script to keep as a service worker
// (Service Workers, Service-Worker header; Fetch Metadata): it would answer for
// this origin long after we are gone. None of ours is one.
func wantsWorker(req *http.Request) bool {
	return req.Header.Get("Service-Worker") != "" || req.Header.Get("Sec-Fetch-Dest") == "serviceworker"
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
func (f *Frame) recover(w http.ResponseWriter, req *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	f.log.Error("server: handler panicked", "path", req.URL.Path, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
	WriteError(w, http.StatusInternalServerError, "server_error", "codabridge met a fault of its own; the log on the owner's computer has the details.")
}
