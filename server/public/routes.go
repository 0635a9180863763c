package public

import (
	"codabridge/server/door"
	"codabridge/server/oauth"
)

// mcpPaths are the places where MCP over streamable HTTP is served. The URL is
// used as the owner typed it, so all spellings answer alike.
var mcpPaths = []string{"/", "/mcp", "/mcp/"}

// ssePaths are the places of the older HTTP+SSE transport.
var ssePaths = []string{"/sse", "/sse/"}

// Routes are all that the internet may reach.
func (p *Public) Routes() []door.Route {
	const get, post, all = "GET", "POST", "GET,POST,DELETE"
	bearer := p.bearer()
	return []door.Route{
		door.At(all, bearer, door.KnownOnly, p.serveMCP, mcpPaths...),
		door.At(all, bearer, door.KnownOnly, p.serveSSE, ssePaths...),
		door.At(post, bearer, door.KnownOnly, p.serveMessages, "/messages", "/messages/"),
		door.At(post, bearer, door.KnownOnly, p.serveAction, actionsPath+door.AnyName),

		door.At(get, door.Open, door.AnyOrigin, p.serveResourceDocument, resourceDocumentPaths()...),
		door.At(get, door.Open, door.AnyOrigin, p.o.OAuth.Metadata, issuerDocumentPaths()...),
		door.At(post, door.Open, door.AnyOrigin, p.o.OAuth.Register, "/register"),
		door.At(get, door.Open, door.SameOrigin, p.o.OAuth.Authorize, "/authorize"),
		door.At(get, door.Open, door.SameOrigin, p.waitForOwner, "/authorize/wait"),
		door.At(get, door.Open, door.SameOrigin, p.o.OAuth.Here, oauth.PathHere),
		door.At(post, door.Open, door.AnyOrigin, p.o.OAuth.Token, "/token"),
		door.At(post, door.Open, door.AnyOrigin, p.o.OAuth.RevokeToken, "/revoke"),

		door.At(get, p.deepGuard(), door.AnyOrigin, p.serveDeepHealth, "/health", "/healthz"),
		door.At(get, door.Open, door.AnyOrigin, p.serveOpenAPI, "/openapi.json", "/openapi.yaml"),
		door.At(get, door.Open, door.AnyOrigin, door.ServeIcon, "/favicon.ico"),
		door.At(get, door.Open, door.AnyOrigin, serveRobots, "/robots.txt"),
		door.At(get, door.Open, door.AnyOrigin, door.ServeStatic, "/static/style.css", "/static/oauth.js", "/static/icon.png"),
	}
}

const resourceWellKnown = "/.well-known/oauth-protected-resource"

// resourceDocumentPaths are where the documents of our resources stand (RFC 9728
// section 3.1), one for each address: Claude wants "resource" to equal the URL
// the owner typed.
func resourceDocumentPaths() []string {
	paths := []string{"/.well-known/protected-resource-metadata"}
	for _, p := range oauth.ResourcePaths() {
		paths = append(paths, resourceWellKnown+p)
	}
	return append(paths, "/mcp"+resourceWellKnown, "/sse"+resourceWellKnown)
}

// issuerDocumentPaths are all places where clients have been seen to look for
// the authorization server's document; each serves the same bytes.
func issuerDocumentPaths() []string {
	var paths []string
	for _, name := range []string{"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"} {
		for _, p := range oauth.ResourcePaths() {
			paths = append(paths, name+p)
		}
		paths = append(paths, "/mcp"+name, "/sse"+name)
	}
	return paths
}
