package oauth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/store"

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
		OwnerURL: func(code string) string { return "http://127.0.0.1:8086/#approve=" + code },
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
	r = r.WithContext(WithClientAddr(ctx, addr))
	switch r.URL.Path {
	case PathAuthorize:
		b.s.Authorize(w, r)
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

// asking is a good authorization request of ChatGPT, with changes: name,
// value, …; an empty value removes the parameter.
func (b *bed) asking(changes ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {chatgpt}, "redirect_uri": {chatgptRedirect}, "state": {"oauth_s_1f"},
		"scope": {"coda.read coda.write"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
		"resource": {b.issuer + "/mcp"}, "ui_locales": {"de-DE"},
	}
	return altered(q, changes...)
}

func altered(q url.Values, changes ...string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		q.Del(changes[i])
		if changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	return q
}

var codeElement = regexp.MustCompile(`id="code">([^<]*)<`)

func shownCode(page string) string {
	m := codeElement.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

// authorize opens the page and returns the code it shows.
func (b *bed) authorize(c *http.Client, q url.Values) string {
	b.t.Helper()
	r := b.get(c, PathAuthorize+"?"+q.Encode(), "text/html")
	code := shownCode(r.body)
	if r.status != http.StatusOK || code == "" {
		b.t.Fatalf("authorize: %d %s", r.status, r.body)
	}
	return code
}

// poll asks as the page's script does.
func (b *bed) poll(c *http.Client, q url.Values) state {
	b.t.Helper()
	r := b.get(c, PathWait+"?"+q.Encode(), "application/json")
	var st state
	if err := json.Unmarshal([]byte(r.body), &st); err != nil {
		b.t.Fatalf("poll: %d %s", r.status, r.body)
	}
	return st
}

// consent goes from the page to the answer that the client's redirect gets.
func (b *bed) consent(q url.Values, write bool) url.Values {
	b.t.Helper()
	c := b.browser()
	if err := b.s.Approve(context.Background(), b.authorize(c, q), write); err != nil {
		b.t.Fatal(err)
	}
	st := b.poll(c, q)
	if st.Status != "approved" {
		b.t.Fatalf("after approval: %+v", st)
	}
	u, err := url.Parse(st.Location)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Query()
}

func (b *bed) exchangeForm(code string, changes ...string) url.Values {
	return altered(url.Values{"grant_type": {"authorization_code"}, "client_id": {chatgpt}, "redirect_uri": {chatgptRedirect},
		"code": {code}, "code_verifier": {verifier}, "resource": {b.issuer + "/mcp"}}, changes...)
}

// connect runs the whole flow for ChatGPT.
func (b *bed) connect(write bool) pair {
	b.t.Helper()
	r := b.form(PathToken, b.exchangeForm(b.consent(b.asking(), write).Get("code")))
	return b.pair(r)
}

func (b *bed) pair(r reply) pair {
	b.t.Helper()
	var p pair
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.status != http.StatusOK {
		b.t.Fatalf("token: %d %s", r.status, r.body)
	}
	return p
}

func (b *bed) refreshForm(token string, changes ...string) url.Values {
	return altered(url.Values{"grant_type": {"refresh_token"}, "client_id": {chatgpt}, "refresh_token": {token}}, changes...)
}

// works reports whether an access token is accepted.
func (b *bed) works(access string) bool {
	_, err := b.s.Authenticate(context.Background(), b.issuer, access)
	return err == nil
}

func (r reply) errorCode() string {
	var f fault
	_ = json.Unmarshal([]byte(r.body), &f)
	return f.Code
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
