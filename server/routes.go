package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// door names one of the two handlers.
type door string

const (
	public door = "public"
	owner  door = "owner"
)

// guard is what a request must show before its handler runs.
type guard string

const (
	open    guard = "open"    // nothing
	bearer  guard = "bearer"  // an access token of this issuer
	session guard = "session" // the owner's session secret in a header
)

// origins is which web pages may call a route (the Origin header).
type origins string

const (
	anyOrigin  origins = "any"   // public documents and OAuth endpoints, without credentials
	knownOnly  origins = "known" // the allow-list of clients, our own origin, none
	sameOrigin origins = "own"   // our own pages, none, or "null"
)

// route is one row of the table that decides what exists.
type route struct {
	door    door
	paths   []string
	methods []string
	guard   guard
	origins origins
	handler http.HandlerFunc
}

// mcpPaths are the places where MCP over streamable HTTP is served. The URL is
// used as the owner typed it, so all spellings answer alike.
var mcpPaths = []string{"/", "/mcp", "/mcp/"}

// ssePaths are the places of the older HTTP+SSE transport.
var ssePaths = []string{"/sse", "/sse/"}

// routes is the whole table: what is not here does not exist.
func (s *Server) routes() []route { return append(s.publicRoutes(), s.ownerRoutes()...) }

func (s *Server) publicRoutes() []route {
	get, post := []string{"GET"}, []string{"POST"}
	all := []string{"GET", "POST", "DELETE"}
	return []route{
		{public, mcpPaths, all, bearer, knownOnly, s.serveMCP},
		{public, ssePaths, all, bearer, knownOnly, s.serveSSE},
		{public, []string{"/messages", "/messages/"}, post, bearer, knownOnly, s.serveMessages},

		{public, resourceDocumentPaths(), get, open, anyOrigin, s.serveResourceDocument},
		{public, issuerDocumentPaths(), get, open, anyOrigin, s.o.OAuth.Metadata},
		{public, []string{"/register"}, post, open, anyOrigin, s.o.OAuth.Register},
		{public, []string{"/authorize"}, get, open, sameOrigin, s.o.OAuth.Authorize},
		{public, []string{"/authorize/wait"}, get, open, sameOrigin, s.waitForOwner},
		{public, []string{"/token"}, post, open, anyOrigin, s.o.OAuth.Token},
		{public, []string{"/revoke"}, post, open, anyOrigin, s.o.OAuth.RevokeToken},

		{public, []string{"/health", "/healthz"}, get, open, anyOrigin, serveHealth},
		{public, []string{"/favicon.ico"}, get, open, anyOrigin, serveIcon},
		{public, []string{"/robots.txt"}, get, open, anyOrigin, serveRobots},
		{public, []string{"/static/style.css", "/static/oauth.js", "/static/icon.png"}, get, open, anyOrigin, serveStatic},
	}
}

func (s *Server) ownerRoutes() []route {
	get, post := []string{"GET"}, []string{"POST"}
	return []route{
		{owner, []string{"/"}, get, open, sameOrigin, s.serveOwnerShell},
		{owner, []string{"/session"}, post, open, sameOrigin, s.openSession},
		{owner, []string{"/view"}, get, session, sameOrigin, s.serveView},
		{owner, []string{"/coda-token"}, post, session, sameOrigin, s.saveCodaToken},
		{owner, []string{"/coda-token/forget"}, post, session, sameOrigin, s.forgetCodaToken},
		{owner, []string{"/ngrok-token"}, post, session, sameOrigin, s.saveNgrokToken},
		{owner, []string{"/ngrok-token/import"}, post, session, sameOrigin, s.importNgrokToken},
		{owner, []string{"/ngrok-token/forget"}, post, session, sameOrigin, s.forgetNgrokToken},
		{owner, []string{"/keyring"}, post, session, sameOrigin, s.askKeyring},
		{owner, []string{"/public-url"}, post, session, sameOrigin, s.savePublicURL},
		{owner, []string{"/warning/dismiss"}, post, session, sameOrigin, s.dismissWarning},
		{owner, []string{"/start"}, post, session, sameOrigin, s.start},
		{owner, []string{"/stop"}, post, session, sameOrigin, s.stop},
		{owner, []string{"/toolset"}, post, session, sameOrigin, s.setToolset},
		{owner, []string{"/read-only"}, post, session, sameOrigin, s.setReadOnly},
		{owner, []string{"/index/enabled"}, post, session, sameOrigin, s.setIndex},
		{owner, []string{"/index/pause"}, post, session, sameOrigin, s.pauseIndex},
		{owner, []string{"/index/rebuild"}, post, session, sameOrigin, s.rebuildIndex},
		{owner, []string{"/index/exclude"}, post, session, sameOrigin, s.excludeDocument},
		{owner, []string{"/approve/find"}, post, session, sameOrigin, s.findRequest},
		{owner, []string{"/knock/bring"}, post, session, sameOrigin, s.bringKnock},
		{owner, []string{"/knock/allow"}, post, session, sameOrigin, s.allowKnock},
		{owner, []string{"/knock/ignore"}, post, session, sameOrigin, s.ignoreKnock},
		{owner, []string{"/hosts/forget"}, post, session, sameOrigin, s.forgetHost},
		{owner, []string{"/approve"}, post, session, sameOrigin, s.approve},
		{owner, []string{"/deny"}, post, session, sameOrigin, s.deny},
		{owner, []string{"/doctor"}, post, session, sameOrigin, s.examine},
		{owner, []string{"/revoke"}, post, session, sameOrigin, s.revokeConnection},
		{owner, []string{"/health"}, get, open, sameOrigin, serveHealth},
		{owner, []string{"/favicon.ico"}, get, open, sameOrigin, serveIcon},
		{owner, []string{"/static/style.css", "/static/owner.js", "/static/icon.png"}, get, open, sameOrigin, serveStatic},
	}
}

// resourcePaths are the resources that have a document of their own (RFC 9728
// section 3.1): Claude wants "resource" to equal the URL the owner typed.
var resourcePaths = []string{"", "/", "/mcp", "/mcp/", "/sse", "/sse/"}

const resourceWellKnown = "/.well-known/oauth-protected-resource"

func resourceDocumentPaths() []string {
	paths := []string{"/.well-known/protected-resource-metadata"}
	for _, p := range resourcePaths {
		paths = append(paths, resourceWellKnown+p)
	}
	return append(paths, "/mcp"+resourceWellKnown, "/sse"+resourceWellKnown)
}

// issuerDocumentPaths are all places where clients have been seen to look for
// the authorization server's document; each serves the same bytes.
func issuerDocumentPaths() []string {
	var paths []string
	for _, name := range []string{"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"} {
		for _, p := range resourcePaths {
			paths = append(paths, name+p)
		}
		paths = append(paths, "/mcp"+name, "/sse"+name)
	}
	return paths
}

// table renders the routes for the snapshot, one line a path.
func table(routes []route) string {
	var lines []string
	for _, r := range routes {
		for _, p := range r.paths {
			lines = append(lines, fmt.Sprintf("%-6s  %-7s  %-5s  %-15s  %s", r.door, r.guard, r.origins, strings.Join(r.methods, ","), p))
		}
	}
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(b[:6], a[:6]) })
	return strings.Join(lines, "\n") + "\n"
}
