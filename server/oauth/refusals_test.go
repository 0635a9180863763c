package oauth

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAuthorizeNeverRedirectsToAPlaceThatIsNotSure(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	for name, c := range map[string]struct {
		change []string
		says   string
	}{
		"the owner reinstalled and the client is gone":   {[]string{"client_id", "5b0c0e3a-8a1f-4f43-9d7e-0d2f6f0b8a11"}, "remove the codabridge connector"},
		"a client id that was never one":                 {[]string{"client_id", "x"}, "remove the codabridge connector"},
		"no client":                                      {[]string{"client_id", ""}, "not complete"},
		"a stranger's document is not fetched":           {[]string{"client_id", "https://evil.test/client.json"}, "not on codabridge&#39;s list"},
		"a host that only begins like a vendor's":        {[]string{"client_id", "https://vscode.dev.evil.test/client.json"}, "not on codabridge&#39;s list"},
		"an http document":                               {[]string{"client_id", "http://vscode.dev/client.json"}, "cannot be used"},
		"a document with dots in its path":               {[]string{"client_id", "https://vscode.dev/../client.json"}, "cannot be used"},
		"a document on another port":                     {[]string{"client_id", "https://vscode.dev:8443/client.json"}, "not on codabridge&#39;s list"},
		"a document with a user":                         {[]string{"client_id", "https://me@vscode.dev/client.json"}, "cannot be used"},
		"no redirect":                                    {[]string{"redirect_uri", "", "client_id", "https://claude.ai/oauth/claude-code-client-metadata"}, "left out where to answer"},
		"a foreign redirect":                             {[]string{"redirect_uri", "https://evil.test/"}, "connected anew"},
		"another known client's redirect":                {[]string{"redirect_uri", "https://claude.ai/api/mcp/auth_callback"}, "connected anew"},
		"a redirect that only begins like the right one": {[]string{"redirect_uri", chatgptRedirect + "/x"}, "connected anew"},
		"a redirect with a query":                        {[]string{"redirect_uri", chatgptRedirect + "?x=y"}, "connected anew"},
		"javascript":                                     {[]string{"redirect_uri", "javascript:alert(1)"}, "connected anew"},
	} {
		r := h.get(h.browser(), PathAuthorize+"?"+h.asking(c.change...).Encode(), "text/html")
		if r.status != http.StatusBadRequest || r.header.Get("Location") != "" || !strings.Contains(r.body, c.says) {
			t.Errorf("%s: %d %q %s", name, r.status, r.header.Get("Location"), r.body)
		}
	}
	for name, query := range map[string]string{
		"two clients":     h.asking().Encode() + "&client_id=x",
		"two redirects":   h.asking().Encode() + "&redirect_uri=https://evil.test",
		"a bad escape":    h.asking().Encode() + "&x=%zz",
		"an endless link": h.asking().Encode() + "&x=" + strings.Repeat("y", longestQuery),
	} {
		if r := h.get(h.browser(), PathAuthorize+"?"+query, "text/html"); r.status != http.StatusBadRequest || r.header.Get("Location") != "" {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	if len(h.s.Waiting()) != 0 {
		t.Error("a refused request waits for the owner")
	}
}

func TestAuthorizeTellsTheClientWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for name, c := range map[string]struct {
		change []string
		want   string
	}{
		"no response type":                {[]string{"response_type", ""}, "invalid_request"},
		"the implicit flow":               {[]string{"response_type", "token"}, "unsupported_response_type"},
		"a response mode we do not have":  {[]string{"response_mode", "fragment"}, "invalid_request"},
		"no PKCE":                         {[]string{"code_challenge", ""}, "invalid_request"},
		"plain PKCE":                      {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"no method, which means plain":    {[]string{"code_challenge_method", ""}, "invalid_request"},
		"a challenge of the wrong length": {[]string{"code_challenge", "short"}, "invalid_request"},
		"another server's resource":       {[]string{"resource", "https://evil.test/mcp"}, "invalid_target"},
		"a resource that begins like us":  {[]string{"resource", h.issuer + ".evil.test"}, "invalid_target"},
		"a path that is not served":       {[]string{"resource", h.issuer + "/admin"}, "invalid_target"},
		"a resource with a fragment":      {[]string{"resource", h.issuer + "/mcp#"}, "invalid_target"},
		"a resource with a user":          {[]string{"resource", strings.Replace(h.issuer, "://", "://me@", 1)}, "invalid_target"},
		"our host on another port":        {[]string{"resource", h.issuer + "1/mcp"}, "invalid_target"},
		"our host without encryption":     {[]string{"resource", strings.Replace(h.issuer, "https", "http", 1)}, "invalid_target"},
	} {
		r := h.get(h.browser(), PathAuthorize+"?"+h.asking(c.change...).Encode(), "text/html")
		if r.status != http.StatusFound || !strings.HasPrefix(r.header.Get("Location"), chatgptRedirect+"?") {
			t.Errorf("%s: %d %s", name, r.status, r.header.Get("Location"))
			continue
		}
		q := r.location.Query()
		if q.Get("error") != c.want || q.Get("iss") != h.issuer || q.Get("state") != "oauth_s_1f" || q.Has("code") {
			t.Errorf("%s: %v, want %s", name, q, c.want)
		}
	}
	twice := h.get(h.browser(), PathAuthorize+"?"+h.asking().Encode()+"&scope=coda.read", "text/html")
	if twice.status != http.StatusFound || twice.location.Query().Get("error") != "invalid_request" {
		t.Errorf("a scope given twice: %d", twice.status)
	}
	for _, fine := range []string{"", "/", "/mcp", "/mcp/", "/sse", "/sse/", "?x=1", "/mcp?x=1"} {
		h.authorize(h.browser(), h.asking("resource", h.issuer+fine, "prompt", "none", "id_token_hint", "x"))
	}
	h.authorize(h.browser(), h.asking("resource", ""))
}

func TestTokenEndpointRefusesInTheStandardsWords(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	post := h.registerSecret()
	for name, c := range map[string]struct {
		change []string
		want   string
		status int
	}{
		"no grant type":                    {[]string{"grant_type", ""}, "invalid_request", 400},
		"a grant type we do not have":      {[]string{"grant_type", "password"}, "unsupported_grant_type", 400},
		"no code":                          {[]string{"code", ""}, "invalid_request", 400},
		"a made-up code":                   {[]string{"code", "cbc_" + strings.Repeat("x", 43)}, "invalid_grant", 400},
		"garbage for a code":               {[]string{"code", "'; DROP TABLE codes"}, "invalid_grant", 400},
		"no verifier":                      {[]string{"code_verifier", ""}, "invalid_request", 400},
		"another verifier":                 {[]string{"code_verifier", strings.Repeat("x", 43)}, "invalid_grant", 400},
		"the challenge as the verifier":    {[]string{"code_verifier", challengeOf(verifier)}, "invalid_grant", 400},
		"another redirect":                 {[]string{"redirect_uri", "https://claude.ai/api/mcp/auth_callback"}, "invalid_grant", 400},
		"another client":                   {[]string{"client_id", "https://claude.ai/oauth/mcp-oauth-client-metadata"}, "invalid_grant", 400},
		"an unknown client":                {[]string{"client_id", "nobody"}, "invalid_client", 401},
		"no client":                        {[]string{"client_id", ""}, "invalid_client", 401},
		"a client that lacks its secret":   {[]string{"client_id", post.ID}, "invalid_client", 401},
		"a client with a wrong secret":     {[]string{"client_id", post.ID, "client_secret", "cbs_x"}, "invalid_client", 401},
		"a public client with a secret":    {[]string{"client_secret", "x"}, "invalid_client", 401},
		"a signed assertion":               {[]string{"client_assertion", "x"}, "invalid_client", 401},
		"another server's resource":        {[]string{"resource", "https://evil.test"}, "invalid_target", 400},
		"a resource that is not one of us": {[]string{"resource", h.issuer + "/x"}, "invalid_target", 400},
	} {
		code := h.consent(h.asking(), true).Get("code")
		r := h.form(PathToken, h.exchangeForm(code, c.change...))
		if r.status != c.status || r.errorCode() != c.want || r.header.Get("Cache-Control") != "no-store" || r.header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s: %d %s, want %d %s", name, r.status, r.body, c.status, c.want)
		}
		h.clock.Advance(time.Minute)
	}
	good := func() string { return h.exchangeForm(h.consent(h.asking(), true).Get("code")).Encode() }
	form := "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"JSON":                    {"application/json", `{"grant_type":"authorization_code"}`, 400},
		"no content type":         {"", good(), 400},
		"an empty body":           {form, "", 401},
		"a parameter given twice": {form, good() + "&code=x", 400},
		"two different resources": {form, good() + "&resource=" + url.QueryEscape("https://evil.test"), 400},
		"a bad escape":            {form, "grant_type=%zz", 400},
		"10 MB":                   {form, "grant_type=" + strings.Repeat("x", 10<<20), 413},
	} {
		r := h.direct(http.MethodPost, PathToken, "192.0.2.9", c.kind, c.body)
		if r.Code != c.status || !json.Valid(r.Body.Bytes()) {
			t.Errorf("%s: %d %s", name, r.Code, r.Body)
		}
	}
	if r := h.direct(http.MethodGet, PathToken+"?"+good(), "192.0.2.9", "", ""); r.Code != http.StatusMethodNotAllowed || r.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d", r.Code)
	}
	basic := h.form(PathToken, url.Values{"grant_type": {"refresh_token"}}, func(r *http.Request) { r.SetBasicAuth(post.ID, "wrong") })
	if basic.status != 401 || !strings.HasPrefix(basic.header.Get("WWW-Authenticate"), "Basic ") || basic.errorCode() != "invalid_client" {
		t.Errorf("wrong secret by header: %d %v", basic.status, basic.header)
	}
	both := h.form(PathToken, url.Values{"client_secret": {post.Secret}}, func(r *http.Request) { r.SetBasicAuth(post.ID, post.Secret) })
	if both.errorCode() != "invalid_request" {
		t.Errorf("secret in both places: %s", both.body)
	}
}

func (h *harness) registerSecret() registration {
	h.t.Helper()
	r := h.post(PathRegister, "application/json", `{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"client_secret_post"}`)
	var reg registration
	if err := json.Unmarshal([]byte(r.body), &reg); err != nil || reg.Secret == "" {
		h.t.Fatalf("register: %s", r.body)
	}
	return reg
}

func TestRegistrationRefuses(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for name, c := range map[string]struct {
		body, want string
		status     int
	}{
		"malformed JSON":                       {`{"redirect_uris":`, "invalid_client_metadata", 400},
		"an empty body":                        {``, "invalid_client_metadata", 400},
		"null":                                 {`null`, "invalid_client_metadata", 400},
		"a list":                               {`[]`, "invalid_client_metadata", 400},
		"two objects":                          {`{"redirect_uris":["http://localhost/cb"]}{}`, "invalid_client_metadata", 400},
		"invalid UTF-8":                        {"{\"client_name\":\"\xff\"}", "invalid_client_metadata", 400},
		"no redirect":                          {`{}`, "invalid_redirect_uri", 400},
		"a redirect under another letter case": {`{"REDIRECT_URIS":["http://localhost/cb"]}`, "invalid_redirect_uri", 400},
		"a foreign redirect":                   {`{"redirect_uris":["http://evil.test/cb"]}`, "invalid_redirect_uri", 400},
		"one foreign among good ones":          {`{"redirect_uris":["http://localhost/cb","http://evil.test/cb"]}`, "invalid_redirect_uri", 400},
		"null for a redirect":                  {`{"redirect_uris":[null]}`, "invalid_redirect_uri", 400},
		"too many redirects":                   {`{"redirect_uris":["http://localhost/cb"` + strings.Repeat(`,"http://localhost/cb"`, 16) + `]}`, "invalid_redirect_uri", 400},
		"a number for a name":                  {`{"redirect_uris":["http://localhost/cb"],"client_name":7}`, "invalid_client_metadata", 400},
		"keys instead of a secret":             {`{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"private_key_jwt"}`, "invalid_client_metadata", 400},
		"only the implicit flow":               {`{"redirect_uris":["http://localhost/cb"],"response_types":["token"]}`, "invalid_client_metadata", 400},
		"only client credentials":              {`{"redirect_uris":["http://localhost/cb"],"grant_types":["client_credentials"]}`, "invalid_client_metadata", 400},
		"more than 64 KiB":                     {`{"client_name":"` + strings.Repeat("x", maxBody) + `"}`, "invalid_request", 413},
		"deep JSON":                            {strings.Repeat("[", 60000), "invalid_client_metadata", 400},
	} {
		r := h.post(PathRegister, "application/json", c.body, func(r *http.Request) { r.Header.Set("Test-Address", name) })
		if r.status != c.status || r.errorCode() != c.want {
			t.Errorf("%s: %d %s, want %d %s", name, r.status, r.body, c.status, c.want)
		}
	}
	if r := h.post(PathRegister, "text/plain", `{"redirect_uris":["http://localhost/cb"]}`); r.errorCode() != "invalid_client_metadata" {
		t.Errorf("text/plain: %s", r.body)
	}
	if all, _, err := h.store.CountClients(t.Context()); all != 0 || err != nil {
		t.Errorf("%d clients stored", all)
	}
	plural := h.post(PathRegister, "application/json", `{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none","private_key_jwt"]}`)
	if plural.status != 201 || !strings.Contains(plural.body, `"token_endpoint_auth_method":"none"`) {
		t.Errorf("the plural field counts: %s", plural.body)
	}
}

func TestRevocationEndpoint(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	revoke := func(token string, changes ...string) reply {
		return h.form(PathRevoke, altered(url.Values{"client_id": {chatgpt}, "token": {token}}, changes...))
	}
	if r := revoke(""); r.errorCode() != "invalid_request" {
		t.Errorf("no token: %s", r.body)
	}
	if r := revoke("unknown"); r.status != 200 {
		t.Errorf("an unknown token: %d", r.status)
	}
	if r := revoke(p.Refresh, "client_id", "nobody"); r.status != 401 {
		t.Errorf("an unknown client: %d", r.status)
	}
	if r := revoke(p.Refresh, "client_id", "https://claude.ai/oauth/mcp-oauth-client-metadata"); r.status != 400 || !h.works(p.Access) {
		t.Errorf("another client's token: %d", r.status)
	}
	if r := revoke(p.Access, "token_type_hint", "refresh_token"); r.status != 200 || h.works(p.Access) {
		t.Errorf("an access token under a wrong hint: %d", r.status)
	}
	next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	if r := revoke(next.Refresh); r.status != 200 || h.works(next.Access) {
		t.Errorf("a refresh token takes its connection: %d", r.status)
	}
	if list, _ := h.s.Connections(t.Context()); len(list) != 0 {
		t.Error("it is still listed")
	}
	if bytes.Contains(h.log.Bytes(), []byte(p.Access)) {
		t.Error("a token is in the log")
	}
}
