package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	store "codabridge/server/store/state"
)

// Errors of the owner's side, each a sentence for the owner.
var (
	// ErrNoRequest: no request waits under that code.
	ErrNoRequest = errors.New("no request waits under this code: look at the code in your browser again, it lives five minutes")
	// ErrTooManyCodes: too many wrong codes were given.
	ErrTooManyCodes = errors.New("too many wrong codes: wait a minute, then try the code in your browser again")
	// ErrNoConnection: no connection has that id.
	ErrNoConnection = errors.New("there is no such connection")
)

// Waiting is a request that waits for the owner's word. It has no code: the
// owner gives the one that their own browser shows.
type Waiting struct {
	Client       string // its name
	SelfNamed    bool   // show it as: calls itself "…", and RedirectHost first
	RedirectHost string // for a loopback address: this computer, or another one
	// Redirect is the whole address, and LooksLike how a browser may show its
	// host, when that is on no list and the owner has to say yes to it too. Else
	// both are empty.
	Redirect  string
	LooksLike string
	Address   string // that asked: "this computer", or an IP address
	Scopes    []string
	Since     time.Time
	Expires   time.Time
}

// Connection is a client that the owner said yes to, or an access key.
type Connection struct {
	ID           string
	Client       string // its name, or that of the key
	SelfNamed    bool
	IsKey        bool
	RedirectHost string // empty for a key
	Scopes       []string
	Documents    []string // ids of the only docs it may reach; none means all
	Issuer       string   // the origin it was made at; it works nowhere else. A key has none
	Created      time.Time
	LastUsed     time.Time // zero when never
	Ends         time.Time // of a key; zero when never
}

func (r *request) public() Waiting {
	w := Waiting{Client: r.client.shownName(), SelfNamed: r.client.selfNamed,
		RedirectHost: place(r.redirect, r.from), Address: r.from.String(),
		Scopes: slices.Clone(r.scopes), Since: r.created, Expires: r.expires}
	if r.unlisted {
		w.Redirect = r.redirect
		w.RedirectHost, w.LooksLike = unlistedPlace(r.redirect, r.from)
	}
	return w
}

// Waiting lists the requests that wait, newest first. Their end by time is
// not announced by OnChange: see Expires.
func (s *Server) Waiting() []Waiting {
	var list []Waiting
	for _, r := range s.pool.waiting(s.opt.Now()) {
		list = append(list, r.public())
	}
	return list
}

// Find shows the request behind a code, before the owner decides. Case,
// blanks and hyphens do not matter. The error is ErrNoRequest or
// ErrTooManyCodes.
func (s *Server) Find(code string) (Waiting, error) {
	r, err := s.byCode(code)
	if err != nil {
		return Waiting{}, err
	}
	return r.public(), nil
}

// byCode finds a request, and counts wrong codes.
func (s *Server) byCode(code string) (*request, error) {
	if s.wrongCodes.empty("") {
		return nil, ErrTooManyCodes
	}
	if r := s.pool.byCode(normalCode(code), s.opt.Now()); r != nil {
		return r, nil
	}
	s.wrongCodes.Allow("")
	return nil, ErrNoRequest
}

// Approve is the owner's yes to the request behind a code: to read, and to
// write when write is true, the client asked for it and the read-only switch
// is off. The grant is stored before it returns. Where the redirect's host is on
// no list ErrUnlisted leaves the request as it is; see ApproveAs.
func (s *Server) Approve(ctx context.Context, code string, write bool) error {
	return s.ApproveAs(ctx, code, Yes{Write: write})
}

// Yes is what the owner says yes to, beside reading.
type Yes struct {
	Write bool
	// Ask has each change wait for the owner; it means Write, too.
	Ask bool
	// Host is a second yes: to the host of an address that is on no list, which is
	// remembered from then on for this client alone.
	Host string
}

// scopes are those that a yes gives, of those that were asked for.
func (y Yes) scopes(asked []string, readOnly bool) []string {
	return narrowed(asked, (y.Write || y.Ask) && !readOnly)
}

// mode is that of the policy of a new grant.
func (y Yes) mode() string {
	if y.Ask {
		return "ask"
	}
	return ""
}

// ApproveAs is Approve with all that the owner may say.
func (s *Server) ApproveAs(ctx context.Context, code string, yes Yes) error {
	r, err := s.claim(code, func(r *request) error {
		if r.unlisted && yes.Host != redirectHost(r.redirect) {
			return ErrUnlisted
		}
		return nil
	})
	if err != nil {
		return err
	}
	yes.Ask = yes.Ask && slices.Contains(r.scopes, ScopeWrite) // who asks to read is not let write
	now := s.opt.Now()
	g := store.Grant{
		ID: newID(), ClientID: r.client.id, ClientName: r.client.shownName(), SelfNamed: r.client.selfNamed, RedirectURI: r.redirect,
		Issuer: r.issuer, Resource: r.resource, Scopes: yes.scopes(r.scopes, s.opt.ReadOnly()), Created: now, Policy: yes.mode(),
	}
	if r.unlisted {
		err = s.opt.Store.AddGrantTo(ctx, g)
	} else {
		err = s.opt.Store.AddGrant(ctx, g)
	}
	if err == nil && yes.Ask {
		s.opt.OnAsk(g.ID)
	}
	s.decide(r, func() {
		if err != nil {
			r.decision = undecided
			return
		}
		r.decision, r.grant = approved, g.ID
	})
	if err != nil {
		return fmt.Errorf("oauth: approve: %w", err)
	}
	s.opt.Log.Info("oauth: approved", "client", r.client.label(), "redirect_host", place(r.redirect, r.from), "asked_from", r.from.String(), "scopes", g.Scopes, "connection", g.ID)
	s.opt.OnChange()
	return nil
}

// Deny is the owner's no to the request behind a code. The client is told
// access_denied.
func (s *Server) Deny(_ context.Context, code string) error {
	r, err := s.claim(code, func(*request) error { return nil })
	if err != nil {
		return err
	}
	location := ""
	if !r.unlisted { // else its browser is shown a page, and sent nowhere
		location = errorLocation(r.redirect, r.state, r.issuer, &fault{Code: "access_denied", Text: "the owner said no"})
	}
	s.decide(r, func() { r.decision, r.location = denied, location })
	s.opt.Log.Info("oauth: denied", "client", r.client.label(), "redirect_host", place(r.redirect, r.from), "asked_from", r.from.String())
	s.opt.OnChange()
	return nil
}

// claim takes a request out of the others' hands while it is being decided, if
// it may be.
func (s *Server) claim(code string, may func(*request) error) (*request, error) {
	r, err := s.byCode(code)
	if err == nil {
		err = may(r)
	}
	if err != nil {
		return nil, err
	}
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	if r.decision != undecided || s.pool.all[r.number] != r {
		return nil, ErrNoRequest
	}
	r.decision = deciding
	return r, nil
}

// decide changes a claimed request and tells its browser, which has at least
// two minutes to come for the answer.
func (s *Server) decide(r *request, change func()) {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	change()
	if later := s.opt.Now().Add(2 * time.Minute); r.decision != undecided && later.After(r.expires) {
		r.expires = later
	}
	r.wake()
}

// fetch makes the authorization code of an approved request. The caller holds
// r.fetching.
func (s *Server) fetch(ctx context.Context, r *request, now time.Time) (state, error) {
	code, hash := newSecret(prefixCode)
	err := s.opt.Store.AddCode(ctx, store.Code{Hash: hash, Challenge: r.challenge, Created: now, Grant: store.Grant{ID: r.grant}})
	if errors.Is(err, store.ErrNotFound) {
		return state{Status: "expired"}, nil // revoked in between
	}
	if err != nil {
		return state{}, fmt.Errorf("oauth: make code: %w", err)
	}
	q := url.Values{"code": {code}, "iss": {r.issuer}}
	if r.state != "" {
		q.Set("state", r.state)
	}
	location := withQuery(r.redirect, q)
	s.pool.mu.Lock()
	r.location, r.fetched = location, now
	s.pool.mu.Unlock()
	return state{Status: "approved", Location: location}, nil
}
