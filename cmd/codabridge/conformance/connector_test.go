//go:build conformance

package conformance

import (
	"net/http"
	"strings"
	"testing"
)

// writes adds rows to the first table that takes them and sees them there.
func (h *house) writes(t *testing.T, url, token string) {
	t.Helper()
	var docs struct{ Documents []struct{ ID string } }
	h.tool(t, url, token, "coda_list_documents", map[string]any{}, &docs)
	for _, d := range docs.Documents {
		var tables struct {
			Tables []struct{ ID, Type string }
		}
		h.tool(t, url, token, "coda_list_tables", map[string]any{"document": d.ID}, &tables)
		for _, table := range tables.Tables {
			if column := h.textColumn(t, url, token, d.ID, table.ID); column != "" && table.Type != "view" {
				h.writesTo(t, url, token, d.ID, table.ID, column)
				return
			}
		}
	}
	t.Fatal("the workspace has no table with a text column")
}

// textColumn names a column of a table that takes any text, or nothing.
func (h *house) textColumn(t *testing.T, url, token, document, table string) string {
	t.Helper()
	var a struct {
		Columns []struct {
			Name, Type string
			Calculated bool
			ReadOnly   bool `json:"read_only"`
		}
	}
	h.tool(t, url, token, "coda_get_table", map[string]any{"document": document, "table": table}, &a)
	for _, c := range a.Columns {
		if c.Type == "text" && !c.Calculated && !c.ReadOnly {
			return c.Name
		}
	}
	return ""
}

func (h *house) writesTo(t *testing.T, url, token, document, table, column string) {
	t.Helper()
	const line = "written by a connector"
	args := map[string]any{"document": document, "table": table, "rows": []any{map[string]any{column: line}}}
	var done struct {
		Status string
		Rows   []string `json:"row_ids"`
	}
	h.tool(t, url, token, "coda_create_rows", args, &done)
	if done.Status != "applied" || len(done.Rows) != 1 {
		t.Fatalf("coda_create_rows: %+v", done)
	}
	a := h.chatgpt(t, url, token, call{id: "row", method: "tools/call", tool: "coda_get_row",
		args: map[string]any{"document": document, "table": table, "row": done.Rows[0]}})
	if a.result.IsError || !strings.Contains(a.body, line) {
		t.Errorf("the new row cannot be read: %s", short(a.body))
	}
}

// legacy is what a connector falls back to: no session, older versions.
func (h *house) legacy(t *testing.T, url, token string) {
	t.Helper()
	for _, version := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"} {
		a := h.post(t, url, token, nil, map[string]any{"jsonrpc": "2.0", "id": "i", "method": "initialize", "params": map[string]any{
			"protocolVersion": version, "capabilities": map[string]any{}, "clientInfo": map[string]any{"name": "openai-mcp", "version": "1.0.0"}}})
		if a.status != 200 || a.result.ProtocolVersion != version {
			t.Fatalf("initialize %s: %d %s", version, a.status, short(a.body))
		}
		head := http.Header{"Mcp-Protocol-Version": {version}}
		if a := h.post(t, url, token, head, map[string]any{"jsonrpc": "2.0", "method": "notifications/initialized"}); a.status != 202 {
			t.Fatalf("initialized %s: %d %s", version, a.status, short(a.body))
		}
		a = h.post(t, url, token, head, map[string]any{"jsonrpc": "2.0", "id": "l", "method": "tools/list"})
		if a.status != 200 || len(a.result.Tools) < 13 {
			t.Fatalf("tools/list %s: %d %s", version, a.status, short(a.body))
		}
	}
}

// revoke ends the connection from a terminal; both tokens are over at once.
func (h *house) revoke(t *testing.T, url string, g *grant) {
	t.Helper()
	s, err := h.status()
	if err != nil || len(s.Connections) != 1 {
		t.Fatalf("want one connection: %+v, %v", s.Connections, err)
	}
	if _, err := h.command("revoke", s.Connections[0].ID); err != nil {
		t.Fatal(err)
	}
	h.refused(t, url, g.access)
	if code := g.refuses(t); code != "invalid_grant" {
		t.Errorf("the refresh token of an ended connection is answered with %q", code)
	}
}

// A client that asked for everything and was allowed to read finds no writing
// tool, and a write that it tries all the same is refused with the way to ask
// for more.
func TestReadOnlyYes(t *testing.T) {
	t.Parallel()
	h := open(t)
	const redirect = "https://chatgpt.com/connector_platform_oauth_redirect"
	g := h.signIn(t, h.issuer(), "https://chatgpt.com/oauth/client.json", redirect, h.issuer(), readOnly)
	if strings.Contains(g.scope, "coda.write") {
		t.Errorf("the token is for %q", g.scope)
	}
	h.handshake(t, h.issuer(), g.access)
	if a := h.chatgpt(t, h.issuer(), g.access, call{id: "l", method: "tools/list"}); strings.Contains(a.body, `"readOnlyHint":false`) {
		t.Error("tools/list shows tools that write")
	}
	a := h.chatgpt(t, h.issuer(), g.access, call{id: "w", method: "tools/call", tool: "coda_append_to_page",
		args: map[string]any{"document": "x", "page": "y", "content": "z"}})
	if !a.result.IsError || a.result.Meta["mcp/www_authenticate"] == nil {
		t.Errorf("a write without the scope: %d %s", a.status, short(a.body))
	}
}
