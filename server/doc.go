// Package server is the bridge's HTTP side: two handlers, one for the internet
// and one for the owner.
//
//   - Public() is what the tunnel and 127.0.0.1:8085 serve: MCP in both
//     protocol eras, the OAuth endpoints, discovery documents, a small page.
//   - Owner() is what 127.0.0.1:8086 serves: set-up, approvals, connections.
//
// What is not in Public() cannot be reached from the internet, whatever the
// headers say.
//
// # Decisions
//
// All routes stand in one table (routes.go) whose snapshot is
// testdata/routes.txt. Paths match exactly and nothing redirects, because MCP
// clients do not follow a redirect on POST, and http.ServeMux would redirect.
//
// The origin of a request (and with it the OAuth issuer) is chosen from the
// known origins by the Host header; an unknown Host gets 403 and nothing else.
// Forwarding headers decide nothing but the address used for rate limits.
//
// mcp-go runs stateless with streaming off; body limits, Host, Origin, bearer,
// CORS, recovery and cancellation are here, because the library has none of
// them or has them in a form that one client could use against another.
package server
