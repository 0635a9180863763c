package owner

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/fault"
)

const (
	keyLife     = 30 * time.Second // of a one-time key in a link
	maxKeys     = 16
	maxSessions = 16
	maxChannels = 64
)

// sessions holds one-time keys, session secrets and the channels of open pages
// in memory: a page that outlives the program is opened again from the tray.
type sessions struct {
	now func() time.Time

	mu       sync.Mutex // guards the fields below
	keys     map[string]oneTimeKey
	open     []secret   // oldest first
	channels []*channel // the one used last is the last
}

// secret is known by its name to whoever sees a request; the name tells
// nothing of the value.
type secret struct{ name, value string }

type oneTimeKey struct {
	value string
	ends  time.Time
	spent chan struct{} // closed when the key was used
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, keys: map[string]oneTimeKey{}}
}

// Link makes a link to a view of the owner's page that works once within 30 s.
// The key is in the fragment, which browsers do not send and do not pass on, and
// so is the view: one of state.Views, state.ViewApprove, or empty for the first.
func (o *Owner) Link(view string) string {
	link, _ := o.LinkFor(keyLife, view)
	return link
}

// LinkFor is Link with another life. The channel is closed when the link was used.
func (o *Owner) LinkFor(life time.Duration, view string) (link string, spent <-chan struct{}) {
	key, spent := o.sessions.newKey(life)
	link = o.url() + "/#key=" + key
	if view != "" {
		link += "&view=" + url.QueryEscape(view)
	}
	return link, spent
}

func (s *sessions) newKey(life time.Duration) (value string, spent <-chan struct{}) {
	key := oneTimeKey{value: rand.Text(), ends: s.now().Add(life), spent: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, k := range s.keys {
		if s.now().After(k.ends) || len(s.keys) >= maxKeys {
			delete(s.keys, name)
		}
	}
	s.keys[nameOf(key.value)] = key
	return key.value, key.spent
}

// serverHello is the door's half of a handshake.
type serverHello struct {
	Nonce string `json:"nonce"`
	// Proof shows that the door knows the secret too.
	Proof string `json:"proof"`
}

// hello answers a page that names a one-time key, or the secret of a session.
// Both then know the key of a new channel, and with a one-time key the secret
// of a new session, and neither was sent. A key is spent by it.
func (s *sessions) hello(name, nonce string) (serverHello, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, once, ok := s.find(name)
	if !ok {
		return serverHello{}, false
	}
	mine := rand.Text()
	derive := func(what string) string { return seal(value, what, nonce, mine) }
	if once {
		fresh := derive("session")
		s.open = append(s.open, secret{nameOf(fresh), fresh})
		if len(s.open) > maxSessions {
			s.open = s.open[1:]
		}
	}
	s.channels = append(s.channels, &channel{name: derive("name"), key: derive("channel")})
	if len(s.channels) > maxChannels {
		s.channels = s.channels[1:]
	}
	return serverHello{Nonce: mine, Proof: derive("door")}, true
}

// find gives the secret of a name. It is called with mu held.
func (s *sessions) find(name string) (value string, once, ok bool) {
	if key, known := s.keys[name]; known {
		delete(s.keys, name)
		close(key.spent)
		return key.value, true, !s.now().After(key.ends)
	}
	for _, k := range s.open {
		if k.name == name {
			return k.value, false, true
		}
	}
	return "", false, false
}

// nonceForm is what a page may choose; it stands in what is sealed.
var nonceForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-zA-Z]{16,128}$`) })

// openSession answers the page that was opened by a one-time link, and one
// that was loaded again.
func (o *Owner) openSession(w http.ResponseWriter, req *http.Request) {
	name, nonce := req.PostFormValue("name"), req.PostFormValue("nonce") // not from the address, which is kept in places
	if !nonceForm().MatchString(nonce) {
		o.frame.Refuse(w, req, http.StatusBadRequest, "invalid_request", "A name and a nonce are wanted.")
		return
	}
	hello, ok := o.sessions.hello(name, nonce)
	if !ok {
		o.frame.Refuse(w, req, http.StatusUnauthorized, "key_used", fault.Typed("This link was used already or is too old. Open the page again from the codabridge icon, or with: codabridge open"))
		return
	}
	door.WriteJSON(w, http.StatusOK, hello)
}

// admit is the guard of the owner's own pages.
func (o *Owner) admit(req *http.Request) (caller.Caller, error) {
	s, ok := readStamp(req)
	if ok {
		ok = o.sessions.accepts(s, req)
	}
	if !ok {
		return caller.Caller{}, noSession()
	}
	return caller.Caller{ID: "owner", Name: "the owner"}, nil
}

// noSession is for whoever has no session of the page, or none that holds.
func noSession() *door.Refusal {
	return &door.Refusal{Status: http.StatusUnauthorized, Code: "no_session",
		Sentence: fault.Typed("Open this page from the codabridge icon, or with: codabridge open")}
}

// refuseStranger is noSession where it is found out behind the guard.
func (o *Owner) refuseStranger(w http.ResponseWriter, req *http.Request) {
	no := noSession()
	o.frame.Refuse(w, req, no.Status, no.Code, no.Sentence)
}

// accepts tells whether a request was stamped by a page of a channel. Whether
// it comes for the first time is for the handler to see, which can prove its answer.
func (s *sessions) accepts(stamp stamp, req *http.Request) bool {
	c := s.channel(stamp.channel)
	return c != nil && c.stamped(stamp, req)
}

// channel gives the channel of a name and notes that it is in use.
func (s *sessions) channel(name string) *channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range s.channels {
		if c.name == name {
			s.channels = append(append(s.channels[:i], s.channels[i+1:]...), c)
			return c
		}
	}
	return nil
}
