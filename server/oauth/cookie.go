package oauth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"codabridge/server/caller"
)

// ticket is what the cookie of a waiting browser says. It is sealed under a
// key of this process, so a browser can bring its request back, and nobody
// can make one up.
type ticket struct {
	number  uint32   // of the request; its code follows from it
	asked   [32]byte // digest of what was asked
	created time.Time
}

func (t ticket) expired(now time.Time) bool {
	gone := now.Sub(t.created)
	return gone >= requestLife || gone < -requestLife
}

const ticketBytes = 4 + 32 + 8

type sealer struct {
	aead    cipher.AEAD
	codeKey []byte
}

func newSealer() sealer {
	block, err := aes.NewCipher(random(32))
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return sealer{aead: aead, codeKey: random(32)}
}

// cookieBase begins the names of our cookies. It depends on the issuer: only an
// https origin can keep the promise of the __Host- prefix (secure, this host,
// whole path).
func cookieBase(issuer string) string {
	if strings.HasPrefix(issuer, "https://") {
		return "__Host-codabridge-"
	}
	return "codabridge-request-"
}

// cookieName is one for each request, so that two sign-ins in one browser do
// not take each other's.
func cookieName(issuer string, asked [32]byte) string {
	return cookieBase(issuer) + hex.EncodeToString(asked[:6])
}

// cookiesKept is how many requests one browser holds at most. A page that opens
// very many would make it send more cookies than any server reads.
const cookiesKept = 8

// cookie seals a ticket for the browser.
func (s sealer) cookie(issuer string, t ticket) *http.Cookie {
	name := cookieName(issuer, t.asked)
	b := make([]byte, 0, ticketBytes)
	b = binary.BigEndian.AppendUint32(b, t.number)
	b = append(b, t.asked[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(t.created.UnixMilli()))
	c := bareCookie(issuer, name)
	c.Value = base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, b, []byte(name+" "+issuer)))
	c.MaxAge = int((2 * requestLife).Seconds())
	return c
}

func bareCookie(issuer, name string) *http.Cookie {
	return &http.Cookie{Name: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(issuer, "https://")}
}

// ticket opens the cookie of what is asked; false when there is none of ours.
func (s sealer) ticket(r *http.Request, asked [32]byte) (ticket, bool) {
	c, err := r.Cookie(cookieName(caller.Origin(r.Context()), asked))
	if err != nil {
		return ticket{}, false
	}
	t, ok := s.open(c, caller.Origin(r.Context()))
	return t, ok && t.asked == asked
}

func (s sealer) open(c *http.Cookie, issuer string) (t ticket, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return t, false
	}
	b, err := s.aead.Open(nil, nil, sealed, []byte(c.Name+" "+issuer))
	if err != nil || len(b) != ticketBytes {
		return t, false
	}
	t.number = binary.BigEndian.Uint32(b)
	copy(t.asked[:], b[4:])
	t.created = time.UnixMilli(int64(binary.BigEndian.Uint64(b[36:])))
	return t, true
}

// tickets opens all our cookies of a browser, the newest first. Those of an
// earlier run of this program do not open; their names are spent.
func (s sealer) tickets(r *http.Request) (list []ticket, spent []string) {
	issuer := caller.Origin(r.Context())
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, cookieBase(issuer)) {
			continue
		}
		if t, ok := s.open(c, issuer); ok && c.Name == cookieName(issuer, t.asked) {
			list = append(list, t)
		} else {
			spent = append(spent, c.Name)
		}
	}
	slices.SortFunc(list, func(a, b ticket) int { return b.created.Compare(a.created) })
	return list, spent
}

// makeRoom removes cookies from a browser that are of no use any more, or too
// many, before it gets another one.
func (s sealer) makeRoom(w http.ResponseWriter, r *http.Request, now time.Time) {
	issuer := caller.Origin(r.Context())
	list, spent := s.tickets(r)
	for i, t := range list {
		if t.expired(now) || i >= cookiesKept-1 {
			spent = append(spent, cookieName(issuer, t.asked))
		}
	}
	for _, name := range spent {
		c := bareCookie(issuer, name)
		c.MaxAge = -1
		http.SetCookie(w, c)
	}
}
