package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/control"
)

// TestReadOnlyIsOnEvenWhereItCannotBeRemembered: the disk is full, an assistant
// runs wild, and the owner wants it to stop.
func TestReadOnlyIsOnEvenWhereItCannotBeRemembered(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, _ := serving(t, w)
	if err := os.Mkdir(filepath.Join(p.dir, "config.json"), 0o700); err != nil { // nothing can be written over it
		t.Fatal(err)
	}
	client := control.NewClient(p.dir)
	if err := client.Do(t.Context(), "read-only", nil, "on", "true"); err == nil || !strings.Contains(err.Error(), "only until codabridge ends") {
		t.Errorf("it does not say that it will be forgotten: %v", err)
	}
	if s, err := p.state(); err != nil || !s.ReadOnly {
		t.Errorf("it is not on: %v %v", s.ReadOnly, err)
	}
	if err := client.Do(t.Context(), "read-only", nil, "on", "false"); err == nil {
		t.Error("off was said to be remembered")
	}
	if s, err := p.state(); err != nil || !s.ReadOnly {
		t.Errorf("what could not be remembered was turned off: %v", err)
	}
}

// TestADecisionIsRememberedWhateverTheFileHeld: null is what some programs make
// of an empty file, and a mark at its beginning is what some editors make.
func TestADecisionIsRememberedWhateverTheFileHeld(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	for name, text := range map[string]string{"null": "null", "a mark": "\xef\xbb\xbf{\"tunnel\": \"none\"}"} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
			writeConfig(t, p, text)
			p.start("serve")
			p.awaitPhase(app.PhaseLocal)
			if err := control.NewClient(p.dir).Do(t.Context(), "read-only", nil, "on", "true"); err != nil {
				t.Error(err)
			}
			b, err := os.ReadFile(filepath.Join(p.dir, "config.json"))
			if err != nil || !strings.Contains(string(b), `"read_only": true`) || strings.Contains(text, "tunnel") != strings.Contains(string(b), "tunnel") {
				t.Errorf("%s %v", b, err)
			}
		})
	}
}

// TestStatusNamesCommandsThatReachThisInstance: with a data folder of its own,
// the command without it would find none.
func TestStatusNamesCommandsThatReachThisInstance(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, _ := serving(t, w)
	if out := p.must("status", "--data-dir", p.dir); !strings.Contains(out, `codabridge open --data-dir "$HOME/data"`) {
		t.Error(out)
	}
	if out := p.must("status"); strings.Contains(out, "--data-dir") {
		t.Error(out)
	}
}
