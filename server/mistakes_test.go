package server

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// TestWhatOtherBridgesGetWrong is the list of faults that were found in public
// bridges of this kind. Each case makes the attack; it tells what got through.
func TestWhatOtherBridgesGetWrong(t *testing.T) {
	t.Parallel()
	for sentence, attack := range map[string]func(h *harness) string{
		"after one sign-in any second client gets a code without a word": func(h *harness) string {
			_, cookie := h.approved(asking(), true)
			resp, page := h.ask("GET", "/authorize?"+asking("client_id", "https://chatgpt.com/oauth/client.json",
				"redirect_uri", "https://chatgpt.com/connector_platform_oauth_redirect").Encode(), "", "Cookie", cookie)
			return unless(resp.StatusCode == 200 && resp.Header.Get("Location") == "" && group(shownCode, page) != "", "%d %s", resp.StatusCode, page)
		},
		"the same client gets a second code without a word": func(h *harness) string {
			_, cookie := h.approved(asking(), true)
			resp, page := h.ask("GET", "/authorize?"+asking("state", "other").Encode(), "", "Cookie", cookie)
			return unless(resp.StatusCode == 200 && group(shownCode, page) != "", "%d %s", resp.StatusCode, page)
		},
		"a second redirect of the client gets a code without a word": func(h *harness) string {
			_, cookie := h.approved(asking(), true)
			resp, _ := h.ask("GET", "/authorize?"+asking("redirect_uri", "https://claude.com/api/mcp/auth_callback").Encode(), "", "Cookie", cookie)
			return unless(resp.StatusCode == 200 && resp.Header.Get("Location") == "", "%d", resp.StatusCode)
		},
		"a 401 says nothing of where to sign in": func(h *harness) string {
			for _, p := range []string{"/", "/mcp", "/mcp/", "/sse", "/sse/", "/messages"} {
				resp, _ := h.ask("POST", p, "{}")
				challenge := resp.Header.Get("WWW-Authenticate")
				_, rest, _ := strings.Cut(challenge, `resource_metadata="`)
				link, _, _ := strings.Cut(rest, `"`)
				if doc, b := h.ask("GET", strings.TrimPrefix(link, h.public), ""); resp.StatusCode != 401 ||
					doc.StatusCode != 200 || !strings.Contains(string(b), `"resource":"`+h.public) {
					return fmt.Sprintf("%s: %d %s leads to %d", p, resp.StatusCode, challenge, doc.StatusCode)
				}
			}
			return ""
		},
		"a call without a token is answered 200 with an error inside": func(h *harness) string {
			resp, b := h.ask("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
			return unless(resp.StatusCode == 401 && !strings.Contains(string(b), "coda_"), "%d %s", resp.StatusCode, b)
		},
		"the listener on this computer takes calls without a token": func(h *harness) string {
			for _, host := range []string{"127.0.0.1:8085", "localhost:8085", "[::1]:8085"} {
				req := h.request("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
				req.Host, req.RemoteAddr = host, "127.0.0.1:4711"
				if resp := h.do(req); resp.StatusCode != 401 {
					return fmt.Sprintf("%s: %d", host, resp.StatusCode)
				}
			}
			return ""
		},
		"codes can be guessed on the public page for as long as one likes": func(h *harness) string {
			for _, p := range []string{"/approve", "/approve/find", "/deny", "/consent", "/authorize", "/authorize/approve", "/knock/allow"} {
				if resp, _ := h.ask("POST", p, "code=AAAAAA&write=true"); resp.StatusCode != 404 && resp.StatusCode != 405 {
					return fmt.Sprintf("%s: %d", p, resp.StatusCode)
				}
			}
			return ""
		},
		"wrong codes on the owner's side are never slowed": func(h *harness) string {
			_, page := h.ask("GET", "/authorize?"+asking().Encode(), "")
			for range 100 {
				if h.server.Approve(h.t.Context(), "AAAAAA", true) == nil {
					return "a wrong code was taken"
				}
			}
			if h.server.Approve(h.t.Context(), group(shownCode, page), true) == nil {
				return "the hundred and first was looked at"
			}
			h.clock.Advance(10 * time.Second)
			if err := h.server.Approve(h.t.Context(), group(shownCode, page), true); err != nil {
				return "the owner is shut out for good: " + err.Error()
			}
			return ""
		},
		"PKCE is skipped when the verifier is left out": func(h *harness) string {
			code, _ := h.approved(asking(), true)
			got, status := h.exchange(code, "code_verifier", "")
			return unless(status == 400 && got.Access == "", "%d", status)
		},
		"PKCE is skipped when the challenge is left out": func(h *harness) string {
			resp, _ := h.ask("GET", "/authorize?"+asking("code_challenge", "", "code_challenge_method", "").Encode(), "")
			return unless(redirectOf(resp, nil).Query().Get("error") == "invalid_request", "%d", resp.StatusCode)
		},
		"the challenge itself serves as verifier (plain)": func(h *harness) string {
			code, _ := h.approved(asking(), true)
			got, status := h.exchange(code, "code_verifier", pkceChallenge())
			return unless(status == 400 && got.Error == "invalid_grant", "%d %+v", status, got)
		},
		"redirects are compared by suffix or prefix": func(h *harness) string {
			for _, to := range []string{"https://evilclaude.ai/api/mcp/auth_callback", "https://claude.ai.evil.test/api/mcp/auth_callback", claudeRedirect + ".evil.test",
				claudeRedirect + "/../../evil", "https://claude.ai@evil.test/api/mcp/auth_callback", "https://evilchatgpt.com/connector_platform_oauth_redirect"} {
				if resp, _ := h.ask("GET", "/authorize?"+asking("redirect_uri", to).Encode(), ""); resp.StatusCode != 400 || resp.Header.Get("Location") != "" {
					return fmt.Sprintf("%s: %d", to, resp.StatusCode)
				}
			}
			return ""
		},
		"a code is worth something with another redirect": func(h *harness) string {
			code, _ := h.approved(asking(), true)
			got, status := h.exchange(code, "redirect_uri", "https://claude.com/api/mcp/auth_callback")
			return unless(status == 400 && got.Error == "invalid_grant", "%d %+v", status, got)
		},
		"a code is worth something to another client": func(h *harness) string {
			code, _ := h.approved(asking(), true)
			got, status := h.exchange(code, "client_id", "https://claude.ai/oauth/claude-code-client-metadata")
			return unless(status == 400 && got.Error == "invalid_grant", "%d %+v", status, got)
		},
		"a code is worth something twice": func(h *harness) string {
			code, _ := h.approved(asking(), true)
			first, _ := h.exchange(code)
			_, status := h.exchange(code)
			return unless(status == 400 && h.ping(first.Access) == 401, "%d, first token %d", status, h.ping(first.Access))
		},
		"a refresh whose answer was lost ends the connection": func(h *harness) string {
			p := h.connect(h.t)
			first, _ := h.refresh(p.Refresh)
			again, status := h.refresh(p.Refresh)
			return unless(status == 200 && again == first && h.ping(first.Access) == 200, "%d %d", status, h.ping(first.Access))
		},
		"rotation revokes the new token instead of the old": func(h *harness) string {
			p := h.connect(h.t)
			first, _ := h.refresh(p.Refresh)
			h.clock.Advance(2 * time.Minute)
			second, status := h.refresh(first.Refresh)
			return unless(status == 200 && h.ping(second.Access) == 200, "%d", status)
		},
		"a stolen refresh token works for ever beside the real one": func(h *harness) string {
			p := h.connect(h.t)
			first, _ := h.refresh(p.Refresh)
			h.clock.Advance(2 * time.Minute)
			_, status := h.refresh(p.Refresh)
			return unless(status == 400 && h.ping(first.Access) == 401, "%d, %d", status, h.ping(first.Access))
		},
		"X-Forwarded-Host chooses the issuer": func(h *harness) string {
			_, b := h.ask("GET", "/.well-known/oauth-authorization-server", "", "X-Forwarded-Host", "evil.test", "X-Forwarded-Proto", "http", "Forwarded", "host=evil.test")
			return unless(!strings.Contains(string(b), "evil.test"), "%s", b)
		},
		"the Host header chooses the issuer": func(h *harness) string {
			req := h.request("GET", "/.well-known/oauth-authorization-server", "")
			req.Host = "evil.test"
			return unless(h.do(req).StatusCode == 403, "served")
		},
		"a token in the query string is taken, and so stands in logs": func(h *harness) string {
			resp, _ := h.ask("POST", "/mcp?access_token="+h.writer+"&token="+h.writer, `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
			return unless(resp.StatusCode == 401 && !strings.Contains(h.log.String(), h.writer), "%d", resp.StatusCode)
		},
		"any UUID is a client": func(h *harness) string {
			resp, _ := h.ask("GET", "/authorize?"+asking("client_id", "5b0c0e3a-8a1f-4f43-9d7e-0d2f6f0b8a11").Encode(), "")
			return unless(resp.StatusCode == 400 && resp.Header.Get("Location") == "", "%d", resp.StatusCode)
		},
		"the Coda token itself opens the door": func(h *harness) string {
			return unless(h.ping(codatest.Token) == 401, "it does")
		},
		"a refresh token or a code opens the door": func(h *harness) string {
			code, _ := h.approved(asking(), true)
			p := h.connect(h.t)
			return unless(h.ping(code) == 401 && h.ping(p.Refresh) == 401, "it does")
		},
		"a web page of anybody may read answers with the owner's credentials": func(h *harness) string {
			for _, p := range []string{"/mcp", "/token", "/register", "/.well-known/oauth-authorization-server", "/authorize"} {
				resp, _ := h.ask("GET", p, "", "Origin", "https://evil.test")
				if resp.Header.Get("Access-Control-Allow-Credentials") != "" || (strings.HasPrefix(p, "/mcp") && resp.StatusCode != 403) {
					return fmt.Sprintf("%s: %d %v", p, resp.StatusCode, resp.Header)
				}
			}
			return ""
		},
		"the owner's page is open to whoever reaches its port": func(h *harness) string {
			for _, r := range h.server.owner.Routes() {
				for _, p := range r.Paths {
					req := httptest.NewRequest(r.Methods[0], "http://127.0.0.1:8086"+p, nil)
					req.Header.Set("Cookie", "session="+h.session.Secret)
					rec := httptest.NewRecorder()
					h.owner.ServeHTTP(rec, req)
					if r.Guard.Name == "session" && rec.Code != 401 {
						return fmt.Sprintf("%s: %d", p, rec.Code)
					}
				}
			}
			return ""
		},
		"a page of another site talks to the owner's port by a name of its own": func(h *harness) string {
			req := httptest.NewRequest("GET", "http://rebound.evil.test:8086/activity", nil)
			h.session.Stamp(req, "")
			rec := httptest.NewRecorder()
			h.owner.ServeHTTP(rec, req)
			return unless(rec.Code == 403, "%d", rec.Code)
		},
		"a connector that was revoked goes on until its token ends": func(h *harness) string {
			p := h.connect(h.t)
			all, _ := h.oauth.Connections(h.t.Context())
			for _, c := range all {
				_ = h.oauth.Revoke(h.t.Context(), c.ID)
			}
			_, status := h.refresh(p.Refresh)
			return unless(h.ping(p.Access) == 401 && status == 400, "%d", status)
		},
		"a token that may only read can write": func(h *harness) string {
			_, b := h.ask("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_create_rows","arguments":{"document":"x","table":"y","rows":[{"a":"b"}]}}}`,
				"Authorization", "Bearer "+h.reader)
			return unless(at(b, "result.isError") == "true" && strings.Contains(string(b), "insufficient_scope"), "%s", b)
		},
		"the answer of a registration has a secret that is null": func(h *harness) string {
			_, b := h.ask("POST", "/register", `{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"none"}`)
			return unless(!strings.Contains(string(b), "client_secret") && !strings.Contains(string(b), "null"), "%s", b)
		},
		"a slash at the end of the address is a redirect, which loses the body": func(h *harness) string {
			for _, r := range h.server.public.Routes() {
				for _, p := range r.Paths {
					if resp, _ := h.ask(r.Methods[0], p, ""); resp.StatusCode/100 == 3 {
						return fmt.Sprintf("%s: %d", p, resp.StatusCode)
					}
				}
			}
			return ""
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			if got := attack(newHarness(t)); got != "" {
				t.Error(got)
			}
		})
	}
}

// unless gives what got through, or nothing when all is well.
func unless(well bool, format string, args ...any) string {
	if well {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

func TestNoSecretStandsInTheLogOfAWholeLife(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code, cookie := h.approved(asking("state", "state-of-the-client"), true)
	p, _ := h.exchange(code)
	next, _ := h.refresh(p.Refresh)
	h.ping(next.Access)
	h.exchange(code)
	h.ping(next.Access)
	h.ask("GET", "/mcp?access_token="+next.Access, "", "Authorization", "Bearer "+next.Access)
	_, sealed, _ := strings.Cut(cookie, "=")
	for what, secret := range map[string]string{"code": code, "cookie": sealed, "access": p.Access, "refresh": p.Refresh, "next": next.Refresh,
		"verifier": pkceVerifier, "state": "state-of-the-client", "session": h.session.Secret, "coda token": codatest.Token} {
		if log := h.log.String(); strings.Contains(log, secret) || strings.Contains(log, url.QueryEscape(secret)) {
			t.Errorf("the %s is in the log", what)
		}
	}
	if !strings.Contains(h.log.String(), "oauth: approved") {
		t.Error("the owner's decision is not in the log")
	}
}
