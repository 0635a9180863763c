package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/actions"
	"codabridge/server/clocktest"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/server/oauth"
	"codabridge/server/owner"
	"codabridge/server/owner/ownertest"
	"codabridge/server/state"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// harness is the real doors on a real store, the real tools and the real Coda
// client; only Coda itself, the internet, the app and the clock are stand-ins.
type harness struct {
	t        testing.TB
	server   *Server
	oauth    *oauth.Server
	tools    *tools.Tools
	db       *store.Store
	path     string // of the database
	handler  http.Handler
	owner    http.Handler
	session  *ownertest.Page
	writer   string                  // a token that may read and write
	reader   string                  // a token that may read
	coda     func() *codatest.Server // starts it when it is first asked: most tests need none
	readOnly atomic.Bool
	proxied  atomic.Bool
	full     atomic.Bool // offers all tools
	allowed  []string    // the owner's list of docs; none means all
	hosts    []string    // other names of the local door
	log      logBuffer
	clock    *clocktest.Clock
	// panics says that the test makes a handler panic.
	panics bool
	// fetched answers for documents of clients; nil fails the test.
	fetched func(url string) ([]byte, error)
	// noted hears of finished calls; nil is no one.
	noted func(tools.Call)

	mu     sync.Mutex // guards public
	public string
}

// logBuffer keeps what was logged.
type logBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newHarness(t testing.TB) *harness {
	t.Helper()
	h := &harness{t: t, public: "https://abc.ngrok-free.dev", clock: clocktest.At(time.Now().Truncate(time.Second)), path: filepath.Join(t.TempDir(), "state.db")}
	h.coda = sync.OnceValue(func() *codatest.Server {
		return codaspec.Start(t, codatest.Options{Workspace: codatest.Sample()})
	})
	db, _, err := store.Open(h.path)
	if err != nil {
		t.Fatal(err)
	}
	h.db = db
	t.Cleanup(func() { db.Close() })
	const ownerURL = "http://127.0.0.1:8086"
	log := slog.New(slog.NewTextHandler(&h.log, nil))
	t.Cleanup(h.sound)
	auth := oauth.New(oauth.Options{
		Store: db, ReadOnly: h.readOnly.Load, Now: h.clock.Now, Fetch: h.fetch, Log: log,
		OwnerURL: func() string { return ownerURL },
	})
	client := coda.New(coda.Options{Limits: coda.NoLimits(),
		Base:  func() string { return h.coda().URL() },
		Token: func() (string, error) { return codatest.Token, nil }})
	h.oauth = auth
	h.tools = tools.New(tools.Options{Coda: client, ReadOnly: h.readOnly.Load, Documents: func() []string { return h.allowed },
		Toolset: h.toolset, Challenge: Challenge, Version: "1.2.3", OnCall: func(c tools.Call) {
			if h.noted != nil {
				h.noted(c)
			}
		}})
	h.server = New(Options{
		OAuth: auth, ReadOnly: h.readOnly.Load, Version: "1.2.3", Now: h.clock.Now, Log: log, Desk: desk{},
		MCP:       h.tools.Streamable(),
		Streams:   h.tools.SSE(),
		Actions:   actions.New(h.tools, "1.2.3"),
		Health:    func(context.Context) any { return map[string]string{"status": "ok", "coda": "ok"} },
		PublicURL: h.publicURL, Proxied: h.proxied.Load,
		LocalURL:   func() string { return "http://127.0.0.1:8085" },
		OwnerURL:   func() string { return ownerURL },
		LocalHosts: func() []string { return h.hosts },
	})
	t.Cleanup(h.server.Drain)
	h.handler, h.owner = byName(h.server.Public(), h.server.Local()), h.server.Owner()
	h.session = h.openSession()
	h.writer = h.mint(oauth.ScopeRead, oauth.ScopeWrite)
	h.reader = h.mint(oauth.ScopeRead)
	return h
}

func (h *harness) toolset() tools.Toolset {
	if h.full.Load() {
		return tools.Toolset{Name: tools.FullTools}
	}
	return tools.Toolset{}
}

// byName stands in for the way that a request takes: local names lead to this
// computer's door, and all others to the tunnel's.
func byName(tunnel, local http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(req.Host, "["), ":")
		if name == "localhost" || name == "127.0.0.1" || strings.HasPrefix(req.Host, "[::1]") {
			local.ServeHTTP(w, req)
			return
		}
		tunnel.ServeHTTP(w, req)
	})
}

// openSession opens the owner's page by a one-time link, as a browser does.
func (h *harness) openSession() *ownertest.Page {
	h.t.Helper()
	page, err := ownertest.Open(ownertest.Handler(h.owner), h.server.OwnerLink(""))
	if err != nil {
		h.t.Fatal(err)
	}
	return page
}

// sound fails the test when a handler has panicked, which the door survives and
// answers with 500: as when it asks what the desk here does not have.
func (h *harness) sound() {
	if log := h.log.String(); strings.Contains(log, "handler panicked") && !h.panics {
		h.t.Errorf("a handler panicked:\n%s", log)
	}
}

// desk stands in for the app: it shows a bridge that is set up, and has no
// news. What is not here is not asked in these tests.
type desk struct{ owner.Desk }

func (desk) State() state.State {
	return state.State{Phase: state.PhaseOnline, PublicURL: "https://abc.ngrok-free.dev", Coda: state.CodaState{Ready: true},
		Tunnel: state.TunnelState{Ready: true, Kind: state.TunnelNgrok}}
}
func (desk) Changed() <-chan struct{}                             { return nil }
func (desk) LastCalls(context.Context, int) ([]state.Call, error) { return nil, nil }
func (desk) Activity(context.Context, store.ActivityFilter, int) ([]state.Call, error) {
	return nil, nil
}
func (desk) CountActivity(context.Context, store.ActivityFilter, time.Time, time.Duration) ([]store.ActivityCount, error) {
	return nil, nil
}
func (desk) ActivityValues(context.Context, int) (connections, tools, docs []store.ActivityValue, err error) {
	return nil, nil, nil, nil
}

func (h *harness) publicURL() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.public
}

func (h *harness) setPublicURL(origin string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.public = origin
}

func (h *harness) fetch(_ context.Context, link string) ([]byte, error) {
	if h.fetched == nil {
		h.t.Errorf("%s was fetched", link)
		return nil, errors.New("forbidden")
	}
	return h.fetched(link)
}

func (h *harness) mint(scopes ...string) string {
	h.t.Helper()
	return h.mintFor(h.publicURL(), scopes...)
}

// mintFor makes a token for one of our origins.
func (h *harness) mintFor(origin string, scopes ...string) string {
	h.t.Helper()
	if len(scopes) == 0 {
		scopes = []string{oauth.ScopeRead}
	}
	token, _, err := h.oauth.MintToken(context.Background(), origin, "a test", scopes)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// do plays one request against the handler itself.
func (h *harness) do(req *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	h.handler.ServeHTTP(rec, req)
	return rec.Result()
}

// A verifier and its challenge, for PKCE.
const pkceVerifier = "a-verifier-of-at-least-forty-three-characters-0123456789"

func pkceChallenge() string {
	sum := sha256.Sum256([]byte(pkceVerifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
