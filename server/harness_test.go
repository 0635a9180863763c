package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/server/oauth"
	"codabridge/server/store"
	"codabridge/server/tools"
)

// harness is the real public door on a real store, the real tools and the real
// Coda client; only Coda itself is a stand-in.
type harness struct {
	t        *testing.T
	server   *Server
	handler  http.Handler
	public   string
	writer   string // a token that may read and write
	reader   string // a token that may read
	readOnly bool
	coda     *codatest.Server
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{t: t, public: "https://abc.ngrok-free.dev"}
	h.coda = codaspec.Start(t, codatest.Options{Workspace: codatest.Sample()})
	db, _, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	readOnly := func() bool { return h.readOnly }
	auth := oauth.New(oauth.Options{Store: db, ReadOnly: readOnly, OwnerURL: func(code string) string { return "http://127.0.0.1:8086/#approve=" + code }})
	client := coda.New(coda.Options{Base: h.coda.URL, Token: func() (string, error) { return codatest.Token, nil }})
	h.server = New(Options{
		Store: db, OAuth: auth, ReadOnly: readOnly, Version: "1.2.3",
		Tools:     tools.New(tools.Options{Coda: client, ReadOnly: readOnly, Challenge: Challenge, Version: "1.2.3"}),
		PublicURL: func() string { return h.public },
		LocalURL:  func() string { return "http://127.0.0.1:8085" },
		OwnerURL:  func() string { return "http://127.0.0.1:8086" },
	})
	t.Cleanup(h.server.Drain)
	h.handler = h.server.Public()
	h.writer = h.mint(oauth.ScopeRead, oauth.ScopeWrite)
	h.reader = h.mint(oauth.ScopeRead)
	return h
}

func (h *harness) mint(scopes ...string) string {
	h.t.Helper()
	token, _, err := h.server.o.OAuth.MintToken(context.Background(), h.public, "a test", scopes)
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
