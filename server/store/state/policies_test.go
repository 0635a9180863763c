package state

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWhatMayBeChangedAndWhatMayBeSeenAreDecidedApart: neither decision takes the
// other away; both outlive the program and a backup, and go with the grant.
func TestWhatMayBeChangedAndWhatMayBeSeenAreDecidedApart(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	path, until := filepath.Join(dir, "state.db"), time.Now().Add(time.Hour).Truncate(time.Millisecond)
	s, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	g := Grant{ID: "grant", ClientName: "ChatGPT", Issuer: "https://x.example", Scopes: []string{"coda.read"}, Created: time.Now(), Policy: "ask"}
	for what, err := range map[string]error{
		"grant": s.AddGrant(ctx, g), "docs": s.SetDocuments(ctx, "grant", []string{"one", "two"}), "stdio docs": s.SetDocuments(ctx, "stdio", nil),
	} {
		if err != nil {
			t.Fatal(what, err)
		}
	}
	if err := s.SetDocuments(ctx, "grant", []string{"two"}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPolicy(ctx, Policy{Caller: "grant", Mode: "read", Until: until}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	backup, err := Export(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	restored := filepath.Join(dir, "restored.db")
	for range 2 { // over what is there, too
		if err := Import(ctx, restored, backup); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{path, restored} {
		known, err := ReadPolicies(ctx, path)
		p, stdio := known["grant"], known["stdio"]
		if err != nil || p.Mode != "read" || !p.Until.Equal(until) || !p.Chosen || !slices.Equal(p.Documents, []string{"two"}) ||
			!stdio.Chosen || len(stdio.Documents) != 0 || stdio.Mode != "" {
			t.Errorf("%s: %+v %v", path, known, err)
		}
	}
	s, _, err = Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.RevokeGrant(ctx, "grant"); err != nil {
		t.Fatal(err)
	}
	if known, err := s.Policies(ctx); err != nil || len(known) != 1 {
		t.Errorf("revoked: %+v %v", known, err)
	}
}

// TestPoliciesOfAnOlderDatabaseAreRead where no program has brought it up to date:
// a stdio alone only reads it.
func TestPoliciesOfAnOlderDatabaseAreRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	at := slices.IndexFunc(migrations, func(m string) bool {
		return strings.Contains(m, "ADD COLUMN documents TEXT;") && strings.Contains(m, "policies")
	})
	older(t, path, at, `INSERT INTO policies (caller, mode, until) VALUES ('stdio', 'read', 0)`)
	known, err := ReadPolicies(t.Context(), path)
	if p := known["stdio"]; err != nil || p.Mode != "read" || p.Chosen {
		t.Errorf("%+v %v", known, err)
	}
	s, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if known, err := s.Policies(t.Context()); err != nil || known["stdio"].Mode != "read" {
		t.Errorf("brought up to date: %+v %v", known, err)
	}
}
