package oauth

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"codabridge/server/caller"
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
	name := s.arrivals.add(arrival{issuer: r.issuer, code: r.code, back: back, ends: now.Add(arrivalLife)}, now)
	return r.issuer + PathHere + "?for=" + name, nil
}

// Here looks whether a browser holds the request that an arrival is about, and
// sends it back to the owner's page. The answer stays on this side.
func (s *Server) Here(w http.ResponseWriter, r *http.Request) {
	if !s.browsing(w, r, s.waitEach) {
		return
	}
	name, now := r.URL.Query().Get("for"), s.opt.Now()
	a, ok := s.arrivals.find(name, now)
	if !ok || a.issuer != caller.Origin(r.Context()) {
		s.show(w, http.StatusBadRequest, pageBadLink)
		return
	}
	list, _ := s.seal.tickets(r)
	for _, t := range list {
		if req := s.pool.find(t, now); req != nil && req.code == a.code {
			s.arrivals.seen(name)
		}
	}
	redirect(w, a.back+"/#arrived="+url.QueryEscape(name))
}

func (l *arrivals) find(name string, now time.Time) (arrival, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.byName[name]
	return a, ok && now.Before(a.ends)
}

// seen notes that the right browser came.
func (l *arrivals) seen(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, ok := l.byName[name]; ok {
		a.here = true
		l.byName[name] = a
	}
}

// add keeps an arrival under a new name, and few of them.
func (l *arrivals) add(a arrival, now time.Time) (name string) {
	name = rand.Text()
	l.mu.Lock()
	defer l.mu.Unlock()
	for n, old := range l.byName {
		if !now.Before(old.ends) || len(l.byName) >= arrivalsKept {
			delete(l.byName, n)
		}
	}
	if l.byName == nil {
		l.byName = map[string]arrival{}
	}
	l.byName[name] = a
	return name
}

// spend gives an arrival, once.
func (l *arrivals) spend(name string) arrival {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.byName[name]
	delete(l.byName, name)
	return a
}

// Arrived tells the code of an arrival, once, or ErrOtherBrowser.
func (s *Server) Arrived(name string) (code string, err error) {
	a := s.arrivals.spend(name)
	if !a.here || !s.opt.Now().Before(a.ends) {
		return "", ErrOtherBrowser
	}
	return a.code, nil
}
