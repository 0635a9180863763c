package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"codabridge/server/oauth"
	"codabridge/server/tools"
)

// Bodies may be this long, in bytes: a stranger's, and one with a valid token.
const (
	strangerBody = 64 << 10
	clientBody   = 4 << 20
)

// withBearer lets a request pass with an access token of the issuer it came
// to. Without one the answer is 401 before anything else is looked at, the
// body included: OpenAI's prober sends an empty POST and expects just that.
func (s *Server) withBearer(w http.ResponseWriter, req *http.Request, next http.HandlerFunc) {
	origin := originFrom(req.Context())
	token, sent := bearerToken(req.Header.Values("Authorization"))
	if !sent && s.looksLikeVisitor(req) {
		s.serveHome(w, req)
		return
	}
	grant, err := s.o.OAuth.Authenticate(req.Context(), origin, token)
	switch {
	case err == nil:
	case errors.Is(err, oauth.ErrInvalidToken):
		s.stranger(w, req, sent)
		return
	default:
		s.log.Error("server: check token", "err", err)
		writeError(w, http.StatusServiceUnavailable, "temporarily_unavailable", "codabridge cannot read its database just now; its owner sees why on the codabridge page.")
		return
	}
	caller := tools.Caller{ID: grant.ID, Name: grant.ClientName, Write: hasScope(grant.Scopes, oauth.ScopeWrite)}
	ctx := tools.WithCaller(req.Context(), caller)
	w.Header().Set("Cache-Control", "no-store") // what follows stands in somebody's documents
	next(w, req.WithContext(ctx))
}

// stranger answers a request without a valid token, and slows an address that
// sends very many.
func (s *Server) stranger(w http.ResponseWriter, req *http.Request, sent bool) {
	if s.flood.spent(oauth.ClientAddr(req.Context())) {
		w.Header().Set("Retry-After", "30")
		s.refuse(w, req, http.StatusTooManyRequests, "slow_down", "Too many requests without a valid token came from this address. Wait half a minute.")
		return
	}
	s.challenge(w, req, sent)
}

// bearerToken reads the token of RFC 6750 section 2.1; sent tells whether
// credentials of any kind were there. Tokens in the query string are not read.
func bearerToken(values []string) (token string, sent bool) {
	if len(values) != 1 {
		return "", len(values) > 0
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return strings.TrimSpace(token), true
}

func hasScope(scopes []string, want string) bool {
	for _, s := range scopes {
		if s == want {
			return true
		}
	}
	return false
}

// challenge answers 401 in the form of RFC 9728 section 5.1.
func (s *Server) challenge(w http.ResponseWriter, req *http.Request, sent bool) {
	origin := originFrom(req.Context())
	why, sentence := "unauthorized", "Sign in first: the resource metadata says where. The owner of this codabridge approves each client once."
	fault := ""
	if sent {
		why, sentence = "invalid_token", "The access token is unknown, expired, revoked, or meant for another address. Sign in again."
		fault = fmt.Sprintf(`error="invalid_token", error_description=%q, `, sentence)
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer %sresource_metadata="%s", scope="%s"`,
		fault, resourceDocumentURL(origin, req.URL.Path), strings.Join(s.scopes(), " ")))
	s.note(req, http.StatusUnauthorized, why)
	hangUp(w, req)
	if !sent && req.Method != http.MethodPost && accepts(req, "text/html") {
		s.writePage(w, http.StatusUnauthorized, "home.html", s.homeOf(origin))
		return
	}
	writeJSON(w, http.StatusUnauthorized, errorInfo{Error: why, Description: sentence, info: s.info(origin)})
}

// scopes are what the challenge asks for.
func (s *Server) scopes() []string {
	if s.o.ReadOnly != nil && s.o.ReadOnly() {
		return []string{oauth.ScopeRead}
	}
	return []string{oauth.ScopeRead, oauth.ScopeWrite}
}

// Challenge is the value for a tool result's _meta["mcp/www_authenticate"]
// when a call needs a scope that the token lacks.
func Challenge(ctx context.Context, scope string) string {
	origin := originFrom(ctx)
	if origin == "" {
		return ""
	}
	return fmt.Sprintf(`Bearer error="insufficient_scope", error_description="This connection may only read.", scope="%s %s", resource_metadata="%s"`,
		oauth.ScopeRead, scope, resourceDocumentURL(origin, "/"))
}
