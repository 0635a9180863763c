package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// BenchmarkRequest is what a request costs on its way through the public door:
// one that needs neither token nor MCP, one that asks nobody upstream, and a
// tool call that makes one upstream request, beside that request alone.
func BenchmarkRequest(b *testing.B) {
	h := newHarness(b)
	srv := httptest.NewServer(h.handler)
	b.Cleanup(srv.Close)
	c := &http.Client{Transport: &http.Transport{}}
	b.Cleanup(c.CloseIdleConnections)
	send := func(b *testing.B, method, path, body string) {
		b.Helper()
		req, err := http.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		if strings.HasPrefix(path, srv.URL) {
			req.Host = "abc.ngrok-free.dev"
			req.Header.Set("Authorization", "Bearer "+h.writer)
		} else {
			req.Header.Set("Authorization", "Bearer "+codatest.Token)
		}
		if body != "" {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			req.Header.Set("Mcp-Protocol-Version", "2025-06-18")
		}
		resp, err := c.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode >= 300 || strings.Contains(string(answer), `"error"`) {
			b.Fatalf("%d %.300s %v", resp.StatusCode, answer, err)
		}
	}
	d := codatest.Sample().Docs[0]
	doc, table := d.ID, d.Tables[1].ID
	row := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_get_row","arguments":{"document":"` + doc + `","table":"` + table + `","row":"` + d.Tables[1].Rows[0].ID + `"}}}`
	for _, k := range []struct{ name, method, path, body string }{
		{"health", "GET", srv.URL + "/health", ""},
		{"ping", "POST", srv.URL + "/mcp", `{"jsonrpc":"2.0","id":1,"method":"ping"}`},
		{"initialize", "POST", srv.URL + "/mcp", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"b","version":"1"}}}`},
		{"row", "POST", srv.URL + "/mcp", row},
		{"bare row", "GET", h.coda().URL() + "/docs/" + doc + "/tables/" + table + "/rows/" + d.Tables[1].Rows[0].ID + "?valueFormat=rich", ""},
	} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				send(b, k.method, k.path, k.body)
			}
		})
	}
}
