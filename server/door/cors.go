package door

import (
	"net/http"
	"strings"

	"github.com/rs/cors"
)

// Headers that MCP clients send from a browser, and those they must be able to
// read, in the protocol's spelling.
var (
	allowedHeaders = []string{"Authorization", "Content-Type", "Accept", "Last-Event-ID", "X-API-Key",
		"MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "ngrok-skip-browser-warning"}
	exposedHeaders = []string{"WWW-Authenticate", "Mcp-Session-Id", "Retry-After"}
)

var (
	corsAny = cors.New(corsOptions(cors.Options{AllowedOrigins: []string{"*"}}))
	// The Origin guard has run before, so what comes here is allowed.
	corsKnown = cors.New(corsOptions(cors.Options{AllowOriginFunc: func(string) bool { return true }}))
)

func corsOptions(o cors.Options) cors.Options {
	o.AllowedMethods = []string{"GET", "POST", "DELETE"}
	o.AllowedHeaders, o.ExposedHeaders = allowedHeaders, exposedHeaders
	o.MaxAge = 3600 // seconds
	return o
}

// crossOrigin adds the cross-origin headers and answers OPTIONS; it reports
// whether the request is answered. Credentials are never allowed: a bearer
// token travels in a header that the page itself must know.
func crossOrigin(w http.ResponseWriter, req *http.Request, r Route) bool {
	switch r.Origins {
	case AnyOrigin:
		corsAny.HandlerFunc(w, req)
	case KnownOnly:
		corsKnown.HandlerFunc(w, req)
	}
	if req.Method != http.MethodOptions {
		return false
	}
	if req.Header.Get("Access-Control-Request-Method") == "" || r.Origins == SameOrigin {
		w.Header().Set("Allow", allow(r))
		w.WriteHeader(http.StatusNoContent)
	}
	return true
}

// allow is the value of the Allow header of a route (RFC 9110 section 10.2.1).
func allow(r Route) string { return strings.Join(r.Methods, ", ") + ", OPTIONS" }
