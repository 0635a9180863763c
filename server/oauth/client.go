package oauth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	store "codabridge/server/store/state"
)

// client is an app, however it made itself known.
type client struct {
	id        string
	name      string
	selfNamed bool     // the name is its own word, not one pinned here
	redirects []string // what it may ask for, in the sense of sameRedirect
	secret    []byte   // SHA-256; nil for a public client
}

// errUnknownClient: no such client is registered, pinned or to be fetched.
var errUnknownClient = errors.New("oauth: unknown client")

// allows reports whether the client may send people to uri.
func (c client) allows(uri string) bool {
	return slices.ContainsFunc(c.redirects, func(r string) bool { return sameRedirect(r, uri) })
}

// client finds a client for the authorization endpoint, where its name and
// its redirects matter and a document may be fetched.
func (s *Server) client(ctx context.Context, id string) (client, error) {
	if c, ok := pinned(id); ok {
		return c, nil
	}
	if strings.Contains(id, "://") {
		return s.documented(ctx, id)
	}
	return s.registered(ctx, id)
}

func (s *Server) registered(ctx context.Context, id string) (client, error) {
	if len(id) > 64 {
		return client{}, errUnknownClient
	}
	c, err := s.opt.Store.Client(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return client{}, errUnknownClient
	}
	if err != nil {
		return client{}, err
	}
	return client{id: c.ID, name: clip(c.Name, nameLength), selfNamed: !c.ByOwner || slices.ContainsFunc(c.RedirectURIs, isLoopback),
		redirects: c.RedirectURIs, secret: c.Secret}, nil
}

// authenticate finds out which client speaks at the token and revocation
// endpoints (RFC 6749 section 2.3). A client with a document is public: its
// id is compared with the grant's, and nothing is fetched here.
func (s *Server) authenticate(r *http.Request, form url.Values) (client, error) {
	id, secret, basic, err := credentials(r, form)
	if err != nil {
		return client{}, err
	}
	no := &fault{Code: "invalid_client", Text: "this client is not known here, or its secret is wrong; remove and re-add the connector",
		status: http.StatusUnauthorized, basic: basic}
	if form.Has("client_assertion") || form.Has("client_assertion_type") {
		no.Text = "signed client assertions are not supported; use token_endpoint_auth_method none"
		return client{}, no
	}
	c := client{id: id}
	switch {
	case id == "":
		no.Text = "the request names no client"
		return client{}, no
	case documentURL(id) == nil:
	default:
		c, err = s.registered(r.Context(), id)
		if errors.Is(err, errUnknownClient) {
			return client{}, no
		} else if err != nil {
			return client{}, err
		}
	}
	if !c.proves(secret) {
		return client{}, no
	}
	return c, nil
}

// proves compares a secret with the client's in constant time. A public
// client has none and may send none.
func (c client) proves(secret string) bool {
	if c.secret == nil {
		return secret == ""
	}
	return subtle.ConstantTimeCompare(digest(secret), c.secret) == 1
}

// credentials reads the client's id and secret from the Authorization header
// or from the body, never from both (RFC 6749 section 2.3).
func credentials(r *http.Request, form url.Values) (id, secret string, basic bool, err error) {
	id, secret = form.Get("client_id"), form.Get("client_secret")
	header := r.Header.Get("Authorization")
	if header == "" {
		return id, secret, false, nil
	}
	bad := &fault{Code: "invalid_client", Text: "the Authorization header is not a client's id and secret", status: http.StatusUnauthorized, basic: true}
	scheme, value, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", true, bad
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	if err != nil {
		return "", "", true, bad
	}
	rawID, rawSecret, ok := strings.Cut(string(plain), ":")
	headerID, err1 := url.QueryUnescape(rawID)
	headerSecret, err2 := url.QueryUnescape(rawSecret)
	if !ok || err1 != nil || err2 != nil {
		return "", "", true, bad
	}
	if secret != "" || (id != "" && id != headerID) {
		return "", "", true, invalidRequest("the client identifies itself in two ways at once")
	}
	return headerID, headerSecret, true, nil
}
