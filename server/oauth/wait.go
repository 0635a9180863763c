package oauth

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
)

const pollsEach = 4 // polls held open for one request; more are answered at once

// state is what a waiting page is told.
type state struct {
	Status   string `json:"status"` // waiting, approved, denied, finished, expired or cookies
	Location string `json:"location,omitempty"`
}

func (s *Server) newRequest(a asked, t ticket, r *http.Request) *request {
	return &request{
		asked: a, ticket: t, code: codeOf(s.seal.codeKey, t.number), from: caller.AddressFrom(r.Context()),
		expires: t.created.Add(requestLife), changed: make(chan struct{}),
	}
}

// Wait tells a waiting page how its request stands. It takes the query of the
// authorization request and the cookie of the browser that made it, and
// nobody else learns anything. A script, which accepts JSON, is held until
// there is news or a while has passed; a page without script is answered at
// once by a page or a redirect.
func (s *Server) Wait(w http.ResponseWriter, r *http.Request) {
	if !s.browsing(w, r, s.waitEach) {
		return
	}
	script := strings.Contains(r.Header.Get("Accept"), "application/json")
	req := s.returning(r)
	switch {
	case req == nil && script && s.lacksCookies(r):
		door.WriteJSON(w, http.StatusOK, state{Status: "cookies"})
	case req == nil && s.lacksCookies(r):
		s.show(w, http.StatusOK, pageNoCookies(r.URL.RawQuery))
	case req == nil && script:
		door.WriteJSON(w, http.StatusOK, state{Status: "expired"})
	case req == nil:
		s.show(w, http.StatusOK, pageExpired(r.URL.RawQuery))
	case script:
		s.await(patienceOf(r.Context()), req)
		st, err := s.outcome(r.Context(), req)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		door.WriteJSON(w, http.StatusOK, st)
	default:
		s.showRequest(w, r, req)
	}
}

// returning finds the request of a browser that comes back, and lets it in
// again when it had to leave; nil when it is over, or not this browser's.
func (s *Server) returning(r *http.Request) *request {
	if !s.hasCookies(r) {
		return nil
	}
	a, no := s.read(r)
	if no != nil {
		return nil
	}
	t, ok := s.seal.ticket(r, a.digest)
	if !ok {
		return nil
	}
	now := s.opt.Now()
	if req := s.pool.find(t, now); req != nil || t.expired(now) {
		return req
	}
	return s.pool.add(s.newRequest(a, t, r), true, now)
}

func (s *Server) hasCookies(r *http.Request) bool {
	base := cookieBase(caller.Origin(r.Context()))
	return slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool { return strings.HasPrefix(c.Name, base) })
}

// lacksCookies tells a browser that keeps no cookies from one whose cookie has
// had its time: the address that the page asks at says since when it is shown.
func (s *Server) lacksCookies(r *http.Request) bool {
	if s.hasCookies(r) {
		return false
	}
	since, err := strconv.ParseInt(r.URL.Query().Get(shownParam), 10, 64)
	return err != nil || s.opt.Now().Sub(time.Unix(since, 0)) < requestLife
}

// shownParam says when the waiting page was drawn, in seconds of Unix time.
const shownParam = "shown"

// await returns when there is news for a request, or after a while.
func (s *Server) await(ctx context.Context, req *request) {
	s.pool.mu.Lock()
	changed, decided := req.changed, req.decision == approved || req.decision == denied
	if decided || req.polls >= pollsEach {
		s.pool.mu.Unlock()
		return
	}
	req.polls++
	hold := min(s.hold, req.expires.Sub(s.opt.Now()))
	s.pool.mu.Unlock()

	timer := time.NewTimer(hold)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
	}
	s.pool.mu.Lock()
	req.polls--
	req.polled = s.opt.Now()
	s.pool.mu.Unlock()
}

// outcome says how a request stands, for the browser that made it. The first
// time after a yes it makes the authorization code.
func (s *Server) outcome(ctx context.Context, req *request) (state, error) {
	if err := ctx.Err(); err != nil {
		return state{Status: "waiting"}, nil // the browser left: no code is made for it
	}
	req.fetching.Lock()
	defer req.fetching.Unlock()
	now := s.opt.Now()
	decision, location, fetched, over := s.pool.standing(req, now)
	switch {
	case decision == denied:
		return state{Status: "denied", Location: location}, nil
	case decision == approved && location == "":
		return s.fetch(ctx, req, now)
	case decision == approved && now.Sub(fetched).Abs() >= codeLife:
		return state{Status: "finished"}, nil
	case decision == approved:
		return state{Status: "approved", Location: location}, nil
	case over:
		return state{Status: "expired"}, nil
	}
	return state{Status: "waiting"}, nil
}

// standing is what a request has come to.
func (p *pool) standing(req *request, now time.Time) (decision decision, location string, fetched time.Time, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return req.decision, req.location, req.fetched, req.over(now)
}

// showRequest shows the page of a request, or sends its browser on.
func (s *Server) showRequest(w http.ResponseWriter, r *http.Request, req *request) {
	st, err := s.outcome(r.Context(), req)
	switch {
	case err != nil:
		s.opt.Log.Error("oauth: request failed", "path", r.URL.Path, "err", err)
		s.show(w, http.StatusInternalServerError, pageFault)
	case st.Location != "":
		redirect(w, st.Location)
	case st.Status == "denied":
		s.show(w, http.StatusOK, pageDenied)
	case st.Status == "finished":
		s.show(w, http.StatusOK, pageFinished)
	case st.Status == "expired":
		s.show(w, http.StatusOK, pageExpired(req.query))
	default:
		s.showWaiting(w, req)
	}
}
