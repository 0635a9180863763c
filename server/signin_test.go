package server

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// The client of these tests, one that is pinned.
const (
	claude         = "https://claude.ai/oauth/mcp-oauth-client-metadata"
	claudeRedirect = "https://claude.ai/api/mcp/auth_callback"
)

// asking is a good authorization request, with changes: name, value, ...; an
// empty value removes the parameter.
func asking(changes ...string) url.Values {
	q := url.Values{"response_type": {"code"}, "client_id": {claude}, "redirect_uri": {claudeRedirect}, "state": {"s"},
		"code_challenge": {pkceChallenge()}, "code_challenge_method": {"S256"}}
	return changed(q, changes...)
}

func changed(q url.Values, changes ...string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		q.Del(changes[i])
		if changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	return q
}

// request is one to the public door by its public name.
func (h *harness) request(method, target, body string, header ...string) *http.Request {
	req := httptest.NewRequest(method, h.publicURL()+target, strings.NewReader(body))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(target, "/token") || strings.HasPrefix(target, "/revoke") {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return req
}

func (h *harness) ask(method, target, body string, header ...string) (*http.Response, []byte) {
	resp := h.do(h.request(method, target, body, header...))
	b, _ := io.ReadAll(resp.Body)
	return resp, b
}

// approved goes to the answer that a client's redirect gets.
func (h *harness) approved(q url.Values, write bool) (code, cookie string) {
	h.t.Helper()
	resp, page := h.ask("GET", "/authorize?"+q.Encode(), "")
	if resp.StatusCode != 200 || len(resp.Cookies()) != 1 {
		h.t.Fatalf("authorize: %d %s", resp.StatusCode, page)
	}
	cookie = resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
	if err := h.server.Approve(h.t.Context(), group(shownCode, page), write); err != nil {
		h.t.Fatal(err)
	}
	resp, _ = h.ask("GET", "/authorize/wait?"+q.Encode(), "", "Cookie", cookie, "Accept", "text/html")
	return redirectOf(resp, nil).Query().Get("code"), cookie
}

// tokens is what the token endpoint gives.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string `json:"error"`
}

func (h *harness) exchange(code string, changes ...string) (t tokens, status int) {
	q := url.Values{"grant_type": {"authorization_code"}, "client_id": {claude}, "redirect_uri": {claudeRedirect}, "code": {code}, "code_verifier": {pkceVerifier}}
	return h.token(changed(q, changes...))
}

func (h *harness) refresh(token string) (t tokens, status int) {
	return h.token(url.Values{"grant_type": {"refresh_token"}, "client_id": {claude}, "refresh_token": {token}})
}

func (h *harness) token(q url.Values) (t tokens, status int) {
	resp, b := h.ask("POST", "/token", q.Encode())
	_ = json.Unmarshal(b, &t)
	return t, resp.StatusCode
}

// ping tells how a call with this token is answered.
func (h *harness) ping(token string) int {
	resp, _ := h.ask("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, "Authorization", "Bearer "+token)
	return resp.StatusCode
}

// connect is the whole sign-in.
func (h *harness) connect(t testing.TB) tokens {
	t.Helper()
	code, _ := h.approved(asking(), true)
	got, status := h.exchange(code)
	if status != 200 {
		t.Fatalf("token: %d %+v", status, got)
	}
	return got
}
