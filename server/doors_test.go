package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"codabridge/server/oauth"
)

// TestMessagesWrittenByHand, as the first bridges of this kind took them.
func TestMessagesWrittenByHand(t *testing.T) {
	h := newHarness(t)
	key, _ := h.key(oauth.Key{Name: "by hand"})
	for name, c := range map[string]struct{ path, body, wants string }{
		"a tool as the method": {"/", `{"method":"coda_list_documents","params":{"limit":10}}`, `"id":1,"result":{"content":[{"type":"text","text":"{`},
		"with its form":        {"/mcp", `{"jsonrpc":"2.0","id":"a","method":"coda_list_documents"}`, `"id":"a","result":{"content"`},
		"params of PHP":        {"/mcp", `{"jsonrpc":"2.0","id":7,"method":"coda_list_documents","params":[]}`, `"id":7,"result":{"content"`},
		"params null":          {"/mcp", `{"id":null,"method":"coda_list_documents","params":null}`, `"result":{"content"`},
		"a wrong argument":     {"/sse", `{"id":3,"method":"coda_list_documents","params":{"x":1}}`, `"isError":true`},
		"without a session":    {"/messages", `{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{}}}`, `Product Roadmap`},
		"by hand, no session":  {"/messages", `{"method":"search","params":{"query":"roadmap"}}`, `"result":{`},
		"no version":           {"/mcp", `{"jsonrpc":"2.0","id":5,"method":"initialize"}`, `"protocolVersion":"`},
		"no version, params":   {"/messages", `{"jsonrpc":"2.0","id":5,"method":"initialize","params":{}}`, `"protocolVersion":"`},
		"no tool":              {"/mcp", `{"method":"coda_list_docs"}`, `Did you mean coda_list_documents`},
		"no tool, with form":   {"/mcp", `{"jsonrpc":"2.0","id":6,"method":"coda_fly"}`, `-32601`},
		"not offered":          {"/mcp", `{"method":"coda_delete_document","params":{}}`, `does not offer`},
	} {
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "text/plain"} {
			resp, body := h.ask("POST", c.path, c.body, "Authorization", "Bearer "+key, "Content-Type", kind)
			if !strings.Contains(string(body), c.wants) || resp.StatusCode != 200 && name != "no tool" {
				t.Errorf("%s as %s: %d %s", name, kind, resp.StatusCode, body)
			}
		}
	}
	if resp, body := h.ask("POST", "/messages?sessionId=gone", listDocuments(1), "X-API-Key", key); resp.StatusCode != 404 {
		t.Errorf("a session that is gone: %d %s", resp.StatusCode, body)
	}
	// A client of 2026-07-28 has headers that say what it sends.
	if _, body := h.ask("POST", "/mcp", `{"method":"coda_list_documents"}`, "X-API-Key", key, "Mcp-Protocol-Version", "2026-07-28"); strings.Contains(string(body), "Roadmap") {
		t.Errorf("served to a client of the newest version: %s", body)
	}
	if resp, _ := h.ask("POST", "/messages", listDocuments(1)); resp.StatusCode != 401 {
		t.Errorf("without a key: %d", resp.StatusCode)
	}
}

// TestTheRootListsAllThereIs to who asks for JSON.
func TestTheRootListsAllThereIs(t *testing.T) {
	h := newHarness(t)
	_, body := h.ask("GET", "/", "", "Accept", "application/json")
	var v struct {
		Endpoints map[string]string
		Routes    []string
	}
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	listed := strings.Join(v.Routes, "\n") + "\n"
	for _, r := range h.server.public.Routes() {
		for _, path := range r.Paths {
			if !strings.Contains(listed, strings.Join(r.Methods, ",")+" "+path+"\n") {
				t.Errorf("%s is not listed", path)
			}
		}
	}
	for name, link := range v.Endpoints {
		path := strings.TrimPrefix(link, h.public)
		if !strings.Contains(listed, " "+strings.Replace(path, "{tool}", "{name}", 1)+"\n") {
			t.Errorf("%s leads to %s, which is not there", name, link)
		}
	}
}

// TestHealth says little to a stranger, and more to who has a key.
func TestHealth(t *testing.T) {
	h := newHarness(t)
	key, _ := h.key(oauth.Key{Name: "a monitor"})
	for _, path := range []string{"/health", "/healthz", "/healthz?deep=0"} {
		if resp, body := h.ask("GET", path, ""); resp.StatusCode != 200 || strings.TrimSpace(string(body)) != `{"status":"ok"}` {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if resp, body := h.ask("GET", "/healthz?deep=1", ""); resp.StatusCode != 401 || strings.Contains(string(body), `"coda"`) {
		t.Errorf("a stranger: %d %s", resp.StatusCode, body)
	}
	for _, header := range [][]string{{"X-API-Key", key}, {"Authorization", "Bearer " + h.reader}} {
		if resp, body := h.ask("GET", "/healthz?deep=1", "", header...); resp.StatusCode != 200 || !strings.Contains(string(body), `"coda":"ok"`) {
			t.Errorf("%s: %d %s", header[0], resp.StatusCode, body)
		}
	}
	rec := httptest.NewRecorder()
	h.owner.ServeHTTP(rec, httptest.NewRequest("GET", "http://127.0.0.1:8086/healthz?deep=1", nil))
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"coda":"ok"`) {
		t.Errorf("on the owner's door: %d %s", rec.Code, rec.Body)
	}
}

// TestOtherLocalNames lead to the door on this computer and to no other.
func TestOtherLocalNames(t *testing.T) {
	h := newHarness(t)
	h.hosts = []string{"host.docker.internal"}
	key, _ := h.key(oauth.Key{Name: "a container"})
	for name, c := range map[string]struct {
		door   http.Handler
		host   string
		status int
	}{
		"the local door":           {h.server.Local(), "host.docker.internal:8085", 200},
		"in capitals":              {h.server.Local(), "HOST.docker.internal:8085", 200},
		"another port":             {h.server.Local(), "host.docker.internal:8086", 403},
		"no port":                  {h.server.Local(), "host.docker.internal", 403},
		"another name":             {h.server.Local(), "evil.docker.internal:8085", 403},
		"the public door":          {h.server.Public(), "host.docker.internal:8085", 403},
		"the owner's door":         {h.server.Owner(), "host.docker.internal:8086", 403},
		"the local door as before": {h.server.Local(), "127.0.0.1:8085", 200},
	} {
		req := httptest.NewRequest("POST", "http://"+c.host+"/mcp", strings.NewReader(listDocuments(1)))
		req.Header.Set("X-API-Key", key)
		rec := httptest.NewRecorder()
		c.door.ServeHTTP(rec, req)
		if rec.Code != c.status {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
	rec := httptest.NewRecorder()
	h.server.Local().ServeHTTP(rec, httptest.NewRequest("GET", "http://host.docker.internal:8085/openapi.json", nil))
	if !strings.Contains(rec.Body.String(), `"url":"http://host.docker.internal:8085"`) {
		t.Errorf("%.200s", rec.Body)
	}
}
