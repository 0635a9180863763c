package oauth

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// ErrOtherBrowser: the owner came by a link with a code, and this browser is
// not the one that shows it.
var ErrOtherBrowser = errors.New("the link did not come from a sign-in in this browser: enter the code that your own sign-in tab shows")

const (
	arrivalsKept = 16
	arrivalLife  = time.Minute
)

// arrival is the owner who came to their page by a link that has a code in it.
// Anybody can make such a link, for a request of their own, so the code counts
// only when the same browser holds that request's cookie. The owner's page
// cannot see the cookie, which belongs to the public door: it sends the browser
// there and back, under a name that nobody else knows.
type arrival struct {
	issuer string // of the request
	code   string
	back   string // origin of the owner's page
	ends   time.Time
	here   bool // the browser showed the request's cookie
}

type arrivals struct {
	mu     sync.Mutex // guards byName
	byName map[string]arrival
}

// Arrive begins to find out whether the browser in which the owner's page was
// opened by a link is the one that shows this code. The page sends it to the
// link; it comes back to back with a name for Arrived.
func (s *Server) Arrive(code, back string) (link string, err error) {
	r, err := s.byCode(code)
	if err != nil {
		return "", err
	}
	now := s.opt.Now()
	name := rand.Text()
	s.arrivals.mu.Lock()
	defer s.arrivals.mu.Unlock()
	for n, a := range s.arrivals.byName {
		if !now.Before(a.ends) || len(s.arrivals.byName) >= arrivalsKept {
			delete(s.arrivals.byName, n)
		}
	}
	if s.arrivals.byName == nil {
		s.arrivals.byName = map[string]arrival{}
	}
	s.arrivals.byName[name] = arrival{issuer: r.issuer, code: r.code, back: back, ends: now.Add(arrivalLife)}
	return r.issuer + PathHere + "?for=" + name, nil
}

// Here looks whether a browser holds the request that an arrival is about, and
// sends it back to the owner's page. The answer stays on this side.
func (s *Server) Here(w http.ResponseWriter, r *http.Request) {
	if !s.browsing(w, r, s.waitEach) {
		return
	}
	name, now := r.URL.Query().Get("for"), s.opt.Now()
	list, _ := s.seal.tickets(r)
	s.arrivals.mu.Lock()
	a, ok := s.arrivals.byName[name]
	ok = ok && now.Before(a.ends) && a.issuer == issuerOf(r.Context())
	if ok {
		for _, t := range list {
			if req := s.pool.find(t, now); req != nil && req.code == a.code {
				a.here = true
			}
		}
		s.arrivals.byName[name] = a
	}
	s.arrivals.mu.Unlock()
	if !ok {
		s.show(w, http.StatusBadRequest, pageBadLink)
		return
	}
	redirect(w, a.back+"/#arrived="+url.QueryEscape(name))
}

// Arrived tells the code of an arrival, once, or ErrOtherBrowser.
func (s *Server) Arrived(name string) (code string, err error) {
	s.arrivals.mu.Lock()
	defer s.arrivals.mu.Unlock()
	a := s.arrivals.byName[name]
	delete(s.arrivals.byName, name)
	if !a.here || !s.opt.Now().Before(a.ends) {
		return "", ErrOtherBrowser
	}
	return a.code, nil
}
