package public

import (
	"net/http"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/oauth"
)

// resourceDocument is the protected resource metadata of RFC 9728 section 2.
type resourceDocument struct {
	Resource      string   `json:"resource"`
	Servers       []string `json:"authorization_servers"`
	Scopes        []string `json:"scopes_supported"`
	Methods       []string `json:"bearer_methods_supported"`
	Name          string   `json:"resource_name"`
	Documentation string   `json:"resource_documentation"`
}

// resourceDocumentURL is where the document of the resource at path stands.
// The message endpoint belongs to the SSE stream: TypeScript clients compare
// the two (modelcontextprotocol/typescript-sdk, client/auth).
func resourceDocumentURL(origin, path string) string {
	if strings.HasPrefix(path, "/messages") {
		path = "/sse"
	}
	if path == "/" {
		path = ""
	}
	return origin + resourceWellKnown + path
}

func (p *Public) serveResourceDocument(w http.ResponseWriter, req *http.Request) {
	origin := caller.Origin(req.Context())
	door.WriteJSON(w, http.StatusOK, resourceDocument{
		Resource: origin + resourceOf(req.URL.Path), Servers: []string{origin},
		Scopes: []string{oauth.ScopeRead, oauth.ScopeWrite}, Methods: []string{"header"},
		Name: "codabridge", Documentation: origin + "/",
	})
}

// resourceOf tells which resource a document path speaks of.
func resourceOf(path string) string {
	if rest, ok := strings.CutPrefix(path, resourceWellKnown); ok {
		if rest == "/" {
			return ""
		}
		return rest
	}
	for _, p := range []string{"/mcp", "/sse"} {
		if strings.HasPrefix(path, p+"/") {
			return p
		}
	}
	return ""
}
