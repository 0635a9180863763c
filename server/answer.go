package server

import (
	"encoding/json"
	"net/http"
	"strconv"
)

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

func (s *Server) info(origin string) info {
	return info{
		Name: "codabridge", Version: s.o.Version, Protocol: "MCP 2026-07-28 and 2024-11-05 to 2025-11-25", Status: "ok",
		Endpoints: map[string]string{
			"mcp": origin + "/mcp", "sse": origin + "/sse",
			"oauth": origin + "/.well-known/oauth-authorization-server",
		},
	}
}

// writeJSON answers with v. A value that cannot be encoded is a fault of ours,
// so it panics into the recovery of the door.
func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	b = append(b, '\n')
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b)
}

func writeError(w http.ResponseWriter, status int, code, sentence string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": sentence})
}

// rpcError is a JSON-RPC error without an id, for requests refused before
// their body is understood.
func writeRPCError(w http.ResponseWriter, status, code int, sentence string) {
	writeJSON(w, status, map[string]any{
		"jsonrpc": "2.0", "id": nil,
		"error": map[string]any{"code": code, "message": sentence},
	})
}
