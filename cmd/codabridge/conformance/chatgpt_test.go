//go:build conformance

package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const modern = "2026-07-28"

// call is one JSON-RPC request as ChatGPT's captured requests look: version,
// method and tool name stand in headers and in the body.
type call struct {
	id, method, tool string
	args             any
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	result struct {
		ResultType        string            `json:"resultType"`
		SupportedVersions []string          `json:"supportedVersions"`
		ProtocolVersion   string            `json:"protocolVersion"`
		Tools             []json.RawMessage `json:"tools"`
		IsError           bool              `json:"isError"`
		Structured        json.RawMessage   `json:"structuredContent"`
		Meta              map[string]any    `json:"_meta"`
		Content           []struct{ Text string }
	}
}

// chatgpt sends a call to url, as the connector does.
func (h *house) chatgpt(t *testing.T, url, token string, c call) answer {
	t.Helper()
	meta := map[string]any{"io.modelcontextprotocol/protocolVersion": modern, "io.modelcontextprotocol/clientCapabilities": map[string]any{},
		"io.modelcontextprotocol/clientInfo": map[string]any{"name": "openai-mcp", "version": "1.0.0"}}
	params := map[string]any{"_meta": meta}
	if c.tool != "" {
		params["name"], params["arguments"] = c.tool, c.args
	}
	head := http.Header{"Mcp-Protocol-Version": {modern}, "Mcp-Method": {c.method}}
	if c.tool != "" {
		head.Set("Mcp-Name", c.tool)
	}
	return h.post(t, url, token, head, map[string]any{"jsonrpc": "2.0", "id": c.id, "method": c.method, "params": params})
}

// post sends any JSON-RPC message.
func (h *house) post(t *testing.T, url, token string, head http.Header, message any) answer {
	t.Helper()
	body, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range head {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("User-Agent", "openai-mcp/1.0.0")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := h.web(url).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v after %d of %d bytes: %s %v\nThe bridge said:\n%s", body, err, len(text), res.ContentLength, res.Status, res.Header, h.log())
	}
	a := answer{status: res.StatusCode, header: res.Header, body: string(text)}
	var envelope struct {
		ID     string
		Result json.RawMessage
	}
	if json.Unmarshal(text, &envelope) == nil && envelope.Result != nil {
		if err := json.Unmarshal(envelope.Result, &a.result); err != nil {
			t.Fatalf("%s: %v", short(a.body), err)
		}
		if want := message.(map[string]any)["id"]; envelope.ID != want {
			t.Errorf("the answer to %v is for %q", want, envelope.ID)
		}
	}
	return a
}

// handshake is ChatGPT's: discover, list, search, fetch.
func (h *house) handshake(t *testing.T, url, token string) {
	t.Helper()
	a := h.chatgpt(t, url, token, call{id: "openai-mcp-discover", method: "server/discover"})
	if a.status != 200 || !slices.Contains(a.result.SupportedVersions, modern) || a.result.ResultType != "complete" {
		t.Fatalf("discover: %d %s", a.status, short(a.body))
	}
	a = h.chatgpt(t, url, token, call{id: "2", method: "tools/list"})
	if a.status != 200 || len(a.result.Tools) < 10 { // those that only read
		t.Fatalf("tools/list: %d %s", a.status, short(a.body))
	}
	var found struct {
		Results []struct{ ID, Title, URL string }
	}
	h.tool(t, url, token, "search", map[string]any{"query": "roadmap"}, &found)
	if len(found.Results) == 0 {
		t.Fatal("search found nothing")
	}
	var page struct{ ID, Title, Text, URL string }
	h.tool(t, url, token, "fetch", map[string]any{"id": found.Results[0].ID}, &page)
	if page.ID != found.Results[0].ID || page.Title == "" || page.Text == "" || !strings.HasPrefix(page.URL, "https://") {
		t.Fatalf("fetch: %+v", page)
	}
}

// tool calls a tool and reads its answer: of search and fetch in both forms.
func (h *house) tool(t *testing.T, url, token, name string, args, into any) {
	t.Helper()
	a := h.chatgpt(t, url, token, call{id: "t-" + name, method: "tools/call", tool: name, args: args})
	if a.status != 200 || a.result.IsError || len(a.result.Content) != 1 {
		t.Fatalf("%s: %d %s", name, a.status, short(a.body))
	}
	text := a.result.Content[0].Text
	if want := map[string]string{"search": text, "fetch": text}[name]; string(a.result.Structured) != want {
		t.Fatalf("%s: structuredContent is not %q: %s", name, want, short(a.body))
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// refused wants a 401 that shows the way to the sign-in, and follows it to
// the resource's name.
func (h *house) refused(t *testing.T, url, token string) (resource string) {
	t.Helper()
	a := h.chatgpt(t, url, token, call{id: "openai-mcp-discover", method: "server/discover"})
	challenge := a.header.Get("WWW-Authenticate")
	_, rest, _ := strings.Cut(challenge, `resource_metadata="`)
	document, _, ok := strings.Cut(rest, `"`)
	if a.status != http.StatusUnauthorized || !ok || !strings.HasPrefix(document, h.issuer()+"/.well-known/") {
		t.Fatalf("without a token: %d, challenge %q", a.status, challenge)
	}
	if token != "" && !strings.Contains(challenge, `error="invalid_token"`) {
		t.Errorf("a token that is not good is answered with %q", challenge)
	}
	text, err := get(h.web(document), document, "application/json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Resource string
		Servers  []string `json:"authorization_servers"`
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil || len(d.Servers) != 1 || d.Servers[0] != h.issuer() {
		t.Fatalf("resource document: %s", short(text))
	}
	return d.Resource
}

// ChatGPT and Claude come with a client ID that is the address of a document.
// They connect, the bridge dies and comes back, they refresh, it restarts,
// and the owner ends it.
func TestConnectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, path, client, redirect string }{
		{"ChatGPT", "/mcp", "https://chatgpt.com/oauth/client.json", "https://chatgpt.com/connector_platform_oauth_redirect"},
		{"ChatGPT with the bare address", "", "https://chatgpt.com/oauth/client.json", "https://chatgpt.com/connector_platform_oauth_redirect"},
		{"Claude", "/mcp", "https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t, "CODABRIDGE_ACCESS_TTL=60")
			url := h.issuer() + c.path
			resource := h.refused(t, url, "")
			if resource != url {
				t.Errorf("the resource is %q, and the owner typed %q", resource, url)
			}
			h.probes(t)
			g := h.signIn(t, h.issuer(), c.client, c.redirect, resource)
			if g.expires != 60 || !strings.Contains(g.scope, "coda.write") {
				t.Errorf("the token lives %d s and is for %q", g.expires, g.scope)
			}
			h.handshake(t, url, g.access)
			h.writes(t, url, g.access)
			h.legacy(t, url, g.access)
			h.restart("kill")
			h.handshake(t, url, g.access)
			g.renew(t)
			h.handshake(t, url, g.access)
			h.restart("stop")
			h.handshake(t, url, g.access)
			g.renew(t)
			h.handshake(t, url, g.access)
			h.revoke(t, url, g)
		})
	}
}

// probes are the places where ChatGPT has been seen to look for the
// authorization server's document.
func (h *house) probes(t *testing.T) {
	t.Helper()
	want := ""
	for _, p := range []string{"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/mcp/.well-known/openid-configuration",
		"/.well-known/openid-configuration/mcp", "/.well-known/oauth-authorization-server/mcp"} {
		text, err := get(h.web(h.issuer()), h.issuer()+p, "application/json")
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = text
		}
		if text != want || !strings.Contains(text, fmt.Sprintf(`"issuer":%q`, h.issuer())) {
			t.Errorf("%s: another document: %s", p, short(text))
		}
	}
}
