package public

// info is what GET / tells a program, and what stands beside the error in
// every 401, so that a bare curl shows what this is.
type info struct {
	Name      string            `json:"name"`
	Version   string            `json:"version"`
	Protocol  string            `json:"protocol"`
	Endpoints map[string]string `json:"endpoints"`
	Status    string            `json:"status"`
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
			"mcp": origin + "/mcp", "sse": origin + "/sse",
			"oauth": origin + "/.well-known/oauth-authorization-server",
		},
	}
}
