package server

import (
	"codabridge/server/door"
	"codabridge/server/golden"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestTheRouteTableIsTheOneThatWasReviewed(t *testing.T) {
	h := newHarness(t)
	golden.Check(t, "testdata/routes.txt", door.Table(door.Public, h.server.public.Routes())+door.Table(door.Owner, h.server.owner.Routes()))
}

func TestTheIssuerDocumentIsTheSameBytesEverywhere(t *testing.T) {
	h := newHarness(t)
	var first string
	if n := len(h.issuerDocuments()); n < 16 {
		t.Fatalf("the document stands in %d places", n)
	}
	for _, path := range h.issuerDocuments() {
		req := httptest.NewRequest("GET", h.public+path, nil)
		resp := h.do(req)
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
		if first == "" {
			first = string(body)
		}
		if string(body) != first {
			t.Errorf("%s differs:\n%s\n%s", path, body, first)
		}
	}
}

// issuerDocuments are the paths of the authorization server's document.
func (h *harness) issuerDocuments() (paths []string) {
	for _, r := range h.server.public.Routes() {
		if slices.ContainsFunc(r.Paths, func(p string) bool { return strings.HasSuffix(p, "openid-configuration") }) {
			paths = append(paths, r.Paths...)
		}
	}
	return paths
}

func TestNothingOfTheOwnersDoorIsPublic(t *testing.T) {
	h := newHarness(t)
	var onPublic []string
	for _, r := range h.server.public.Routes() {
		onPublic = append(onPublic, r.Paths...)
	}
	shared := []string{"/", "/health", "/healthz", "/favicon.ico", "/revoke", "/static/style.css", "/static/icon.png"}
	for _, r := range h.server.owner.Routes() {
		for _, p := range r.Paths {
			if slices.Contains(onPublic, p) && !slices.Contains(shared, p) {
				t.Errorf("%s is on both doors", p)
			}
		}
		if r.Guard.Name == "open" && !slices.Contains(r.Methods, "GET") && r.Paths[0] != "/session" {
			t.Errorf("%v can be posted to without a session", r.Paths)
		}
	}
}

func TestABodyOverTheLimitIsRefusedAndTheServerGoesOn(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		name, token string
		size        int
		want        int
	}{
		{"a client may send 3 MiB, which is then no valid JSON", h.writer, 3 << 20, 400},
		{"a client may not send 10 MB", h.writer, 10 << 20, 413},
		{"a stranger's 10 MB are not read", "", 10 << 20, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := httptest.NewRequest("POST", h.public+"/mcp", strings.NewReader(strings.Repeat("x", c.size)))
			req.Header.Set("Content-Type", "application/json")
			if c.token != "" {
				req.Header.Set("Authorization", "Bearer "+c.token)
			}
			if resp := h.do(req); resp.StatusCode != c.want {
				t.Errorf("status %d, want %d", resp.StatusCode, c.want)
			}
		})
	}
}

// TestARefusalSaysWhereItCameFrom: lines of what is not served, and of foreign
// names, had no address, so a scanner could not be told from a lost client.
func TestARefusalSaysWhereItCameFrom(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct {
		door         http.Handler
		target, want string
	}{
		{h.server.Public(), h.public + "/wp-login.php", "path=/wp-login.php host=abc.ngrok-free.dev origin=\"\" addr=203.0.113.7"},
		{h.server.Public(), "https://evil.test/mcp", "path=/mcp host=evil.test origin=\"\" addr=203.0.113.7"}, // the tunnel wrote the header
		{h.server.Local(), "http://evil.test/mcp", "path=/mcp host=evil.test origin=\"\" addr=192.0.2.1"},     // anybody may have
	} {
		req := httptest.NewRequest("GET", c.target, nil)
		req.Header.Set("X-Forwarded-For", "203.0.113.7")
		c.door.ServeHTTP(httptest.NewRecorder(), req)
		if !strings.Contains(h.log.String(), c.want) {
			t.Errorf("%s is not in %s", c.want, &h.log)
		}
	}
}
