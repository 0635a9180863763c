package oauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestOwnerSaysYesOnceAndTheClientStaysConnected(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	answer := h.consent(h.asking(), true)
	if answer.Get("iss") != h.issuer || answer.Get("state") != "oauth_s_1f" || answer.Get("code") == "" {
		t.Fatalf("redirect: %v", answer)
	}
	r := h.form(PathToken, h.exchangeForm(answer.Get("code")))
	p := h.pair(r)
	if p.Type != "Bearer" || p.Seconds != 86400 || p.Scope != "coda.read coda.write" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("token answer: %s %v", r.body, r.header)
	}
	g, err := h.s.Authenticate(t.Context(), h.issuer, p.Access)
	if err != nil || g.ClientName != "ChatGPT" || !slices.Equal(g.Scopes, []string{ScopeRead, ScopeWrite}) || g.Resource != h.issuer {
		t.Errorf("grant %+v, %v", g, err)
	}
	h.restart()
	if !h.works(p.Access) {
		t.Error("a restart lost the connection")
	}
	next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	if !h.works(next.Access) || next.Refresh == p.Refresh {
		t.Error("refresh did not rotate")
	}
	list, err := h.s.Connections(t.Context())
	if err != nil || len(list) != 1 || list[0].Client != "ChatGPT" || list[0].RedirectHost != "chatgpt.com" || list[0].LastUsed.IsZero() {
		t.Fatalf("connections %+v, %v", list, err)
	}
	if err := h.s.Revoke(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if h.works(p.Access) || h.works(next.Access) {
		t.Error("a revoked connection still works")
	}
	if err := h.s.Revoke(t.Context(), list[0].ID); !errors.Is(err, ErrNoConnection) {
		t.Errorf("second revoke: %v", err)
	}
	for _, secret := range []string{p.Access, p.Refresh, answer.Get("code"), verifier} {
		if strings.Contains(h.log.String(), secret) {
			t.Error("a secret is in the log")
		}
	}
}

func TestRegisteredClientsConnectWithEachWayToProveThemselves(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for _, method := range []string{"none", "client_secret_post", "client_secret_basic", ""} {
		body := map[string]any{"redirect_uris": []string{"http://127.0.0.1:33418/"}, "client_name": "Code <b>", "logo_uri": nil}
		if method != "" {
			body["token_endpoint_auth_method"] = method
		}
		raw, _ := json.Marshal(body)
		r := h.post(PathRegister, "application/json", string(raw))
		var reg map[string]any
		if err := json.Unmarshal([]byte(r.body), &reg); err != nil || r.status != http.StatusCreated {
			t.Fatalf("register: %d %s", r.status, r.body)
		}
		id, _ := reg["client_id"].(string)
		secret, hasSecret := reg["client_secret"].(string)
		if strings.Contains(r.body, "null") || hasSecret == (method == "none") || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %s", method, r.body)
		}
		h.restart() // a lost client is what people see as invalid_client
		const port = "http://127.0.0.1:5999/"
		q := h.asking("client_id", id, "redirect_uri", port)
		code := h.consent(q, true).Get("code")
		form := h.exchangeForm(code, "client_id", id, "redirect_uri", port)
		var basic func(*http.Request)
		switch {
		case method == "client_secret_post":
			form.Set("client_secret", secret)
		case hasSecret:
			form.Del("client_id")
			basic = func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret)) }
		}
		if basic == nil {
			basic = func(*http.Request) {}
		}
		if p := h.pair(h.form(PathToken, form, basic)); !h.works(p.Access) {
			t.Errorf("%q: the token does not work", method)
		}
	}
}

func TestOwnerNarrowsAndNeverWidens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked           string
		write, readOnly bool
		want            string
	}{
		"no scope asked means both":              {"", true, false, "coda.read coda.write"},
		"the owner says read only":               {"coda.read coda.write", false, false, "coda.read"},
		"write was not asked":                    {"coda.read", true, false, "coda.read"},
		"the read-only switch is on":             {"", true, true, "coda.read"},
		"write includes read":                    {"coda.write", true, false, "coda.read coda.write"},
		"write alone, narrowed":                  {"coda.write", false, false, "coda.read"},
		"scopes of others mean both":             {"openid email profile", true, false, "coda.read coda.write"},
		"unknown scopes are left out":            {"openid coda.read profile", true, false, "coda.read"},
		"offline_access alone asks for the rest": {"offline_access", true, false, "coda.read coda.write offline_access"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.readOnly.Store(c.readOnly)
			code := h.consent(h.asking("scope", c.asked), c.write).Get("code")
			p := h.pair(h.form(PathToken, h.exchangeForm(code)))
			if p.Scope != c.want {
				t.Errorf("granted %q, want %q", p.Scope, c.want)
			}
		})
	}
}

func TestReadOnlySwitchBindsGrantsThatMayWrite(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	for _, on := range []bool{true, false} {
		h.readOnly.Store(on)
		g, err := h.s.Authenticate(t.Context(), h.issuer, p.Access)
		if err != nil || slices.Contains(g.Scopes, ScopeWrite) == on {
			t.Errorf("read-only %v: %+v %v", on, g, err)
		}
	}
}

func TestMetadataIsTheSameBytesEverywhere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	r := h.get(h.browser(), "/.well-known/oauth-authorization-server", "")
	const form = `{"issuer":"H","authorization_endpoint":"H/authorize","token_endpoint":"H/token","registration_endpoint":"H/register","revocation_endpoint":"H/revoke",` +
		`"response_types_supported":["code"],"response_modes_supported":["query"],"grant_types_supported":["authorization_code","refresh_token"],` +
		`"token_endpoint_auth_methods_supported":["none","client_secret_post","client_secret_basic"],"code_challenge_methods_supported":["S256"],` +
		`"scopes_supported":["coda.read","coda.write","offline_access"],"client_id_metadata_document_supported":true,` +
		`"authorization_response_iss_parameter_supported":true,"service_documentation":"H/"}`
	want := strings.ReplaceAll(form, "H", h.issuer)
	if strings.TrimSuffix(r.body, "\n") != want || !bytes.Equal(MetadataDocument(h.issuer), []byte(want)) {
		t.Errorf("metadata %s", r.body)
	}
	if r.header.Get("Content-Type") != "application/json" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", r.header)
	}
}

func TestTokenOfOneIssuerIsWorthNothingAtAnother(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	if _, err := h.s.Authenticate(t.Context(), "https://other.test", p.Access); !errors.Is(err, ErrInvalidToken) {
		t.Errorf("other issuer: %v", err)
	}
	old := h.issuer
	h.issuer = "https://other.test"
	w := h.direct(http.MethodPost, PathToken, "192.0.2.1", "application/x-www-form-urlencoded", h.refreshForm(p.Refresh).Encode())
	h.issuer = old
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "invalid_grant") {
		t.Errorf("refresh at another issuer: %d %s", w.Code, w.Body)
	}
	list, err := h.s.Connections(t.Context())
	if err != nil || len(list) != 1 || list[0].Issuer != old || !h.works(p.Access) {
		t.Errorf("%+v %v", list, err)
	}
}

func TestMintedTokenIsAConnectionLikeAnyOther(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	token, id, err := h.s.MintToken(t.Context(), h.issuer, "this run", []string{ScopeRead})
	if err != nil || !h.works(token) {
		t.Fatal(err)
	}
	if err := h.s.Revoke(t.Context(), id); err != nil || h.works(token) {
		t.Error("it cannot be revoked", err)
	}
}

func TestEveryChangeIsTold(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	before := int64(0)
	told := func(what string, want bool) {
		t.Helper()
		if now := h.changes.Load(); (now > before) != want {
			t.Errorf("%s: told %v, want %v", what, now > before, want)
		}
		before = h.changes.Load()
	}
	c, q := h.browser(), h.asking()
	code := h.authorize(c, q)
	told("a request", true)
	h.authorize(c, q)
	told("a reload", false)
	_ = h.s.Approve(context.Background(), code, true)
	told("a yes", true)
	u, _ := url.Parse(h.poll(c, q).Location)
	form := h.exchangeForm(u.Query().Get("code"))
	h.form(PathToken, form)
	h.changes.Store(0)
	before = 0
	h.form(PathToken, form)
	told("a replay that removed the connection", true)
}

func TestLoopbackIssuerUsesACookieThatPlainHTTPCanKeep(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.issuer = "http://127.0.0.1:8085"
	target := PathAuthorize + "?" + h.asking("resource", "").Encode()
	first := h.direct(http.MethodGet, target, "127.0.0.1", "", "")
	cookie := first.Result().Cookies()[0]
	if !strings.HasPrefix(cookie.Name, "codabridge-request-") || cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("cookie %v", cookie)
	}
	again := newRequest(PathAuthorize, strings.TrimPrefix(target, PathAuthorize+"?"))
	again.AddCookie(cookie)
	if code := shownCode(h.serve(again).Body.String()); code == "" || code != shownCode(first.Body.String()) {
		t.Errorf("reload shows %q", code)
	}
	h.issuer = "https://h.test"
	stolen := newRequest(PathWait, strings.TrimPrefix(target, PathAuthorize+"?"))
	stolen.AddCookie(&http.Cookie{Name: strings.Replace(cookie.Name, "codabridge-request", "__Host-codabridge", 1), Value: cookie.Value})
	stolen.Header.Set("Accept", "application/json")
	if w := h.serve(stolen); !strings.Contains(w.Body.String(), "expired") {
		t.Errorf("a cookie of one issuer at another: %s", w.Body)
	}
}

func TestRevokedBeforeTheBrowserCame(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	c, q := h.browser(), h.asking()
	if err := h.s.Approve(t.Context(), h.authorize(c, q), true); err != nil {
		t.Fatal(err)
	}
	list, err := h.s.Connections(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal("an approval is not listed at once", err)
	}
	if err := h.s.Revoke(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if st := h.poll(c, q); st.Status != "expired" || st.Location != "" {
		t.Errorf("the browser heard %+v", st)
	}
}

func TestDatabaseThatFailsIsOurFaultAndSaysNothingMore(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	c, q := h.browser(), h.asking()
	code := h.authorize(c, q)
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	if r := h.form(PathToken, h.refreshForm(p.Refresh)); r.status != 500 || r.errorCode() != "server_error" || strings.Contains(r.body, "sql") {
		t.Errorf("token: %d %s", r.status, r.body)
	}
	if _, err := h.s.Authenticate(t.Context(), h.issuer, p.Access); err == nil || errors.Is(err, ErrInvalidToken) {
		t.Errorf("a token is called invalid when nobody could look: %v", err)
	}
	if err := h.s.Approve(t.Context(), code, true); err == nil {
		t.Error("an approval that was not stored")
	}
	h.start()
}
