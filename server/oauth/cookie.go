package oauth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"time"
)

// ticket is what the cookie of a waiting browser says. It is sealed under a
// key of this process, so a browser can bring its request back, and nobody
// can make one up.
type ticket struct {
	number  uint32   // of the request; its code follows from it
	browser [16]byte // stays when the browser asks for something else
	asked   [32]byte // digest of what was asked
	created time.Time
}

func (t ticket) expired(now time.Time) bool {
	gone := now.Sub(t.created)
	return gone >= requestLife || gone < -requestLife
}

const ticketBytes = 4 + 16 + 32 + 8

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

// cookieName depends on the issuer: only an https origin can keep the promise
// of the __Host- prefix (secure, this host, whole path).
func cookieName(issuer string) string {
	if strings.HasPrefix(issuer, "https://") {
		return "__Host-codabridge"
	}
	return "codabridge-request"
}

// cookie seals a ticket for the browser.
func (s sealer) cookie(issuer string, t ticket) *http.Cookie {
	name := cookieName(issuer)
	b := make([]byte, 0, ticketBytes)
	b = binary.BigEndian.AppendUint32(b, t.number)
	b = append(b, t.browser[:]...)
	b = append(b, t.asked[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(t.created.UnixMilli()))
	return &http.Cookie{
		Name: name, Value: base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, b, []byte(name+" "+issuer))),
		Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(issuer, "https://"),
		MaxAge: int((2 * requestLife).Seconds()),
	}
}

// ticket opens the cookie of a request; false when there is none of ours.
func (s sealer) ticket(r *http.Request) (ticket, bool) {
	issuer := issuerOf(r.Context())
	name := cookieName(issuer)
	var t ticket
	cookie, err := r.Cookie(name)
	if err != nil {
		return t, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return t, false
	}
	b, err := s.aead.Open(nil, nil, sealed, []byte(name+" "+issuer))
	if err != nil || len(b) != ticketBytes {
		return t, false
	}
	t.number = binary.BigEndian.Uint32(b)
	copy(t.browser[:], b[4:])
	copy(t.asked[:], b[20:])
	t.created = time.UnixMilli(int64(binary.BigEndian.Uint64(b[52:])))
	return t, true
}
