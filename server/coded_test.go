package server

import (
	"bytes"
	"compress/gzip"
	"net/http/httptest"
	"strings"
	"testing"
)

// zipped is a text as gzip makes it.
func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestABodyMayBeCoded with gzip, up to the same size when it is decoded; of
// another way, and of one that it is not, the answer says so.
func TestABodyMayBeCoded(t *testing.T) {
	h := newHarness(t)
	key := h.mint("coda.read")
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	const client = `{"client_name":"Zipped","redirect_uris":["http://127.0.0.1/callback"]}`
	for _, c := range []struct {
		name, path, coding, body string
		status                   int
		says                     string
	}{
		{"a message", "/mcp", "gzip", zipped(t, ping), 200, `"result"`},
		{"by its old name", "/mcp", "X-GZip", zipped(t, ping), 200, `"result"`},
		{"none by its name", "/mcp", "identity", ping, 200, `"result"`},
		{"two members", "/mcp", "gzip", zipped(t, ping[:10]) + zipped(t, ping[10:]), 200, `"result"`},
		{"an action", "/actions/coda_list_documents", "gzip", zipped(t, `{}`), 200, `documents`},
		{"a registration", "/register", "gzip", zipped(t, client), 201, "client_id"},
		{"a token request", "/token", "gzip", zipped(t, "grant_type=refresh_token&refresh_token=none"), 401, "names no client"},
		{"another coding", "/mcp", "br", ping, 415, "Send it as it is, or with gzip"},
		{"two codings", "/mcp", "gzip, gzip", zipped(t, zipped(t, ping)), 415, "with gzip"},
		{"another coding of an action", "/actions/search", "zstd", "{}", 415, "with gzip"},
		{"another coding of a registration", "/register", "deflate", client, 415, "with gzip"},
		{"not coded at all", "/mcp", "gzip", ping, 400, "not what its Content-Encoding says"},
		{"cut short", "/mcp", "gzip", zipped(t, ping)[:20], 400, "not what its Content-Encoding says"},
		{"a bomb", "/mcp", "gzip", zipped(t, strings.Repeat(" ", 64<<20)+ping), 413, "longer than 4096 KiB"},
		{"a stranger's bomb", "/register", "gzip", zipped(t, strings.Repeat(" ", 1<<20)+client), 413, "64 KiB"},
	} {
		req := httptest.NewRequest("POST", h.public+c.path, strings.NewReader(c.body))
		req.Header.Set("Content-Type", "application/json")
		if c.path == "/token" {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		req.Header.Set("Accept", "application/json, text/event-stream")
		req.Header.Set("Content-Encoding", c.coding)
		if c.path == "/mcp" || strings.HasPrefix(c.path, "/actions/") {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		resp := h.do(req)
		var body bytes.Buffer
		_, _ = body.ReadFrom(resp.Body)
		if resp.StatusCode != c.status || !strings.Contains(body.String(), c.says) {
			t.Errorf("%s: %d %s; want %d %s", c.name, resp.StatusCode, &body, c.status, c.says)
		}
		if taken := resp.Header.Get("Accept-Encoding"); (taken == "gzip, identity") != (c.status == 415) {
			t.Errorf("%s: Accept-Encoding is %q", c.name, taken)
		}
	}
}
