package state

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"codabridge/server/store"
)

// TestABackupHoldsEveryTable: each is in it or is named here as passing, and an
// address that the owner said yes to comes back.
func TestABackupHoldsEveryTable(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	path, restored := filepath.Join(dir, "state.db"), filepath.Join(dir, "restored.db")
	s := openAt(t, path)
	g := Grant{ID: "grant", ClientID: "client", RedirectURI: "https://n8n.example/cb", Issuer: "https://x.example", Scopes: []string{"coda.read"}, Created: time.Now()}
	if err := s.AddGrantTo(ctx, g); err != nil {
		t.Fatal(err)
	}
	tables, err := store.All(ctx, s.db.Read(), func(scan func(...any) error) (name string, err error) {
		err = scan(&name)
		return name, err
	}, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		if !slices.Contains(append([]string{"codes", "activity"}, backedUp...), name) {
			t.Errorf("a backup leaves out the table %s", name)
		}
	}
	backup, err := Export(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // over what is there, too
		if err := Import(ctx, restored, backup); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := openAt(t, restored).RedirectAllowed(ctx, "client", g.RedirectURI); !ok || err != nil {
		t.Errorf("the yes to the address is lost: %v %v", ok, err)
	}
}
