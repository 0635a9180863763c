package main

import (
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
)

// TestAnotherOwnURLIsSaid: what was connected at the old one has to be
// connected again, as with ngrok.
func TestAnotherOwnURLIsSaid(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve", "--public-url", "https://one.example.org")
	if s := p.awaitPhase(app.PhaseOnline); s.Warning != "" {
		t.Errorf("at the first start it warns: %s", s.Warning)
	}
	p.stop(syscall.SIGTERM)
	p.start("serve", "--public-url", "https://two.example.org")
	s := p.awaitPhase(app.PhaseOnline)
	if !strings.Contains(s.Warning, "https://one.example.org") || !strings.Contains(s.Warning, "https://two.example.org") {
		t.Errorf("warning %q", s.Warning)
	}
}
