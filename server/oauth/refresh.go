package oauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"codabridge/server/store"
)

const unknownRefresh = "the refresh token is not known or has expired; connect again"

// refresh gives a new pair for a refresh token, RFC 6749 section 6, and ends
// the old one (rotation, RFC 9700 section 2.2.2). For a minute the old one
// gives the same pair again, for clients that did not get the first answer.
func (s *Server) refresh(ctx context.Context, c client, form url.Values) (pair, error) {
	old := form.Get("refresh_token")
	if old == "" {
		return pair{}, invalidRequest("refresh_token is missing")
	}
	issuer, now := issuerOf(ctx), s.opt.Now()
	target, f := resource(form, issuer)
	if f != nil {
		return pair{}, f
	}
	if !wellFormed(old, prefixRefresh) {
		return pair{}, invalidGrant(unknownRefresh)
	}
	access, accessHash, err := s.successor(ctx, old, prefixAccess)
	if err != nil {
		return pair{}, err
	}
	next, nextHash, err := s.successor(ctx, old, prefixRefresh)
	if err != nil {
		return pair{}, err
	}
	var p pair
	var grant string
	again := false
	err = s.opt.Store.SpendRefresh(ctx, digest(old), func(t store.Token) (store.Issue, error) {
		grant = t.Grant.ID
		if f := mayRefresh(t, c, issuer, target, now); f != nil {
			return store.Issue{}, f
		}
		if !t.Rotated.IsZero() {
			again = true
			return inGrace(t, now)
		}
		scopes, f := refreshedScopes(form.Get("scope"), t.Scopes)
		if f != nil {
			return store.Issue{}, f
		}
		p = newPair(access, next, scopes, s.opt.AccessTTL)
		return store.Issue{Rotated: now, Resource: target, Tokens: s.tokens(accessHash, nextHash, scopes, t.Scopes, now)}, nil
	})
	if err == nil && again {
		return s.repeat(ctx, access, accessHash, next, now)
	}
	return p, s.judge(err, grant, unknownRefresh)
}

// inGrace allows the use of a rotated token for a minute. Later it is a
// replay: two parties hold the token, and nobody can tell which is the right
// one.
func inGrace(t store.Token, now time.Time) (store.Issue, error) {
	if age := now.Sub(t.Rotated); age > grace || age < -grace {
		return store.Issue{}, store.ErrReplayed
	}
	return store.Issue{Again: true}, nil
}

// mayRefresh checks that a refresh token is used by its client, where it was
// made.
func mayRefresh(t store.Token, c client, issuer, target string, now time.Time) *fault {
	switch {
	case t.Grant.ClientID != c.id || t.Grant.Issuer != issuer:
		return invalidGrant("the refresh token was made for another client")
	case !now.Before(t.Expires):
		return invalidGrant(unknownRefresh)
	case target != "" && t.Grant.Resource != "" && target != t.Grant.Resource:
		return &fault{Code: "invalid_target", Text: "the resource differs from the one that was authorized"}
	}
	return nil
}

// refreshedScopes lets a client ask for less than it was given, for this
// access token only. Clients repeat what they first asked for although the
// owner gave less; RFC 6749 section 6 forbids to give more and section 3.3
// allows to ignore the rest, so they get what was given, and the answer says
// so. Refusing them would end connections that are in order.
func refreshedScopes(asked string, given []string) ([]string, *fault) {
	words := strings.Fields(asked)
	if len(words) == 0 {
		return given, nil
	}
	scopes, f := askedScopes(asked)
	if f != nil {
		return nil, f
	}
	if kept := among(scopes, given); len(kept) > 0 {
		return kept, nil
	}
	return nil, &fault{Code: "invalid_scope", Text: "nothing of that was granted: " + strings.Join(given, " ")}
}

// among are those of some scopes that are given.
func among(some, given []string) []string {
	return slices.DeleteFunc(slices.Clone(some), func(s string) bool { return !slices.Contains(given, s) })
}

// repeat gives the answer of a moment ago once more.
func (s *Server) repeat(ctx context.Context, access string, hash []byte, next string, now time.Time) (pair, error) {
	t, err := s.opt.Store.Token(ctx, hash, store.Access)
	if errors.Is(err, store.ErrNotFound) {
		return pair{}, invalidGrant(unknownRefresh)
	}
	if err != nil {
		return pair{}, err
	}
	return newPair(access, next, t.Scopes, max(0, t.Expires.Sub(now).Truncate(time.Second))), nil
}

// RevokeToken is the revocation endpoint, RFC 7009. A refresh token takes its
// whole connection with it, an access token only itself. A token that is not
// known is fine: it is not valid, which is what was asked for.
func (s *Server) RevokeToken(w http.ResponseWriter, r *http.Request) {
	if !s.method(w, r, http.MethodPost) {
		return
	}
	form, c, err := s.form(r)
	if err == nil {
		err = s.revokeToken(r.Context(), c, form)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct{}{})
}

func (s *Server) revokeToken(ctx context.Context, c client, form url.Values) error {
	token := form.Get("token")
	kind := store.Access
	switch {
	case token == "":
		return invalidRequest("token is missing")
	case wellFormed(token, prefixRefresh):
		kind = store.Refresh
	case !wellFormed(token, prefixAccess):
		return nil
	}
	t, err := s.opt.Store.Token(ctx, digest(token), kind)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case t.Grant.ClientID != c.id || t.Grant.Issuer != issuerOf(ctx):
		return &fault{Code: "unauthorized_client", Text: "the token was made for another client"}
	case kind == store.Access:
		return s.opt.Store.DropToken(ctx, digest(token))
	}
	if err := s.Revoke(ctx, t.Grant.ID); err != nil && !errors.Is(err, ErrNoConnection) {
		return err
	}
	return nil
}
