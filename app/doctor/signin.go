package doctor

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// login is the doctor's own client and its connection.
type login struct {
	client, verifier, state string
	code                    string
	access, refresh         string
	resource                string
}

// redirectTo is never opened: the doctor reads the address that it would be
// sent to.
const redirectTo = "http://127.0.0.1/codabridge-doctor"

func (v *visit) registration(ctx context.Context) finding {
	body := `{"client_name":"` + ClientName + `","redirect_uris":["` + redirectTo + `"],"token_endpoint_auth_method":"none"}`
	a, err := v.wire.do(ctx, http.MethodPost, v.path(v.meta.Register), body, "Content-Type", "application/json", "Accept", "application/json")
	var reg map[string]any
	if err != nil || !a.json(http.StatusCreated, &reg) {
		return v.strange(a, err, "201 and a client")
	}
	id, _ := reg["client_id"].(string)
	if _, secret := reg["client_secret"]; id == "" || secret {
		return failed("", "The answer has no client_id, or a client_secret that a public client must not get.")
	}
	v.login.client = id
	return ok("A throw-away client was registered.")
}

func (v *visit) challengeOf() string {
	sum := sha256.Sum256([]byte(v.login.verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (v *visit) authorizeQuery() string {
	return "?" + url.Values{
		"response_type": {"code"}, "client_id": {v.login.client}, "redirect_uri": {redirectTo}, "scope": {"coda.read"},
		"state": {v.login.state}, "code_challenge": {v.challengeOf()}, "code_challenge_method": {"S256"},
		"resource": {v.login.resource}, "ui_locales": {"en"},
	}.Encode()
}

var codeElement = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`id="code"[^>]*>([A-Z0-9-]+)<`) })

// signIn asks for a connection as a browser does, lets the owner's side say
// yes to this request alone, and reads where the browser would be sent.
func (v *visit) signIn(ctx context.Context) finding {
	v.login.verifier, v.login.state, v.login.resource = rand.Text()+rand.Text(), rand.Text(), v.wire.base+"/mcp"
	at := v.path(v.meta.Authorize)
	a, err := v.wire.do(ctx, http.MethodGet, at+v.authorizeQuery(), "", "Accept", "text/html")
	m := codeElement().FindSubmatch(a.body)
	if err != nil || a.status != http.StatusOK || m == nil {
		if a.header.Get("Ngrok-Error-Code") == "" && err == nil && a.media() == "text/html" {
			return failed("", "The sign-in page shows no code (status %d).", a.status)
		}
		return v.strange(a, err, "the sign-in page with its code")
	}
	release, err := v.o.Bridge.Approve(ctx, Rehearsal{Code: string(m[1]), ClientID: v.login.client, Challenge: v.challengeOf()})
	if err != nil {
		return failed("Check that "+v.wire.base+" leads to the codabridge with this data folder.", "The running codabridge does not know the request that was made at %s: %v", v.wire.base, err)
	}
	v.release = release
	a, err = v.wire.do(ctx, http.MethodGet, at+"/wait"+v.authorizeQuery(), "", "Accept", "application/json")
	var st struct{ Status, Location string }
	if err != nil || !a.json(http.StatusOK, &st) {
		return v.strange(a, err, "the way back to the client")
	}
	to, err := url.Parse(st.Location)
	if err != nil || !strings.HasPrefix(st.Location, redirectTo+"?") || to.Query().Get("code") == "" {
		return failed("If a proxy of yours stands in front, let cookies pass.", "After the yes the sign-in page was told %q and not sent back to the client: its cookie may be lost on the way.", st.Status)
	}
	q := to.Query()
	if q.Get("iss") != v.meta.Issuer || q.Get("state") != v.login.state {
		return failed("", "The way back to the client lacks the issuer or the state, so ChatGPT would refuse it.")
	}
	v.login.code = q.Get("code")
	return ok("A request was made, approved through the owner's side, and sent back with its issuer.")
}

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Type    string `json:"token_type"`
	Scope   string `json:"scope"`
	Life    int    `json:"expires_in"`
}

func (v *visit) exchange(ctx context.Context, values url.Values) (tokens, finding) {
	values.Set("client_id", v.login.client)
	values.Set("resource", v.login.resource)
	a, err := v.wire.form(ctx, v.path(v.meta.Token), values)
	var t tokens
	if err != nil || !a.json(http.StatusOK, &t) || t.Access == "" || t.Refresh == "" {
		return t, v.strange(a, err, "an access and a refresh token")
	}
	v.login.access, v.login.refresh = t.Access, t.Refresh
	return t, none
}

func (v *visit) token(ctx context.Context) finding {
	t, f := v.exchange(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {v.login.code}, "redirect_uri": {redirectTo}, "code_verifier": {v.login.verifier}})
	if f.status != "" {
		return f
	}
	if !strings.EqualFold(t.Type, "Bearer") || t.Scope != "coda.read" {
		return failed("", "The token reply says type %q and scope %q.", t.Type, t.Scope)
	}
	return ok("The code was exchanged for a token that may read, for %s.", spoken(time.Duration(t.Life)*time.Second))
}

func (v *visit) refresh(ctx context.Context) finding {
	before := v.login.refresh
	if _, f := v.exchange(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {before}}); f.status != "" {
		return f
	}
	if v.login.refresh == before {
		return failed("", "The refresh token was not replaced by a new one.")
	}
	return ok("The token was renewed, so ChatGPT stays connected.")
}

// revoke ends the connection as a client does (RFC 7009), and looks whether
// the token is refused from then on.
func (v *visit) revoke(ctx context.Context) finding {
	a, err := v.wire.form(ctx, v.path(v.meta.Revoke), url.Values{"token": {v.login.refresh}, "client_id": {v.login.client}})
	if err != nil || a.status != http.StatusOK {
		return v.strange(a, err, "200")
	}
	a, err = v.post(ctx, "tools/list", nil, "revoked")
	if err != nil || a.status != http.StatusUnauthorized {
		return failed("", "A revoked token still gets status %d.", a.status)
	}
	return ok("The connection was ended, and its token is refused.")
}

// leave removes the doctor's client and connection, however the visit ended.
func (v *visit) leave() {
	if v.login.client != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = v.o.Bridge.EndRehearsal(ctx, v.login.client) // the instance does it by itself after a while
	}
	if v.release != nil {
		v.release()
	}
	if v.wire != nil {
		v.wire.client.CloseIdleConnections()
	}
}
