package oauth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestOnlyRedirectsOfKnownClientsAndOfThisComputer(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]bool{
		chatgptRedirect: true,
		"https://chatgpt.com/connector/oauth/aB_9-x":                          true,
		"https://chatgpt.com/backend-api/aip/connectors/links/oauth/callback": true,
		"https://chat.openai.com/aip/g-1f/oauth/callback":                     true,
		"https://chatgpt.com/aip/g-1f/oauth/callback":                         true,
		"https://claude.ai/api/mcp/auth_callback":                             true,
		"https://claude.com/api/mcp/auth_callback":                            true,
		"cursor://anysphere.cursor-mcp/oauth/callback":                        true,
		"https://www.cursor.com/agents/mcp/oauth/callback":                    true,
		"https://cursor.com/oauth/mcp/callback":                               true,
		"https://vscode.dev/redirect":                                         true,
		"https://insiders.vscode.dev/redirect":                                true,
		"http://127.0.0.1/":                                                   true,
		"http://127.0.0.1:33418/":                                             true,
		"http://127.0.0.1:1455/callback":                                      true,
		"http://localhost/callback":                                           true,
		"http://LOCALHOST/callback":                                           true,
		"http://LocalHost:3334/Callback":                                      true,
		"http://LOCALHOST.evil.test/callback":                                 false,
		"http://localhost:6274/oauth/callback/debug":                          true,
		"http://localhost:3334/oauth/callback":                                true,
		"http://[::1]:80/cb":                                                  true,
		"http://127.0.0.1:5000":                                               true,
		"":                                                                    false,
		"https://chatgpt.com/oauth/callback":                                  false,
		"https://chat.openai.com/oauth/callback":                              false,
		"http://chatgpt.com/connector_platform_oauth_redirect":                false,
		"HTTPS://chatgpt.com/connector_platform_oauth_redirect":               false,
		"https://chatgpt.com./connector_platform_oauth_redirect":              false,
		"https://chatgpt.com:443/connector_platform_oauth_redirect":           false,
		"https://chatgpt.com/connector_platform_oauth_redirect/":              false,
		"https://chatgpt.com/connector_platform_oauth_redirect#":              false,
		"https://chatgpt.com/connector/oauth/":                                false,
		"https://chatgpt.com/connector/oauth/a/b":                             false,
		"https://chatgpt.com/connector/oauth/a?b":                             false,
		"https://chatgpt.com/connector/oauth/a\n":                             false,
		"https://evilchatgpt.com/connector/oauth/a":                           false,
		"https://chatgpt.com.evil.test/connector/oauth/a":                     false,
		"https://chatgpt.com@evil.test/connector/oauth/a":                     false,
		"https://claude.ai.evil.test/api/mcp/auth_callback":                   false,
		"http://localhost.evil.test/callback":                                 false,
		"http://localhost@evil.test/callback":                                 false,
		"http://me@localhost/callback":                                        false,
		"http://localhost:80@evil.test/callback":                              false,
		"http://localhost:/callback":                                          false,
		"http://localhost:0/callback":                                         false,
		"http://localhost:65536/callback":                                     false,
		"http://localhost:99999999999999999999/callback":                      false,
		"http://localhost/callback?x=1":                                       true,
		"http://localhost:3000/oauth/clients/mcp:codabridge/callback":         true,
		"http://[::1]:3000/a:b@c;d=e,f!$&'()*+~/":                             true,
		"http://127.0.0.1:1?provider=coda/bridge?&x=%C3%A9":                   true,
		"http://localhost//a//?":                                              true,
		"http://localhost/a%20b%2Fc":                                          true,
		"http://localhost/a%2":                                                false,
		"http://localhost/a%zz":                                               false,
		"http://localhost/a|b":                                                false,
		"http://localhost/é":                                                  false,
		"http://localhost/a b":                                                false,
		"http://localhost/a[0]":                                               false,
		"http://localhost/%00":                                                false,
		"http://localhost/%7F":                                                false,
		"http://localhost/cb?x=%0A":                                           false,
		"http://localhost/cb?code=x":                                          false,
		"http://localhost/cb?a=b&st%61te=x":                                   false,
		"http://localhost/cb?a;b":                                             false,
		"http://localhost/cb?x#y":                                             false,
		"http://localhost:3000:1/":                                            false,
		"http://localhost:3000@evil.test/":                                    false,
		"http://localhost/callback#x":                                         false,
		"http://localhost\\@evil.test/":                                       false,
		"http://localhost/%0d%0aSet-Cookie:x":                                 false,
		"http://127.1/callback":                                               false,
		"http://127.0.0.2/callback":                                           false,
		"http://0.0.0.0/callback":                                             false,
		"https://localhost/callback":                                          false,
		"javascript:alert(1)":                                                 false,
		"data:text/html,x":                                                    false,
		"cursor://anysphere.cursor-mcp/oauth/callback/x":                      false,
		"cursor://evil/oauth/callback":                                        false,
		"vscode://x":                                                          false,
		"//evil.test":                                                         false,
		"http://localhost/" + strings.Repeat("x", longestRedirect):            false,
	} {
		if got := allowedRedirect(uri); got != want {
			t.Errorf("%q: allowed %v, want %v", uri, got, want)
		}
	}
	for _, c := range []struct {
		registered, asked string
		want              bool
	}{
		{"http://127.0.0.1/callback", "http://127.0.0.1:1234/callback", true},
		{"http://127.0.0.1:1/callback", "http://127.0.0.1/callback", true},
		{"http://127.0.0.1/callback", "http://localhost/callback", false},
		{"http://127.0.0.1/callback", "http://127.0.0.1:1234/callback/", false},
		{"http://127.0.0.1/callback", "http://127.0.0.1:1234/other", false},
		{"http://127.0.0.1:33418", "http://127.0.0.1:33418/", true},
		{"http://127.0.0.1:33418/", "http://127.0.0.1:1", true},
		{"http://[::1]", "http://[::1]:9/", true},
		{"http://localhost?x=1", "http://localhost:2/?x=1", true},
		{"http://localhost/?x=1", "http://localhost/?x=2", false},
		{"http://localhost/?x=1", "http://localhost/", false},
		{"http://localhost/", "http://localhost/?", false},
		{"http://localhost/a:b", "http://localhost:3/a:b", true},
		{"http://localhost/a:b", "http://localhost:3/a%3Ab", false},
		{"http://localhost/a%2fb", "http://localhost/a%2Fb", false},
		{"http://localhost", "http://127.0.0.1", false},
		{"http://[::1]/", "http://127.0.0.1/", false},
		{"https://vscode.dev/redirect", "https://vscode.dev:444/redirect", false},
		{"https://vscode.dev/redirect", "https://vscode.dev/redirect", true},
		{"https://evil.test/", "https://evil.test/", true}, // once the owner has said yes to the host
		{"https://evil.test/", "https://evil.test/?", false},
		{"http://evil.test/", "http://evil.test/", false},
	} {
		if got := sameRedirect(c.registered, c.asked); got != c.want {
			t.Errorf("%q for %q: %v", c.asked, c.registered, got)
		}
	}
}

func FuzzRedirect(f *testing.F) {
	for _, seed := range []string{chatgptRedirect, "http://localhost:1/cb", "http://[::1]/", "https://chatgpt.com/aip/g-x/oauth/callback", "http://localhost@x/", "http://127.0.0.1:8/\x00"} {
		f.Add(seed, chatgptRedirect)
	}
	hosts := map[string]bool{"chatgpt.com": true, "chat.openai.com": true, "claude.ai": true, "claude.com": true, "www.cursor.com": true,
		"cursor.com": true, "vscode.dev": true, "insiders.vscode.dev": true, "anysphere.cursor-mcp": true, "localhost": true, "127.0.0.1": true, "::1": true}
	f.Fuzz(func(t *testing.T, uri, registered string) {
		if sameRedirect(registered, uri) && !registrable(uri) {
			t.Fatalf("%q passes for %q and is not allowed", uri, registered)
		}
		if u, err := url.Parse(uri); unlisted(uri) && (err != nil || u.Scheme != "https" ||
			hosts[u.Hostname()] && !strings.Contains("localhost 127.0.0.1 ::1", u.Hostname()) ||
			u.User != nil || u.Fragment != "" || u.Hostname() != strings.ToLower(u.Hostname()) || strings.ContainsAny(uri, "\\\r\n\t \"<>#")) {
			t.Fatalf("%q may be allowed: %+v %v", uri, u, err)
		}
		if !allowedRedirect(uri) {
			return
		}
		u, err := url.Parse(uri)
		if err != nil || !hosts[u.Hostname()] || u.User != nil || u.Scheme != "http" && u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(uri, "\\\r\n\t \"<>") {
			t.Fatalf("%q is allowed: %+v %v", uri, u, err)
		}
		if u.Scheme == "http" && !strings.Contains("localhost 127.0.0.1 ::1", u.Hostname()) {
			t.Fatalf("%q is plain http", uri)
		}
	})
}

// TestTheOnlyRedirectMayBeLeftOut: OAuth 2.1 section 4.1.1. The code goes to
// the one address that is registered, and another spelling of its host is the
// same place.
func TestTheOnlyRedirectMayBeLeftOut(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.registerAs("A tool", "http://LOCALHOST:4000/cb")
	for _, left := range []url.Values{
		h.asking("client_id", id, "redirect_uri", ""),
		h.asking("client_id", id, "redirect_uri", "http://localhost:4001/cb"),
	} {
		page := h.direct(http.MethodGet, PathAuthorize+"?"+left.Encode(), "203.0.113.7", "", "")
		if page.Code != http.StatusOK || shownCode(page.Body.String()) == "" {
			t.Errorf("%v: %d %.300s", left, page.Code, page.Body)
		}
	}
}
