package oauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
	store "codabridge/server/store/state"
)

const unknownRefresh = "the refresh token is not known or has expired; connect again"

// refresh gives a new pair for a refresh token, RFC 6749 section 6, and ends
// the old one (rotation, RFC 9700 section 2.2.2). For a minute, and until the
// next one is used, the old one gives the same pair again, for clients that did
// not get the first answer.
func (s *Server) refresh(ctx context.Context, c client, form url.Values) (pair, error) {
	old := form.Get("refresh_token")
	if old == "" {
		return pair{}, invalidRequest("refresh_token is missing")
	}
	issuer, now := caller.Origin(ctx), s.opt.Now()
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
	err = s.opt.Store.SpendRefresh(ctx, digest(old), nextHash, func(t store.Token, successor store.Successor) (store.Issue, error) {
		grant = t.Grant.ID
		if f := mayRefresh(t, c, issuer, now); f != nil {
			return store.Issue{}, f
		}
		if !t.Rotated.IsZero() {
			again = true
			return inGrace(t, successor, now)
		}
		scopes := refreshedScopes(form.Get("scope"), t.Scopes)
		p = newPair(access, next, scopes, s.opt.AccessTTL)
		return store.Issue{Rotated: now, Resource: target, Tokens: s.tokens(accessHash, nextHash, scopes, t.Scopes, now)}, nil
	})
	if err == nil && again {
		return s.repeat(ctx, access, accessHash, next, now)
	}
	return p, s.grantError(err, grant, unknownRefresh)
}

// inGrace allows the use of a rotated token for a minute, for a client that
// did not get the answer, as long as its successor waits unused. Else it is a
// replay (RFC 9700 section 4.14.2): two parties hold the token, and nobody can
// tell which is the right one.
func inGrace(t store.Token, successor store.Successor, now time.Time) (store.Issue, error) {
	if age := now.Sub(t.Rotated); successor != store.Unused || age > grace || age < -grace {
		return store.Issue{}, store.ErrReplayed
	}
	return store.Issue{Again: true}, nil
}

// mayRefresh checks that a refresh token is used by its client, where it was
// made.
func mayRefresh(t store.Token, c client, issuer string, now time.Time) *fault {
	switch {
	case t.Grant.ClientID != c.id || t.Grant.Issuer != issuer:
		return invalidGrant("the refresh token was made for another client")
	case !now.Before(t.Expires):
		return invalidGrant(unknownRefresh)
	}
	return nil
}

// refreshedScopes lets a client ask for less than it was given, for this
// access token only. Clients repeat what they first asked for although the
// owner gave less; RFC 6749 section 6 forbids to give more and section 3.3
// allows to ignore the rest, so they get what was given, and the answer says
// so. Refusing them would end connections that are in order.
func refreshedScopes(asked string, given []string) []string {
	if len(strings.Fields(asked)) == 0 {
		return given
	}
	return among(askedScopes(asked), given)
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
	door.WriteJSON(w, http.StatusOK, struct{}{})
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
	case t.Grant.ClientID != c.id || t.Grant.Issuer != caller.Origin(ctx):
		return &fault{Code: "unauthorized_client", Text: "the token was made for another client"}
	case kind == store.Access:
		return s.opt.Store.DropToken(ctx, digest(token))
	}
	if err := s.Revoke(ctx, t.Grant.ID); err != nil && !errors.Is(err, ErrNoConnection) {
		return err
	}
	return nil
}
