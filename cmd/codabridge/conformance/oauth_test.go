//go:build conformance

package conformance

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// grant is what a client holds after its sign-in.
type grant struct {
	h       *house
	issuer  string
	client  string
	access  string
	refresh string
	scope   string
	expires int // seconds, of the access token
}

// yes is what the owner says.
type yes string

const (
	readOnly  yes = "read only"
	readWrite yes = "read and write"
)

// web is a browser-like client for an address of the bridge: through the
// tunnel, or straight to the local door.
func (h *house) web(address string) *http.Client {
	if strings.HasPrefix(address, "https://") {
		c := h.edge.Client()
		c.Timeout = patience
		return c
	}
	return &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// register makes a client by dynamic registration.
func (h *house) register(t *testing.T, issuer, redirect string) string {
	t.Helper()
	ask := fmt.Sprintf(`{"client_name":"a judge","redirect_uris":[%q],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"response_types":["code"]}`, redirect)
	res, err := h.web(issuer).Post(issuer+"/register", "application/json", strings.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var c struct {
		ID string `json:"client_id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.StatusCode != http.StatusCreated || c.ID == "" {
		t.Fatalf("register: %s, %v", res.Status, err)
	}
	return c.ID
}

// signIn takes a client through the whole sign-in at an issuer. The redirect
// is an address where nobody listens: the code is read from where the waiting
// page would lead.
func (h *house) signIn(t *testing.T, issuer, client, redirect, resource string, says ...yes) *grant {
	t.Helper()
	verifier, state := rand.Text()+rand.Text(), "oauth_s_"+rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {redirect}, "state": {state},
		"scope": {"coda.read coda.write offline_access"}, "resource": {resource}, "ui_locales": {"en-US"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	to, err := h.visit(issuer+"/authorize?"+q.Encode(), append(says, readWrite)[0])
	if err != nil {
		t.Fatalf("%v\nThe bridge said:\n%s", err, h.log())
	}
	back := to.Query()
	if back.Get("state") != state || back.Get("iss") != issuer || !strings.HasPrefix(to.String(), redirect+"?") {
		t.Fatalf("the sign-in leads to %s", short(to.String()))
	}
	g := &grant{h: h, issuer: issuer, client: client}
	g.ask(t, url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {redirect},
		"client_id": {client}, "code_verifier": {verifier}, "resource": {resource}})
	return g
}

// renew trades the refresh token for new ones.
func (g *grant) renew(t *testing.T) {
	t.Helper()
	old := *g
	g.ask(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.refresh}, "client_id": {g.client}})
	if g.refresh == old.refresh || g.access == old.access {
		t.Error("a refresh left a token as it was")
	}
}

// ask wants tokens for a form.
func (g *grant) ask(t *testing.T, form url.Values) {
	t.Helper()
	status, a := g.post(t, form)
	if status != http.StatusOK {
		t.Fatalf("token: %d %s %s\nThe bridge said:\n%s", status, a.Error, a.Text, g.h.log())
	}
	g.access, g.refresh, g.scope, g.expires = a.Access, a.Refresh, a.Scope, a.Expires
	g.h.keep("an access token", a.Access)
	g.h.keep("a refresh token", a.Refresh)
}

// refuses is the error that the refresh token meets.
func (g *grant) refuses(t *testing.T) string {
	t.Helper()
	_, a := g.post(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.refresh}, "client_id": {g.client}})
	return a.Error
}

// tokenAnswer is RFC 6749 sections 5.1 and 5.2.
type tokenAnswer struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Expires int    `json:"expires_in"`
	Scope   string `json:"scope"`
	Error   string `json:"error"`
	Text    string `json:"error_description"`
}

func (g *grant) post(t *testing.T, form url.Values) (int, tokenAnswer) {
	t.Helper()
	res, err := g.h.web(g.issuer).PostForm(g.issuer+"/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var a tokenAnswer
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		t.Fatalf("token: %s: %v", res.Status, err)
	}
	return res.StatusCode, a
}

// judge signs a client of no particular make in.
func (h *house) judge(t *testing.T, issuer string) *grant {
	t.Helper()
	const redirect = "http://127.0.0.1:9/callback"
	to := h.register(t, issuer, redirect)
	return h.signIn(t, issuer, to, redirect, issuer)
}
