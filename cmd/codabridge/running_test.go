package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
)

// TestStopAndStartFromATerminal: as with the buttons, and remembered.
func TestStopAndStartFromATerminal(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	if out := p.must("stop"); !strings.Contains(out, "no assistant gets in") {
		t.Error(out)
	}
	p.awaitPhase(app.PhaseOff)
	p.must("stop") // again is no fault
	p.stop(syscall.SIGTERM)
	p.start("serve")
	p.awaitPhase(app.PhaseOff)
	if out := p.must("start"); !strings.Contains(out, "Started") {
		t.Error(out)
	}
	if again := p.awaitPhase(app.PhaseOnline); again.PublicURL != s.PublicURL {
		t.Errorf("online as %s, before as %s", again.PublicURL, s.PublicURL)
	}
	p.stop(syscall.SIGTERM)
	if _, code := p.run("stop"); code != 3 {
		t.Errorf("stop without a running instance: exit %d", code)
	}
}

// TestAStopThatCannotBeRememberedIsSaid: it was forgotten without a word, and
// the next start let everybody in.
func TestAStopThatCannotBeRememberedIsSaid(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, _ := serving(t, w)
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, on := range []string{"INSERT", "UPDATE", "DELETE"} {
		if _, err := db.Exec("CREATE TRIGGER no_" + on + " BEFORE " + on + " ON settings BEGIN SELECT RAISE(ABORT, 'a bad disk'); END"); err != nil {
			t.Fatal(err)
		}
	}
	if out, code := p.run("stop"); code != 1 || !strings.Contains(out, "only until codabridge ends") {
		t.Errorf("exit %d: %s", code, out)
	}
	if s, err := p.state(); err != nil || s.Phase != app.PhaseOff {
		t.Errorf("it is not stopped: %s %v", s.Phase, err)
	}
	if _, err := db.Exec("DROP TRIGGER no_INSERT; DROP TRIGGER no_UPDATE"); err != nil {
		t.Fatal(err)
	}
	p.must("stop")
	if out, code := p.run("start"); code != 1 || !strings.Contains(out, "finds it stopped") {
		t.Errorf("exit %d: %s", code, out)
	}
	if s, err := p.state(); err != nil || s.Phase != app.PhaseLocal {
		t.Errorf("it is not started: %s %v", s.Phase, err)
	}
}

// TestStartTriesARefusedTunnelAtOnce: what may pass is asked about slowly, and
// who knows that it has passed need not wait.
func TestStartTriesARefusedTunnelAtOnce(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.edge.RefuseSignIns("ERR_NGROK_108", -1)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	s := p.awaitPhase(app.PhaseFailed)
	if s.Tunnel.Code != "ERR_NGROK_108" || !strings.Contains(s.Sentence, "tries again every few minutes") || s.HelpURL == "" {
		t.Errorf("%q %q %q", s.Tunnel.Code, s.Sentence, s.HelpURL)
	}
	w.edge.RefuseSignIns("", 0)
	p.must("start")
	p.awaitPhase(app.PhaseOnline)
}
