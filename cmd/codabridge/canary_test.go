package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/server/coda/codatest"
)

// holding are the files below a folder in which a text stands.
func holding(t *testing.T, dir, text string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), text) {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestWhatAChangeHoldsStandsInOneFileAlone: asked, said yes and no to, waiting and
// put back, its contents are in the record of changes, which goes with the token,
// and neither in the log, in activity nor in what is shown without being asked.
func TestWhatAChangeHoldsStandsInOneFileAlone(t *testing.T) {
	t.Parallel()
	const canary = "Canary-4711"
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_INDEX=off") // which holds what docs hold
	key, _ := keyOf(p, "script")
	ask := overHTTP(t, s.LocalURL, key)
	yes := ask(1, "coda_create_rows", addRow(canary+" yes"))
	p.must("approve-change", p.onePending().ID)
	no := ask(2, "coda_create_rows", addRow(canary+" no"))
	p.must("refuse-change", p.onePending().ID, "--word", canary+" word")
	for what, out := range map[string]string{"ch-": yes(), canary + " word": no()} {
		if !strings.Contains(out, what) {
			t.Errorf("no %s in %s", what, out)
		}
	}
	p.must("undo", listedChanges(t, p)[0].ID)
	ask(3, "coda_create_rows", addRow(canary+" waits"))
	if waits := p.onePending(); !strings.Contains(string(waits.Arguments), canary) {
		t.Errorf("it waits as %+v", waits)
	}
	for _, command := range []string{"status", "activity", "connections", "logs"} {
		if out := p.must(command); strings.Contains(out, canary) {
			t.Errorf("%s says %s", command, out)
		}
	}
	p.stop(syscall.SIGTERM)
	if strings.Contains(p.out.String(), canary) {
		t.Errorf("the program said %s", p.out)
	}
	for _, name := range holding(t, p.dir, canary) {
		if !strings.HasPrefix(name, changesFile) {
			t.Errorf("it stands in %s", name)
		}
	}
	if info, err := os.Stat(filepath.Join(p.dir, changesFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the record is %v, %v", info, err)
	}
	// Another token: nothing of it is left, as where there is none.
	for i, e := range p.env {
		if strings.HasPrefix(e, "CODABRIDGE_CODA_TOKEN=") {
			p.env[i] = "CODABRIDGE_CODA_TOKEN=" + codatest.TokenReadOnly
		}
	}
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if out := p.must("pending"); !strings.Contains(out, "No change waits") {
		t.Errorf("under another token: %s", out)
	}
	p.stop(syscall.SIGTERM)
	if names := holding(t, p.dir, canary); len(names) > 0 {
		t.Errorf("under another token it stands in %v", names)
	}
}
