package oauth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	store "codabridge/server/store/state"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if childRan() {
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	chatgpt         = "https://chatgpt.com/oauth/client.json"
	chatgptRedirect = "https://chatgpt.com/connector_platform_oauth_redirect"
	verifier        = "a-verifier-of-at-least-forty-three-characters-0123456789"
)

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bed is a server with a real store behind a real TLS listener.
type bed struct {
	t        testing.TB
	s        *Server
	store    *store.Store
	path     string
	clock    *clock
	web      *httptest.Server
	issuer   string
	options  Options
	changes  atomic.Int64
	readOnly atomic.Bool
	log      bytes.Buffer
	logLock  sync.Mutex
}

func (b *bed) Write(p []byte) (int, error) {
	b.logLock.Lock()
	defer b.logLock.Unlock()
	return b.log.Write(p)
}

func newBed(t testing.TB, change ...func(*Options)) *bed {
	t.Helper()
	b := &bed{t: t, path: filepath.Join(t.TempDir(), "state.db"), clock: &clock{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}}
	b.options = Options{
		Now: b.clock.Now, OnChange: func() { b.changes.Add(1) }, ReadOnly: b.readOnly.Load,
		OwnerURL: func() string { return "http://127.0.0.1:8086" },
		Log:      slog.New(slog.NewTextHandler(b, nil)),
	}
	for _, c := range change {
		c(&b.options)
	}
	b.start()
	b.web = httptest.NewTLSServer(b)
	b.issuer = b.web.URL
	t.Cleanup(func() {
		b.web.Close()
		_ = b.store.Close()
	})
	return b
}

func (b *bed) start() {
	b.t.Helper()
	var err error
	var notice string
	if b.store, notice, err = store.Open(b.path); err != nil || notice != "" {
		b.t.Fatal(err, notice)
	}
	b.options.Store = b.store
	b.s = New(b.options)
}

// restart is what a new process sees: the same file, nothing else.
func (b *bed) restart() {
	b.t.Helper()
	if err := b.store.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.start()
}

func (b *bed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := WithIssuer(r.Context(), b.issuer)
	addr := r.RemoteAddr
	if a := r.Header.Get("Test-Address"); a != "" {
		addr = a
	}
	ctx = WithClientAddr(ctx, addr)
	if strings.HasPrefix(b.issuer, "http://") {
		ctx = WithLocalClient(ctx)
	}
	r = r.WithContext(ctx)
	switch r.URL.Path {
	case PathAuthorize:
		b.s.Authorize(w, r)
	case PathHere:
		b.s.Here(w, r)
	case PathWait:
		b.s.Wait(w, r)
	case PathToken:
		b.s.Token(w, r)
	case PathRegister:
		b.s.Register(w, r)
	case PathRevoke:
		b.s.RevokeToken(w, r)
	case "/.well-known/oauth-authorization-server":
		b.s.Metadata(w, r)
	default:
		http.NotFound(w, r)
	}
}

// direct sends a request past the network, for floods.
func (b *bed) direct(method, target, addr, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(body))
	r.Header.Set("Test-Address", addr)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// browser keeps cookies and does not follow redirects.
func (b *bed) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	c := *b.web.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// reply is a response with its body read.
type reply struct {
	status   int
	header   http.Header
	body     string
	location *url.URL
}

func (b *bed) send(c *http.Client, r *http.Request) reply {
	b.t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	location, _ := resp.Location()
	return reply{status: resp.StatusCode, header: resp.Header, body: string(body), location: location}
}

func (b *bed) get(c *http.Client, target, accept string) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, b.issuer+target, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	return b.send(c, r)
}

func (b *bed) post(target, contentType, body string, change ...func(*http.Request)) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.issuer+target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	for _, c := range change {
		c(r)
	}
	return b.send(b.web.Client(), r)
}

func (b *bed) form(target string, v url.Values, change ...func(*http.Request)) reply {
	b.t.Helper()
	return b.post(target, "application/x-www-form-urlencoded", v.Encode(), change...)
}

// newRequest is a request with any query at all; nil when no client could
// send it.
func newRequest(path, query string) *http.Request {
	u := &url.URL{Scheme: "https", Host: "h.test", Path: path, RawQuery: query}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://h.test"+path, nil)
	if err != nil {
		return nil
	}
	r.URL, r.RemoteAddr = u, "192.0.2.1:1"
	return r
}

func (b *bed) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}
