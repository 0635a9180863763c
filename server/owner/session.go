package owner

import (
	"codabridge/server/caller"
	"codabridge/server/door"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"
)

// SessionHeader carries the session secret. It is a header and not a cookie
// because cookies ignore ports: any program's page on 127.0.0.1 would get it.
const SessionHeader = "X-Codabridge-Session"

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

// Link makes a link to the owner's page that works once within 30 s. The
// key is in the fragment, which browsers do not send and do not pass on.
// more is added to the fragment, for example "approve=ABC234".
func (o *Owner) Link(more string) string { return o.LinkFor(keyLife, more) }

// LinkFor is Link with another life, for a link that only the
// owner's terminal shows.
func (o *Owner) LinkFor(life time.Duration, more string) string {
	link := o.url() + "/#key=" + o.sessions.newKey(life)
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

// admit is the guard of the owner's own pages.
func (o *Owner) admit(req *http.Request) (caller.Caller, error) {
	if !o.sessions.valid(req.Header.Get(SessionHeader)) {
		return caller.Caller{}, &door.Refusal{Status: http.StatusUnauthorized, Code: "no_session",
			Sentence: "Open this page from the codabridge icon, or with: codabridge open"}
	}
	return caller.Caller{ID: "owner", Name: "the owner"}, nil
}

// openSession answers the page that was opened by a one-time link.
func (o *Owner) openSession(w http.ResponseWriter, req *http.Request) {
	secret, ok := o.sessions.redeem(req.PostFormValue("key")) // not from the address, which is kept in places
	if !ok {
		o.frame.Refuse(w, req, http.StatusUnauthorized, "key_used", "This link was used already or is too old. Open the page again from the codabridge icon, or with: codabridge open")
		return
	}
	door.WriteJSON(w, http.StatusOK, map[string]string{"session": secret})
}
