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
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/clocktest"
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

// harness is a server with a real store behind a real TLS listener.
type harness struct {
	t        testing.TB
	s        *Server
	store    *store.Store
	path     string
	clock    *clocktest.Clock
	web      *httptest.Server
	issuer   string
	options  Options
	changes  atomic.Int64
	readOnly atomic.Bool
	log      bytes.Buffer
	logLock  sync.Mutex
}

func (h *harness) Write(p []byte) (int, error) {
	h.logLock.Lock()
	defer h.logLock.Unlock()
	return h.log.Write(p)
}

func newHarness(t testing.TB, change ...func(*Options)) *harness {
	t.Helper()
	h := &harness{t: t, path: filepath.Join(t.TempDir(), "state.db"), clock: clocktest.At(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))}
	h.options = Options{
		Now: h.clock.Now, OnChange: func() { h.changes.Add(1) }, ReadOnly: h.readOnly.Load,
		OwnerURL: func() string { return "http://127.0.0.1:8086" },
		Log:      slog.New(slog.NewTextHandler(h, nil)),
	}
	for _, c := range change {
		c(&h.options)
	}
	h.start()
	h.web = httptest.NewTLSServer(h)
	h.issuer = h.web.URL
	t.Cleanup(func() {
		h.web.Close()
		_ = h.store.Close()
	})
	return h
}

func (h *harness) start() {
	h.t.Helper()
	var err error
	var notice string
	h.store, notice, err = store.Open(h.path)
	if err != nil || notice != "" {
		h.t.Fatal(err, notice)
	}
	h.options.Store = h.store
	h.s = New(h.options)
}

// restart is what a new process sees: the same file, nothing else.
func (h *harness) restart() {
	h.t.Helper()
	if err := h.store.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.start()
}

func (h *harness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := caller.WithOrigin(r.Context(), h.issuer)
	addr := r.RemoteAddr
	if a := r.Header.Get("Test-Address"); a != "" {
		addr = a
	}
	from := caller.AddressOf(addr)
	from.Local = strings.HasPrefix(h.issuer, "http://")
	r = r.WithContext(caller.WithAddress(ctx, from))
	switch r.URL.Path {
	case PathAuthorize:
		h.s.Authorize(w, r)
	case PathHere:
		h.s.Here(w, r)
	case PathWait:
		h.s.Wait(w, r)
	case PathToken:
		h.s.Token(w, r)
	case PathRegister:
		h.s.Register(w, r)
	case PathRevoke:
		h.s.RevokeToken(w, r)
	case "/.well-known/oauth-authorization-server":
		h.s.Metadata(w, r)
	default:
		http.NotFound(w, r)
	}
}

// direct sends a request past the network, for floods.
func (h *harness) direct(method, target, addr, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(body))
	r.Header.Set("Test-Address", addr)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// browser keeps cookies and does not follow redirects.
func (h *harness) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := *h.web.Client()
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

func (h *harness) send(c *http.Client, r *http.Request) reply {
	h.t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	location, _ := resp.Location()
	return reply{status: resp.StatusCode, header: resp.Header, body: string(body), location: location}
}

func (h *harness) get(c *http.Client, target, accept string) reply {
	h.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, h.issuer+target, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	return h.send(c, r)
}

func (h *harness) post(target, contentType, body string, change ...func(*http.Request)) reply {
	h.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.issuer+target, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	for _, c := range change {
		c(r)
	}
	return h.send(h.web.Client(), r)
}

func (h *harness) form(target string, v url.Values, change ...func(*http.Request)) reply {
	h.t.Helper()
	return h.post(target, "application/x-www-form-urlencoded", v.Encode(), change...)
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

func (h *harness) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// soaking picks how often something is done: in the soak, and else.
func soaking(full, usual int) int {
	if os.Getenv("CODABRIDGE_SOAK") != "" {
		return full
	}
	return usual
}
