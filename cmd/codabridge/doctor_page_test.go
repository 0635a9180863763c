package main

import (
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/server/coda/codatest"
)

// TestTheDoctorsButton: the lines stand on the page, the one that failed with
// its next step, and pressing it leaves nothing behind.
func TestTheDoctorsButton(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	p.awaitPhase(app.PhaseOnline)
	page := openBrowser(t, w.edge, 900, 1400)
	page.open(p.link("doctor"))
	page.press(`form[data-post="/doctor"] button`)
	page.see("All is well")
	page.press("#findings-fine summary")
	page.see("its token is refused")
	page.see("list of tools")
	if n := page.eval(`String([...document.querySelectorAll(".findings strong")].filter((e) => !e.textContent).length)`); n != "0" {
		t.Errorf("%s findings have no name", n)
	}
	page.shot("doctor-well")
	w.coda.Set(func(k *codatest.Knobs) { k.Refuse = -1 })
	page.press(`form[data-post="/doctor"] button`)
	page.see("too many requests by this account")
	page.see("Coda token")
	page.see("Next: Wait a few minutes")
	page.shot("doctor-failed")
	if s := page.text("#findings"); strings.Contains(s, "its token is refused") && strings.Contains(s, "It needs") {
		t.Errorf("lines that say nothing: %s", s)
	}
	if s, err := p.state(); err != nil || len(s.Connections) != 0 {
		t.Errorf("left behind: %+v %v", s.Connections, err)
	}
}
