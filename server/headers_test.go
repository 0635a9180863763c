package server

import (
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"codabridge/assets"
)

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	cacheable := []string{"/static/", "/favicon.ico", "/robots.txt"}
	owners := h.server.owner.Routes()
	for i, r := range append(owners, h.server.public.Routes()...) {
		handler, origin := h.handler, h.public
		if i < len(owners) {
			handler, origin = h.owner, "http://127.0.0.1:8086"
		}
		for _, p := range append(r.Paths, "/no/such/path") {
			for _, accept := range []string{"text/html", "application/json", ""} {
				for _, method := range append(r.Methods, "OPTIONS", "PUT") {
					req := httptest.NewRequest(method, origin+p, nil)
					req.Header.Set("Accept", accept)
					rec := httptest.NewRecorder()
					handler.ServeHTTP(rec, req)
					at := origin + " " + method + " " + p + " " + accept
					policy := rec.Header().Get("Content-Security-Policy")
					for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
						if !strings.Contains(policy, want) {
							t.Errorf("%s: policy %q lacks %s", at, policy, want)
						}
					}
					if strings.Contains(policy, "form-action") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
						t.Errorf("%s: policy %q", at, policy)
					}
					for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"} {
						if rec.Header().Get(name) != want {
							t.Errorf("%s: %s is %q", at, name, rec.Header().Get(name))
						}
					}
					stored := rec.Body.Len() > 0 && rec.Header().Get("Cache-Control") != "no-store"
					if stored && !hasPrefix(p, cacheable) {
						t.Errorf("%s: may be stored: %q", at, rec.Header().Get("Cache-Control"))
					}
				}
			}
		}
	}
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func TestNoPageHasScriptOrStyleOfItsOwn(t *testing.T) {
	t.Parallel()
	pages, err := fs.Glob(assets.Files, "pages/*.html")
	if err != nil || len(pages) < 5 {
		t.Fatal(pages, err)
	}
	for _, name := range pages {
		b, err := fs.ReadFile(assets.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range regexp.MustCompile(`<script[^>]*>`).FindAllString(string(b), -1) {
			if !strings.Contains(tag, `src="/static/`) {
				t.Errorf("%s: %s", name, tag)
			}
		}
		if m := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:`).FindString(string(b)); m != "" {
			t.Errorf("%s: %s", name, m)
		}
	}
}

func TestTheWaitingPagesCookieBelongsToThisHostAlone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	resp, _ := h.ask("GET", "/authorize?"+asking().Encode(), "")
	cookie := resp.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-codabridge-", "; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("%q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain=") {
		t.Errorf("%q names a domain", cookie)
	}
}
