package server

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http/httptest"
	"strings"
	"testing"

	"codabridge/server/oauth"
)

// self is what a server says of itself.
type self struct {
	Name, Title, Version, WebsiteURL string
	Icons                            []struct {
		Src, MIMEType string
		Sizes         []string
	}
}

// TestAClientSeesWhoWeAre by name, picture and page, in both eras of the
// protocol and at each door; picture and page are there for everybody.
func TestAClientSeesWhoWeAre(t *testing.T) {
	h := newHarness(t)
	key, _ := h.key(oauth.Key{Name: "a client"})
	modern := []string{"MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "server/discover"}
	for name, c := range map[string]struct {
		origin, body string
		header       []string
	}{
		"the older era": {h.publicURL(), `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`, nil},
		"this computer": {"http://127.0.0.1:8085", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`, nil},
		"the newer era": {h.publicURL(), `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`, modern},
	} {
		door := h.handler
		if c.origin != h.publicURL() {
			door = h.server.Local()
		}
		req := httptest.NewRequest("POST", c.origin+"/mcp", strings.NewReader(c.body))
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		for i := 0; i < len(c.header); i += 2 {
			req.Header.Set(c.header[i], c.header[i+1])
		}
		rec := httptest.NewRecorder()
		door.ServeHTTP(rec, req)
		var got struct {
			Result struct {
				ServerInfo self
				Meta       map[string]json.RawMessage `json:"_meta"`
			}
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v %s", name, err, rec.Body)
		}
		who := got.Result.ServerInfo
		if raw := got.Result.Meta["io.modelcontextprotocol/serverInfo"]; raw != nil {
			if err := json.Unmarshal(raw, &who); err != nil {
				t.Fatal(err)
			}
		}
		if who.Name != "codabridge" || !strings.Contains(who.Title, "Coda") || who.Version == "" || who.WebsiteURL != c.origin+"/" || len(who.Icons) != 1 {
			t.Errorf("%s: %+v in %s", name, who, rec.Body)
			continue
		}
		for _, link := range []string{who.WebsiteURL, who.Icons[0].Src} {
			rec = httptest.NewRecorder()
			look := httptest.NewRequest("GET", link, nil)
			look.Header.Set("Accept", "text/html,image/png")
			door.ServeHTTP(rec, look)
			if rec.Code != 200 {
				t.Errorf("%s: %s: %d", name, link, rec.Code)
			}
		}
		picture, err := png.DecodeConfig(bytes.NewReader(rec.Body.Bytes()))
		icon := who.Icons[0]
		if err != nil || icon.MIMEType != rec.Header().Get("Content-Type") || icon.Sizes[0] != "256x256" || picture.Width != 256 || picture.Height != 256 {
			t.Errorf("%s: %+v: %v %+v", name, who.Icons, err, picture)
		}
	}
}
