package owner

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"codabridge/server/door"
)

// SessionHeader is the stamp of a request of the owner's page: the name of its
// channel, the number of the request in it, the digest of the body, and a seal
// over these, the method and the address. It is a header and not a cookie
// because cookies ignore ports: any program's page on 127.0.0.1 would get it.
// The secret itself is not sent, since another program may have the port by
// now.
const SessionHeader = "X-Codabridge-Session"

// ProofHeader shows the page that an answer is the door's own and belongs to
// the request: a seal over the number of the request, the status and the digest
// of the body. The page draws nothing without it.
const ProofHeader = "X-Codabridge-Proof"

// channel is one load of the owner's page.
type channel struct {
	name, key string

	mu     sync.Mutex // guards the fields below
	newest uint64     // number of a request
	seen   uint64     // a bit for each of the 64 numbers up to newest
}

// stamp is what a request says in SessionHeader.
type stamp struct {
	channel string
	number  uint64
	digest  string
	seal    string
}

func readStamp(req *http.Request) (s stamp, ok bool) {
	w := strings.Fields(req.Header.Get(SessionHeader))
	if len(w) != 4 {
		return s, false
	}
	n, err := strconv.ParseUint(w[1], 10, 53)
	return stamp{channel: w[0], number: n, digest: w[2], seal: w[3]}, err == nil && n > 0
}

// stamped tells whether the seal of a request is right.
func (c *channel) stamped(s stamp, req *http.Request) bool {
	want := seal(c.key, "request", strconv.FormatUint(s.number, 10), req.Method, req.URL.RequestURI(), s.digest)
	return subtle.ConstantTimeCompare([]byte(want), []byte(s.seal)) == 1
}

// first tells whether a number comes for the first time. Requests of a page may
// overtake each other, but not by 64.
func (c *channel) first(n uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > c.newest {
		c.seen = c.seen<<(n-c.newest) | 1 // a shift by 64 or more gives 0
		c.newest = n
		return true
	}
	age := c.newest - n
	if age >= 64 || c.seen&(1<<age) != 0 {
		return false
	}
	c.seen |= 1 << age
	return true
}

// sealed hands next the form that was sealed in a request's body, and gives its
// answer with a proof.
func (o *Owner) sealed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		s, _ := readStamp(req)
		c := o.sessions.channel(s.channel)
		fresh := c != nil && c.first(s.number) // one that was tried with another body is spent
		body, err := io.ReadAll(req.Body)
		form, ok := []byte(nil), c != nil && err == nil && digest(body) == s.digest
		if ok {
			form, err = c.unseal(s.number, req.URL.Path, body)
		}
		if !ok || err != nil {
			o.refuseStranger(w, req)
			return
		}
		whole := &door.Buffered{Head: w.Header(), Status: http.StatusOK}
		if fresh {
			req = door.WithBody(req, form)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			next(whole, req)
		} else {
			refuseSecond(whole)
		}
		w.Header().Set(ProofHeader, c.proof(s.number, whole.Status, whole.Body))
		whole.Send(w)
	}
}

// refuseSecond answers a request that came before. It need be nobody's attack:
// a browser sends a request once more when its connection breaks before the
// answer, and the page must be able to tell this from a door that is not ours.
func refuseSecond(w http.ResponseWriter) {
	door.WriteError(w, http.StatusConflict, "came_twice", "This came twice and was taken once. See whether it was done before you try again.")
}

// unseal opens a body: AES-256-GCM in hex, with the number of the request as
// nonce. A form may hold a token, and whoever has the port by now must not see
// it.
func (c *channel) unseal(number uint64, path string, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, nil
	}
	key, err := hex.DecodeString(seal(c.key, "body"))
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	closed, err := hex.DecodeString(string(body))
	if err != nil {
		return nil, err
	}
	nonce := binary.BigEndian.AppendUint64(make([]byte, 4, 12), number)
	return gcm.Open(nil, nonce, closed, []byte(path))
}

func (c *channel) proof(number uint64, status int, body []byte) string {
	return seal(c.key, "answer", strconv.FormatUint(number, 10), strconv.Itoa(status), digest(body))
}

// seal is the HMAC-SHA256 of some words under a key, in hex (RFC 2104).
func seal(key string, words ...string) string {
	m := hmac.New(sha256.New, []byte(key))
	io.WriteString(m, strings.Join(words, "\n"))
	return hexOf(m.Sum(nil))
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// nameOf is the name by which a secret is asked for.
func nameOf(secret string) string { return seal(secret, "codabridge") }

// digest is the SHA-256 of a body, in hex.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hexOf(sum[:])
}
