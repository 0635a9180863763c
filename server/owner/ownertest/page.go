// Package ownertest is the owner's page as seen by its door: a session from a
// one-time link, stamped requests, proven answers. It is written from the
// protocol and not from the door's code.
package ownertest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
)

// Page is one load of the owner's page.
type Page struct {
	// Secret is that of the session; Load takes it.
	Secret string

	origin, name, key string
	sent              atomic.Uint64
}

// Do sends a request to the door.
type Do func(req *http.Request) (*http.Response, error)

// Handler is Do for a handler that is not served.
func Handler(h http.Handler) Do {
	return func(req *http.Request) (*http.Response, error) {
		w := &answer{status: 200, header: http.Header{}}
		h.ServeHTTP(w, req)
		return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), Request: req}, nil
	}
}

type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// Open opens the page by a one-time link.
func Open(do Do, link string) (*Page, error) {
	origin, fragment, _ := strings.Cut(link, "/#")
	words, err := url.ParseQuery(fragment)
	if err != nil {
		return nil, err
	}
	return shake(do, origin, words.Get("key"), true)
}

// Load loads the page again in a browser that has a session.
func Load(do Do, origin, secret string) (*Page, error) { return shake(do, origin, secret, false) }

func shake(do Do, origin, secret string, once bool) (*Page, error) {
	nonce := rand.Text()
	form := url.Values{"name": {seal(secret, "codabridge")}, "nonce": {nonce}}
	req, err := http.NewRequest("POST", origin+"/session", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the door answered %d %s %v", resp.StatusCode, body, err)
	}
	var hello struct{ Nonce, Proof string }
	if err := json.Unmarshal(body, &hello); err != nil {
		return nil, err
	}
	derive := func(what string) string { return seal(secret, what, nonce, hello.Nonce) }
	if hello.Proof != derive("door") {
		return nil, fmt.Errorf("the door has no proof: %s", body)
	}
	p := &Page{Secret: secret, origin: origin, name: derive("name"), key: derive("channel")}
	if once {
		p.Secret = derive("session")
	}
	return p, nil
}

// Stamp stamps a request and seals this form into it; it gives the number that
// the request has.
func (p *Page) Stamp(req *http.Request, form string) uint64 {
	n := p.sent.Add(1)
	body := p.closed(n, req.URL.Path, form)
	digest := hash(body)
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	number := strconv.FormatUint(n, 10)
	req.Header.Set("X-Codabridge-Session", strings.Join([]string{
		p.name, number, digest, seal(p.key, "request", number, req.Method, req.URL.RequestURI(), digest)}, " "))
	return n
}

// Proven tells whether an answer is the door's own, and to the request of this
// number.
func (p *Page) Proven(n uint64, resp *http.Response, body string) bool {
	want := seal(p.key, "answer", strconv.FormatUint(n, 10), strconv.Itoa(resp.StatusCode), hash(body))
	return hmac.Equal([]byte(want), []byte(resp.Header.Get("X-Codabridge-Proof")))
}

// ProvenEvent tells whether an event is the door's own: the one of this place,
// from one, in the stream that the request of number n opened.
func (p *Page) ProvenEvent(n uint64, place int, name, proof, data string) bool {
	want := seal(p.key, "event", strconv.FormatUint(n, 10), strconv.Itoa(place), name, hash(data))
	return hmac.Equal([]byte(want), []byte(proof))
}

// Post sends a form as the page does, and gives an answer that is proven.
func (p *Page) Post(do Do, path string, form url.Values) (status int, body string, err error) {
	text := form.Encode()
	req, err := http.NewRequest("POST", p.origin+path, nil)
	if err != nil {
		return 0, "", err
	}
	n := p.Stamp(req, text)
	resp, err := do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && !p.Proven(n, resp, string(b)) {
		err = fmt.Errorf("no proof of the answer %d %s", resp.StatusCode, b)
	}
	return resp.StatusCode, string(b), err
}

func (p *Page) closed(n uint64, path, form string) string {
	if form == "" {
		return ""
	}
	key, err := hex.DecodeString(seal(p.key, "body"))
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := binary.BigEndian.AppendUint64(make([]byte, 4), n)
	return hex.EncodeToString(gcm.Seal(nil, nonce, []byte(form), []byte(path)))
}

func seal(key string, words ...string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(strings.Join(words, "\n")))
	return hex.EncodeToString(m.Sum(nil))
}

func hash(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}
