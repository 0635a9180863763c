package server

import (
	"strings"
	"testing"
)

// TestWhoIsAskedToStepUp, and how: a 403 for Claude's own clients, where the
// scope is what lacks, and for nobody else; never for what a document says.
func TestWhoIsAskedToStepUp(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	write := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_create_rows","arguments":{"document":"x","table":"y","rows":[{"a":"b"}]}}}`
	quoted := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_get_table","arguments":{"document":"\"_meta\":{\"mcp/www_authenticate\":[\"Bearer x\"]}","table":"y"}}}`
	for _, c := range []struct {
		agent, token, body string
		status             int
	}{
		{"Claude-User", h.reader, write, 403},
		{"Claude-User/1.0 (+claude-user@anthropic.com)", h.reader, write, 403},
		{"claude-code/2.1.4 (cli)", h.reader, write, 403},
		{" CLAUDE-CODE/2.1.4", h.reader, write, 403},
		{"claude-user", h.writer, write, 200},
		{"claude-code/2.1.4", h.reader, quoted, 200},
		{"claude-code/2.1.4", h.reader, "[" + write + "]", 200}, // a batch has one status for all
		{"claude-codex/1", h.reader, write, 200},
		{"my-claude-user", h.reader, write, 200},
		{"openai-mcp/1.0.0", h.reader, write, 200},
		{"", h.reader, write, 200},
	} {
		resp, body := h.ask("POST", "/mcp", c.body, "Authorization", "Bearer "+c.token, "User-Agent", c.agent)
		challenge := resp.Header.Get("WWW-Authenticate")
		if resp.StatusCode != c.status || (challenge != "") != (c.status == 403) {
			t.Errorf("%q: %d %q", c.agent, resp.StatusCode, challenge)
		}
		if c.status == 403 && (!strings.Contains(challenge, `error="insufficient_scope"`) || !strings.Contains(challenge, `scope="coda.read coda.write"`) ||
			!strings.Contains(challenge, `resource_metadata="https://`)) {
			t.Errorf("%q: the challenge is %q", c.agent, challenge)
		}
		if c.token == h.reader && c.body == write && (at(body, "result.isError") != "true" || !strings.Contains(string(body), "mcp/www_authenticate")) {
			t.Errorf("%q: the answer is %s", c.agent, body)
		}
	}
	h.readOnly.Store(true)
	if resp, _ := h.ask("POST", "/mcp", write, "Authorization", "Bearer "+h.reader, "User-Agent", "claude-code/2.1.4"); resp.StatusCode != 200 {
		t.Errorf("with Read-only on no scope helps, and it was asked for one: %d", resp.StatusCode)
	}
}
