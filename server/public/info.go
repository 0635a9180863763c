package public

import (
	"strings"

	"codabridge/server/oauth"
)

// info is what GET / tells a program, and what stands beside the error in
// every 401, so that a bare curl shows what this is.
type info struct {
	Name      string            `json:"name"`
	Version   string            `json:"version"`
	Protocol  string            `json:"protocol"`
	Endpoints map[string]string `json:"endpoints"`
	// Routes are all that the door serves, methods and path; only GET / has them.
	Routes []string `json:"routes,omitempty"`
	Status string   `json:"status"`
}

// errorInfo is info with an error in OAuth's form (RFC 6749 section 5.2).
type errorInfo struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	info
}

func (p *Public) info(origin string) info {
	return info{
		Name: "codabridge", Version: p.o.Version, Protocol: "MCP 2026-07-28 and 2024-11-05 to 2025-11-25", Status: "ok",
		Endpoints: map[string]string{
			"mcp": origin + "/mcp", "sse": origin + "/sse", "messages": origin + "/messages",
			"oauth": origin + "/.well-known/oauth-authorization-server", "resource": origin + resourceWellKnown,
			"register": origin + oauth.PathRegister, "authorize": origin + oauth.PathAuthorize, "token": origin + oauth.PathToken, "revoke": origin + oauth.PathRevoke,
			"openapi": origin + "/openapi.json", "openapi_yaml": origin + "/openapi.yaml", "actions": origin + actionsPath + "{tool}",
			"health": origin + "/healthz",
		},
	}
}

// whole is info with every route there is.
func (p *Public) whole(origin string) info {
	i := p.info(origin)
	for _, r := range p.Routes() {
		for _, path := range r.Paths {
			i.Routes = append(i.Routes, strings.Join(r.Methods, ",")+" "+path)
		}
	}
	return i
}
