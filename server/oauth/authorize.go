package oauth

import (
	"cmp"
	"crypto/sha256"
	"net/http"
	"net/url"

	"codabridge/server/caller"
)

// asked is an authorization request that was read and found good.
type asked struct {
	issuer    string
	client    client
	redirect  string
	unlisted  bool // the owner has to say yes to the redirect's host too
	state     string
	challenge string
	resource  string
	scopes    []string
	query     string   // the parameters that matter, encoded again
	digest    [32]byte // of issuer and query
}

// refusal is an authorization request that was not good. Without a redirect
// it may only be answered by a page: sending people to an address that was
// not registered is how codes get stolen.
type refusal struct {
	redirect string
	state    string
	fault    *fault
	page     page
	status   int // of the page; 0 means 400
}

// The parameters of an authorization request that are looked at. All others
// are ignored (RFC 6749 section 3.1); clients do send more.
var authorizeParams = []string{"response_type", "client_id", "redirect_uri", "scope", "state",
	"code_challenge", "code_challenge_method", "response_mode", "resource"}

const (
	longestQuery = 8 << 10
	longestState = 4 << 10
)

// Authorize is the authorization endpoint, RFC 6749 section 3.1. It shows the
// page that waits for the owner. The same browser may ask the same again at
// any time and gets the same code.
func (s *Server) Authorize(w http.ResponseWriter, r *http.Request) {
	if !s.browsing(w, r, s.authorizeEach) {
		return
	}
	a, no := s.read(r)
	if no != nil {
		s.turnAway(w, r, no)
		return
	}
	now := s.opt.Now()
	t, ok := s.seal.ticket(r, a.digest)
	var req *request
	fresh := false
	if ok {
		req = s.pool.find(t, now)
		if req == nil && !t.expired(now) {
			req = s.pool.add(s.newRequest(a, t, r), true, now)
		}
	}
	if req == nil {
		s.seal.makeRoom(w, r, now)
		t = ticket{number: s.pool.number(), asked: a.digest, created: now}
		req, fresh = s.pool.add(s.newRequest(a, t, r), false, now), true
		http.SetCookie(w, s.seal.cookie(a.issuer, t))
	}
	if fresh {
		s.opt.Log.Info("oauth: authorization requested", "client", a.client.label(), "redirect_host", place(a.redirect, req.from), "addr", caller.AddressFrom(r.Context()).Key)
		s.opt.OnChange()
	}
	s.showRequest(w, r, req)
}

// browsing admits a browser to one of the two endpoints for browsers.
func (s *Server) browsing(w http.ResponseWriter, r *http.Request, each *Limiter) bool {
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		s.show(w, http.StatusMethodNotAllowed, page{Title: "Nothing to see this way", Text: "This address is for browsers that open it."})
	case !each.Allow(caller.AddressFrom(r.Context()).Key):
		w.Header().Set("Retry-After", "60")
		s.show(w, http.StatusTooManyRequests, page{Title: "Too many tries", Text: "Too many requests came from your address. Wait a few seconds, then reload this page."})
	default:
		return true
	}
	return false
}

// read checks an authorization request. First comes what decides whether
// anyone may be redirected at all: the client and its redirect address.
func (s *Server) read(r *http.Request) (asked, *refusal) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(r.URL.RawQuery) > longestQuery {
		return asked{}, &refusal{page: pageBadLink}
	}
	a := asked{issuer: caller.Origin(r.Context()), redirect: q.Get("redirect_uri"), state: q.Get("state")}
	if a.issuer == "" || single(q, "client_id", "redirect_uri") != "" || q.Get("client_id") == "" {
		return asked{}, &refusal{page: pageBadLink}
	}
	a.client, err = s.client(r.Context(), q.Get("client_id"))
	if err != nil {
		return asked{}, s.unregistered(r, q.Get("client_id"), a.redirect, err)
	}
	if a.redirect == "" {
		if len(a.client.redirects) != 1 {
			return asked{}, &refusal{page: pageNoRedirect}
		}
		a.redirect = a.client.redirects[0] // OAuth 2.1 section 4.1.1; RFC 6749 section 3.1.2.3
	}
	if !a.client.allows(a.redirect) {
		return asked{}, &refusal{page: pageBadRedirect}
	}
	a.unlisted, err = s.asksForHost(r.Context(), a.client.id, a.redirect)
	if err != nil {
		return asked{}, s.unregistered(r, "", "", err)
	}
	if f := a.readRest(q); f != nil {
		return asked{}, a.refusal(f)
	}
	known := url.Values{}
	for _, name := range authorizeParams {
		if q.Has(name) {
			known[name] = q[name]
		}
	}
	a.query = known.Encode()
	a.digest = sha256.Sum256([]byte(a.issuer + "\n" + a.query))
	return a, nil
}

// refusal is a fault that may be told by redirect. Nobody is sent to an address
// that the owner has not said yes to: that would make a redirector of us.
func (a *asked) refusal(f *fault) *refusal {
	if a.unlisted {
		return &refusal{page: page{Title: "This app asks in a way that cannot be answered", Text: "Nothing was shared. For its maker: " + f.Text + "."}}
	}
	return &refusal{redirect: a.redirect, state: a.state, fault: f}
}

// readRest checks what can be answered by a redirect with an error.
func (a *asked) readRest(q url.Values) *fault {
	if name := single(q, "response_type", "scope", "state", "code_challenge", "code_challenge_method", "response_mode"); name != "" {
		return invalidRequest("the parameter " + name + " is given twice")
	}
	switch {
	case len(a.state) > longestState:
		a.state = ""
		return invalidRequest("state is too long")
	case q.Get("response_type") == "":
		return invalidRequest("response_type is missing")
	case q.Get("response_type") != "code":
		return &fault{Code: "unsupported_response_type", Text: "response_type must be code"}
	case q.Get("response_mode") != "" && q.Get("response_mode") != "query":
		return invalidRequest("response_mode must be query")
	case q.Get("code_challenge") == "":
		return invalidRequest("code_challenge is missing: PKCE is required")
	case q.Get("code_challenge_method") != "S256":
		return invalidRequest("code_challenge_method must be S256")
	case !isMadeOf(q.Get("code_challenge"), base64Letters, 43, 43):
		return invalidRequest("code_challenge is not a SHA-256 in base64url")
	}
	a.challenge = q.Get("code_challenge")
	var f *fault
	a.resource, f = resource(q, a.issuer)
	if f != nil {
		return f
	}
	a.scopes = askedScopes(q.Get("scope"))
	return nil
}

// turnAway answers a request that was not good, by redirect where that is
// safe: RFC 6749 section 4.1.2.1, with iss from RFC 9207.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, no *refusal) {
	if no.redirect == "" {
		s.opt.Log.Info("oauth: refused", "path", r.URL.Path, "addr", caller.AddressFrom(r.Context()).Key, "reason", no.page.Title)
		if no.status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "60")
		}
		s.show(w, cmp.Or(no.status, http.StatusBadRequest), no.page)
		return
	}
	s.opt.Log.Info("oauth: refused", "path", r.URL.Path, "addr", caller.AddressFrom(r.Context()).Key, "error", no.fault.Code, "reason", no.fault.Text)
	redirect(w, errorLocation(no.redirect, no.state, caller.Origin(r.Context()), no.fault))
}

func errorLocation(to, state, issuer string, f *fault) string {
	q := url.Values{"error": {f.Code}, "error_description": {f.Text}, "iss": {issuer}}
	if state != "" {
		q.Set("state", state)
	}
	return withQuery(to, q)
}

// redirect sends the browser on, and keeps the address out of caches and
// referrers.
func redirect(w http.ResponseWriter, to string) {
	pageHeaders(w)
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}
