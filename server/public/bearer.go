package public

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/oauth"
)

// bearer lets a request pass with an access token of the issuer it came to.
// Its handlers read the body: OpenAI's prober sends an empty POST without a
// token and expects 401 and nothing else.
func (p *Public) bearer() door.Guard {
	return door.Guard{Name: "bearer", Admit: p.admit, Unread: true}
}

func (p *Public) admit(req *http.Request) (caller.Caller, error) {
	if p.o.Stopped != nil && p.o.Stopped() {
		return caller.Caller{}, &door.Refusal{Status: http.StatusServiceUnavailable, Code: "stopped",
			Sentence: "The owner has stopped codabridge for now. It works again when they start it."}
	}
	token, sent := credentials(req)
	if !sent && looksLikeVisitor(req) {
		return caller.Caller{}, door.Instead(p.serveHome)
	}
	grant, err := p.o.OAuth.Authenticate(req.Context(), caller.Origin(req.Context()), token)
	if errors.Is(err, oauth.ErrInvalidToken) {
		return caller.Caller{}, p.unauthorized(req, token, sent)
	}
	if err != nil {
		return caller.Caller{}, err
	}
	who := caller.Caller{ID: grant.ID, Name: grant.ClientName, Scopes: grant.Scopes}
	who.Reach.Write = slices.Contains(grant.Scopes, oauth.ScopeWrite)
	who.Reach.Documents = grant.Documents // beside what the owner allows to everybody
	return who, nil
}

// unauthorized refuses a request without a valid token, and slows an address that
// sends very many.
func (p *Public) unauthorized(req *http.Request, token string, sent bool) *door.Refusal {
	if !p.flood.Allow(caller.AddressFrom(req.Context()).Key) {
		return &door.Refusal{Status: http.StatusTooManyRequests, Code: "slow_down", Header: map[string]string{"Retry-After": "30"},
			Sentence: "Too many requests without a valid token came from this address. Wait half a minute."}
	}
	return p.challenge(req, token, sent)
}

// credentials reads what a request is signed with: a bearer token, or an access
// key in a header of its own, for clients that cannot send the other one; sent
// tells whether there were any of any kind. An Authorization header counts
// alone. Nothing is read from the address, which is kept in histories and logs.
func credentials(req *http.Request) (token string, sent bool) {
	values, keys := req.Header.Values("Authorization"), req.Header.Values("X-Api-Key")
	if len(keys) == 0 || strings.Join(values, "") != "" {
		return bearerToken(values)
	}
	if key := strings.TrimSpace(keys[0]); len(keys) == 1 && (oauth.IsKey(key) || codaToken().MatchString(key)) {
		return key, true
	}
	return "", true
}

// codaToken is the form of Coda's API tokens: that of a UUID. None is compared
// with the owner's, so that nobody can try them out here.
var codaToken = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}$`)
})

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

// challenge refuses in the form of RFC 9728 section 5.1.
func (p *Public) challenge(req *http.Request, token string, sent bool) *door.Refusal {
	origin := caller.Origin(req.Context())
	why, sentence := "unauthorized", unsigned(req)
	fault := ""
	if sent {
		why, sentence = "invalid_token", wrongToken(token)
		fault = fmt.Sprintf(`error="invalid_token", error_description=%q, `, sentence)
	}
	challenge := fmt.Sprintf(`Bearer %sresource_metadata="%s", scope="%s"`,
		fault, resourceDocumentURL(origin, req.URL.Path), strings.Join(p.scopes(), " "))
	return &door.Refusal{Status: http.StatusUnauthorized, Code: why, Sentence: sentence, Header: map[string]string{"WWW-Authenticate": challenge},
		Answer: func(w http.ResponseWriter, req *http.Request) {
			if !sent && req.Method != http.MethodPost && door.Accepts(req, "text/html") {
				p.frame.WritePage(w, http.StatusUnauthorized, "home.html", p.homeOf(origin))
				return
			}
			door.WriteJSON(w, http.StatusUnauthorized, errorInfo{Error: why, Description: sentence, info: p.info(origin)})
		}}
}

// unsigned is said to who sent no credentials.
func unsigned(req *http.Request) string {
	if oauth.HasKey(req.URL.RawQuery) {
		return "A key in an address is not taken, since addresses are kept in histories and logs. " +
			"Revoke that one, make another, and send it as a header: Authorization: Bearer, or X-API-Key."
	}
	return "Sign in first: the resource metadata says where. The owner of this codabridge approves each client once."
}

// wrongToken is said to who sent credentials that are not good.
func wrongToken(token string) string {
	switch {
	case codaToken().MatchString(token):
		return "This has the form of a Coda API token, which codabridge does not take: whoever sees such a request could act on the whole account for ever. " +
			"Make an access key on the codabridge page, under Connections, and send that."
	case oauth.HasKey(token):
		return "The access key is unknown, was revoked, or has ended. Its owner makes a new one on the codabridge page, under Connections."
	}
	return "The access token is unknown, expired, revoked, or meant for another address. Sign in again."
}

// scopes are what the challenge asks for.
func (p *Public) scopes() []string {
	if p.o.ReadOnly != nil && p.o.ReadOnly() {
		return []string{oauth.ScopeRead}
	}
	return []string{oauth.ScopeRead, oauth.ScopeWrite}
}

// Challenge is the value for a tool result's _meta["mcp/www_authenticate"]
// when a call needs a scope that the token lacks.
func Challenge(ctx context.Context, scope string) string {
	origin := caller.Origin(ctx)
	if origin == "" {
		return ""
	}
	return fmt.Sprintf(`Bearer error="insufficient_scope", error_description="This connection may only read.", scope="%s %s", resource_metadata="%s"`,
		oauth.ScopeRead, scope, resourceDocumentURL(origin, "/"))
}
