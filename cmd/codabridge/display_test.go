package main

import (
	"strings"
	"testing"
)

// TestWhereNoPageCanOpenALinkIsPrinted: the bridge runs as a service, which has
// no display, and its owner sits at the desktop.
func TestWhereNoPageCanOpenALinkIsPrinted(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := serving(t, w)
	p.env = append(p.env, "DISPLAY=:99999")
	for _, args := range [][]string{{"open"}, {}} {
		if out := p.must(args...); strings.Contains(out, "page opens") || !strings.Contains(out, s.OwnerURL+"/#key=") {
			t.Errorf("codabridge %v: %s", args, out)
		}
	}
}
