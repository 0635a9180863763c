package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// onePending is the only change that waits.
func (p *program) onePending() (one app.PendingChange) {
	p.t.Helper()
	var all []app.PendingChange
	desktest.Eventually(p.t, "a change that waits", func() bool {
		return json.Unmarshal([]byte(p.must("pending", "--json")), &all) == nil && len(all) == 1
	})
	return all[0]
}

// TestWhatTheOwnerDecidesEndsAWaitAtOnce: a call that waits hears what forbids it
// by now, a yes is not taken then, and one that may be made goes on where it was.
func TestWhatTheOwnerDecidesEndsAWaitAtOnce(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	key, id := keyOf(p, "script")
	ask := overHTTP(t, s.LocalURL, key)
	for n, c := range []struct {
		name            string
		forbids, allows []string
		says, why       string
	}{
		{"read", []string{"allow", "connection", id, "policy", "read"}, []string{"allow", "connection", id, "policy", "ask"}, "may only read", "may only read by now"},
		{"read-only", []string{"read-only", "on", "true"}, []string{"read-only", "on", "false"}, "Read-only", "Read-only is on"},
		{"pause", []string{"pause"}, []string{"start"}, "paused", "is paused"},
		{"stop", []string{"stop"}, []string{"start"}, "stopped", "is stopped"},
		{"doc", []string{"allow/docs", "connection", id, "docs", beta}, []string{"allow/docs", "connection", id, "all", "true"}, "not among those", "may not see this doc"},
	} {
		row := addRow("Row of " + c.name)
		answer := ask(2*n+1, "coda_create_rows", row)
		waits := p.onePending().ID
		p.act(c.forbids[0], c.forbids[1:]...)
		if out := answer(); !strings.Contains(out, "Nothing was written: ") || !strings.Contains(out, c.says) {
			t.Errorf("%s: the call hears %s", c.name, out)
		}
		if held := p.onePending(); held.ID != waits || !strings.Contains(held.Held, c.why) {
			t.Errorf("%s: it waits as %+v", c.name, held)
		}
		if out, exit := p.run("approve-change", waits); exit != 1 || !strings.Contains(out, c.why) {
			t.Errorf("%s: a yes is answered %d %s", c.name, exit, out)
		}
		p.act(c.allows[0], c.allows[1:]...)
		if out := p.must("approve-change", waits); !strings.Contains(out, "makes just the same call again") {
			t.Errorf("%s: a yes that no call waits for says %s", c.name, out)
		}
		if out := ask(2*n+2, "coda_create_rows", row)(); !strings.Contains(out, "ch-") || w.coda.Count("upsertRows") != n+1 {
			t.Errorf("%s: the same call again: %s", c.name, out)
		}
	}
	// The connection itself, right before it is sent, and then the program.
	answer := ask(20, "coda_create_rows", addRow("Row of a revoked key"))
	waits := p.onePending().ID
	p.must("keys", "revoke", "script")
	if out := answer(); !strings.Contains(out, "Nothing was written: the owner has ended this connection") {
		t.Errorf("the revoked key hears %s", out)
	}
	if out, exit := p.run("approve-change", waits); exit != 1 || !strings.Contains(out, "was revoked") {
		t.Errorf("a yes to a revoked key is answered %d %s", exit, out)
	}
	key, _ = keyOf(p, "other")
	answer = overHTTP(t, s.LocalURL, key)(21, "coda_create_rows", addRow("Row of the end"))
	waits = p.onePending().ID
	p.stop(syscall.SIGTERM)
	if out := answer(); !strings.Contains(out, "codabridge is ending") {
		t.Errorf("at the end it hears %s", out)
	}
	p.start("serve")
	s = p.awaitPhase(app.PhaseLocal)
	p.must("approve-change", waits)
	before := w.coda.Count("upsertRows")
	if out := overHTTP(t, s.LocalURL, key)(22, "coda_create_rows", addRow("Row of the end"))(); !strings.Contains(out, "ch-") || w.coda.Count("upsertRows") != before+1 {
		t.Errorf("after the restart: %s", out)
	}
}

// TestAYesFromNowOnAnswersWhatItCovers, and leaves with its own reason what always
// asks, until that does no more.
func TestAYesFromNowOnAnswersWhatItCovers(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_TOOLSET=full")
	key, _ := keyOf(p, "script")
	ask := overHTTP(t, s.LocalURL, key)
	shared := ask(1, "coda_share_document", mustJSON(t, share))
	p.awaitWaiting(1)
	others := []func() string{ask(2, "coda_create_rows", addRow("One")), ask(3, "coda_create_rows", addRow("Two"))}
	p.awaitWaiting(3)
	var all []app.PendingChange
	if err := json.Unmarshal([]byte(p.must("pending", "--json")), &all); err != nil || len(all) != 3 {
		t.Fatalf("%+v %v", all, err)
	}
	for _, one := range all {
		if one.Tool == "coda_create_rows" {
			p.must("approve-change", one.ID, "--always")
			break
		}
	}
	for _, other := range others {
		if out := other(); !strings.Contains(out, "ch-") {
			t.Errorf("what is covered: %s", out)
		}
	}
	if left := p.onePending(); left.Tool != "coda_share_document" || left.Why != "sharing always asks" || w.coda.Count("addPermission") != 0 {
		t.Errorf("what is left waits as %+v", left)
	}
	p.must("ask-always", "none")
	if out := shared(); !strings.Contains(out, "ch-") || w.coda.Count("addPermission") != 1 {
		t.Errorf("when nothing always asks: %s", out)
	}
}

// TestAProgramThatLeavesTakesItsQuestionBack: one over stdio whose input ends, or
// that is ended or killed, while its change waits; what it still says is true.
func TestAProgramThatLeavesTakesItsQuestionBack(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	p.act("allow", "connection", "stdio", "policy", "ask")
	for _, end := range []string{"input", "TERM", "KILL"} {
		s := startStdio(p)
		p.joins(1)
		answer := overStdio(s)(1, "coda_create_rows", addRow("One"))
		p.awaitWaiting(1)
		switch end {
		case "KILL":
			s.cmd.Process.Kill()
		case "TERM":
			s.cmd.Process.Signal(syscall.SIGTERM)
		default:
			s.in.Close()
		}
		if end != "KILL" {
			if out := answer(); !strings.Contains(out, "who asked has left") {
				t.Errorf("it hears %s", out)
			}
			if err := <-s.over; err != nil {
				t.Error(err, s.errs)
			}
		}
		p.awaitWaiting(0)
		p.joins(0)
	}
	if w.coda.Count("upsertRows") != 0 {
		t.Error("it was written")
	}
}

// TestALeaveToWriteEndsInTheMiddleOfACall: what was allowed when the call came is
// not sent when the time is over by then.
func TestALeaveToWriteEndsInTheMiddleOfACall(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	key, id := keyOf(p, "script")
	ask := overHTTP(t, s.LocalURL, key)
	p.act("allow", "connection", id, "policy", "read")
	ask(1, "coda_list_rows", fmt.Sprintf(`{"document":%q,"table":"Things"}`, alpha))() // names are known by now
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 1200 * time.Millisecond })
	p.act("allow", "connection", id, "policy", "1s")
	out := ask(2, "coda_create_rows", mustJSON(t, anUpdate))()
	if !strings.Contains(out, "Nothing was written: this connection may only read") || w.coda.Count("upsertRows") != 0 {
		t.Errorf("it was sent: %s", out)
	}
}
