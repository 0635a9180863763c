package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
	store "codabridge/server/store/state"
)

// pair is a successful token answer, RFC 6749 section 5.1.
type pair struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int64  `json:"expires_in"`
	Refresh string `json:"refresh_token"`
	Scope   string `json:"scope"`
}

// Token is the token endpoint, RFC 6749 section 3.2.
func (s *Server) Token(w http.ResponseWriter, r *http.Request) {
	if !s.method(w, r, http.MethodPost) {
		return
	}
	w.Header().Set("Pragma", "no-cache") // RFC 6749 section 5.1
	form, c, err := s.form(r)
	if err == nil {
		var p pair
		switch form.Get("grant_type") {
		case "authorization_code":
			p, err = s.exchange(r.Context(), c, form)
		case "refresh_token":
			p, err = s.refresh(r.Context(), c, form)
		case "":
			err = invalidRequest("grant_type is missing")
		default:
			err = &fault{Code: "unsupported_grant_type", Text: "the grant types here are authorization_code and refresh_token"}
		}
		if err == nil {
			door.WriteJSON(w, http.StatusOK, p)
			return
		}
	}
	s.refuse(w, r, err)
}

// form reads the body of the token and revocation endpoints and finds out
// which client speaks. Parameters in the URL do not count (RFC 6749 section
// 3.2 wants them out of logs).
func (s *Server) form(r *http.Request) (url.Values, client, error) {
	if !s.tokenEach.Allow(caller.AddressFrom(r.Context()).Key) {
		return nil, client{}, tooMany()
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/x-www-form-urlencoded" {
		return nil, client{}, invalidRequest("the body must be application/x-www-form-urlencoded")
	}
	body, err := readBody(r)
	if err != nil {
		return nil, client{}, err
	}
	form, err := readForm(string(body))
	if err != nil {
		return nil, client{}, err
	}
	c, err := s.authenticate(r, form)
	return form, c, err
}

func readForm(body string) (url.Values, error) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return nil, invalidRequest("the body is not form-encoded")
	}
	if name := single(form, "grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier",
		"refresh_token", "scope", "token", "token_type_hint"); name != "" {
		return nil, invalidRequest("the parameter " + name + " is given twice")
	}
	return form, nil
}

// exchange gives tokens for a code, RFC 6749 section 4.1.3.
func (s *Server) exchange(ctx context.Context, c client, form url.Values) (pair, error) {
	for _, name := range []string{"code", "code_verifier"} {
		if form.Get(name) == "" {
			return pair{}, invalidRequest(name + " is missing")
		}
	}
	issuer, now := caller.Origin(ctx), s.opt.Now()
	target, f := resource(form, issuer)
	if f != nil {
		return pair{}, f
	}
	if !wellFormed(form.Get("code"), prefixCode) {
		return pair{}, invalidGrant("the code is not known or has expired")
	}
	var p pair
	var grant string
	err := s.opt.Store.SpendCode(ctx, digest(form.Get("code")), func(code store.Code) (store.Issue, error) {
		g := code.Grant
		grant = g.ID
		if f := mayExchange(code, c, form, issuer, now); f != nil {
			return store.Issue{}, f
		}
		access, accessHash := newSecret(prefixAccess)
		refresh, refreshHash := newSecret(prefixRefresh)
		p = newPair(access, refresh, g.Scopes, s.opt.AccessTTL)
		return store.Issue{Resource: target, Tokens: s.tokens(accessHash, refreshHash, g.Scopes, g.Scopes, now)}, nil
	})
	return p, s.grantError(err, grant, "the code is not known or has expired")
}

// mayExchange checks that a code is used by whom and for what it was made. A
// spent one passes here only for whoever could have used it, at any age: who
// found one in a browser's history lacks the verifier, and ends nothing by it.
// redirect_uri may be left out, since PKCE binds the code (OAuth 2.1 section
// 4.1.3); one that is named has to be right.
func mayExchange(code store.Code, c client, form url.Values, issuer string, now time.Time) *fault {
	g := code.Grant
	age := now.Sub(code.Created)
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	switch {
	case g.ClientID != c.id || g.Issuer != issuer:
		return invalidGrant("the code was made for another client")
	case !code.Used && (age >= codeLife || age <= -codeLife):
		return invalidGrant("the code is not known or has expired")
	case form.Get("redirect_uri") != "" && !exactRedirect(g.RedirectURI, form.Get("redirect_uri")):
		return invalidGrant("redirect_uri differs from the one the code was sent to")
	case !isMadeOf(form.Get("code_verifier"), verifierLetters, 43, 128) || subtle.ConstantTimeCompare([]byte(challenge), []byte(code.Challenge)) != 1:
		return invalidGrant("code_verifier does not match code_challenge")
	}
	return nil
}

func newPair(access, refresh string, scopes []string, life time.Duration) pair {
	return pair{Access: access, Type: "Bearer", Seconds: int64(life / time.Second), Refresh: refresh, Scope: strings.Join(scopes, " ")}
}

func (s *Server) tokens(access, refresh []byte, narrow, full []string, now time.Time) []store.Token {
	return []store.Token{
		{Hash: access, Kind: store.Access, Scopes: narrow, Created: now, Expires: now.Add(s.opt.AccessTTL)},
		{Hash: refresh, Kind: store.Refresh, Scopes: full, Created: now, Expires: now.Add(refreshLife)},
	}
}

// grantError turns what the store said into what the client hears. A replay has
// removed the grant, which changes the owner's list.
func (s *Server) grantError(err error, grant, unknown string) error {
	switch {
	case errors.Is(err, store.ErrReplayed):
		s.forget(grant)
		s.opt.Log.Warn("oauth: a code or refresh token came a second time; its connection was removed", "connection", grant)
		s.opt.OnChange()
		return invalidGrant("it was used before, so everything it gave is revoked")
	case errors.Is(err, store.ErrNotFound):
		return invalidGrant(unknown)
	}
	return err
}
