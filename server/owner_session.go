package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"
)

// sessionHeader carries the session secret. It is a header and not a cookie
// because cookies ignore ports: any program's page on 127.0.0.1 would get it.
const sessionHeader = "X-Codabridge-Session"

const (
	keyLife     = 30 * time.Second // of a one-time key in a link
	maxKeys     = 16
	maxSessions = 16
)

// sessions holds one-time keys and session secrets, as hashes, in memory: a
// page that outlives the program is opened again from the tray.
type sessions struct {
	now func() time.Time

	mu   sync.Mutex // guards the fields below
	keys map[[32]byte]time.Time
	open [][32]byte // oldest first
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, keys: map[[32]byte]time.Time{}}
}

// OwnerLink makes a link to the owner's page that works once within 30 s. The
// key is in the fragment, which browsers do not send and do not pass on.
// more is added to the fragment, for example "approve=ABC234".
func (s *Server) OwnerLink(more string) string { return s.OwnerLinkFor(keyLife, more) }

// OwnerLinkFor is OwnerLink with another life, for a link that only the
// owner's terminal shows.
func (s *Server) OwnerLinkFor(life time.Duration, more string) string {
	link := s.o.OwnerURL() + "/#key=" + s.sessions.newKey(life)
	if more != "" {
		link += "&" + more
	}
	return link
}

func (s *sessions) newKey(life time.Duration) string {
	key := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	for h, ends := range s.keys {
		if s.now().After(ends) || len(s.keys) >= maxKeys {
			delete(s.keys, h)
		}
	}
	s.keys[sha256.Sum256([]byte(key))] = s.now().Add(life)
	return key
}

// redeem turns a one-time key into a session secret.
func (s *sessions) redeem(key string) (secret string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := sha256.Sum256([]byte(key))
	ends, known := s.keys[h]
	delete(s.keys, h)
	if !known || s.now().After(ends) {
		return "", false
	}
	secret = rand.Text()
	s.open = append(s.open, sha256.Sum256([]byte(secret)))
	if len(s.open) > maxSessions {
		s.open = s.open[1:]
	}
	return secret, true
}

func (s *sessions) valid(secret string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, found := sha256.Sum256([]byte(secret)), 0
	for _, known := range s.open {
		found |= subtle.ConstantTimeCompare(h[:], known[:])
	}
	return found == 1
}

// withSession lets the owner's own pages pass.
func (s *Server) withSession(w http.ResponseWriter, req *http.Request, next http.HandlerFunc) {
	if !s.sessions.valid(req.Header.Get(sessionHeader)) {
		s.refuse(w, req, http.StatusUnauthorized, "no_session", "Open this page from the codabridge icon, or with: codabridge open")
		return
	}
	s.withWhole(w, req, next)
}

// openSession answers the page that was opened by a one-time link.
func (s *Server) openSession(w http.ResponseWriter, req *http.Request) {
	secret, ok := s.sessions.redeem(req.PostFormValue("key")) // not from the address, which is kept in places
	if !ok {
		s.refuse(w, req, http.StatusUnauthorized, "key_used", "This link was used already or is too old. Open the page again from the codabridge icon, or with: codabridge open")
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"session": secret})
}
