package state

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, notice, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if notice != "" {
		t.Fatalf("unexpected notice: %s", notice)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fresh(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "state.db"))
}

func addGrant(t *testing.T, s *Store, id string) Grant {
	t.Helper()
	g := Grant{ID: id, ClientID: "client-" + id, ClientName: "ChatGPT", RedirectURI: "https://chatgpt.com/x",
		Issuer: "https://h.test", Scopes: []string{"coda.read", "coda.write"}, Created: noon}
	if err := s.AddGrant(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	return g
}
