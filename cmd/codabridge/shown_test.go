package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// somebodyElse writes a note of the first row of a doc, past codabridge.
func (w *harness) somebodyElse(t *testing.T, doc, note string) {
	t.Helper()
	body := fmt.Sprintf(`{"row":{"cells":[{"column":"Note","value":%q}]}}`, note)
	req, err := http.NewRequest(http.MethodPut, w.coda.URL()+"/docs/"+doc+"/tables/Things/rows/First", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+codatest.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
}

// TestAYesInATerminalIsForWhatWasShown: pending shows how it is now, and a yes to
// what was shown before is refused with what has changed and what to do.
func TestAYesInATerminalIsForWhatWasShown(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	key, _ := keyOf(p, "script")
	answer := overHTTP(t, s.LocalURL, key)(1, "coda_update_row", mustJSON(t, noteTo("By the assistant")))
	first := p.onePending().ID
	w.somebodyElse(t, alpha, "By a colleague")
	out, exit := p.run("approve-change", first)
	second := p.onePending().ID
	if exit != 1 || !strings.Contains(out, "is now \"By a colleague\"") || !strings.Contains(out, second) || second == first {
		t.Errorf("a yes to what was shown before: %d %s", exit, out)
	}
	for _, says := range []string{"another has changed what this would replace", "would be: By the assistant", "now:     By a colleague"} {
		if out := p.must("pending"); !strings.Contains(out, says) {
			t.Errorf("the list does not say %q: %s", says, out)
		}
	}
	p.must("approve-change", second)
	if out := answer(); !strings.Contains(out, "ch-") {
		t.Errorf("a yes to what stands there: %s", out)
	}
}

// stdioThatAsks is a program alone that has begun a call which waits for the owner.
func stdioThatAsks(t *testing.T) (*program, *pipe) {
	t.Helper()
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	writeConfig(t, p, `{"toolset": "full"}`)
	s := startStdio(p)
	overStdio(s)(1, "coda_share_document", mustJSON(t, share))
	return p, s
}

// TestAKilledStdioAsksNoMore: the question of a program alone goes from the list
// when it is killed before an instance starts.
func TestAKilledStdioAsksNoMore(t *testing.T) {
	t.Parallel()
	p, s := stdioThatAsks(t)
	p.awaitWaiting(1)
	s.cmd.Process.Kill()
	<-s.over
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if out := p.must("pending"); !strings.Contains(out, "No change waits") {
		t.Errorf("after a start: %s", out)
	}
}

// TestAStdioThatIsKilledBesideAnInstanceAsksNoMore, without a press of anything.
func TestAStdioThatIsKilledBesideAnInstanceAsksNoMore(t *testing.T) {
	t.Parallel()
	p, s := stdioThatAsks(t)
	desktest.Eventually(t, "the question", func() bool { return p.waiting() == 1 })
	p.start("serve")
	p.await("the question", func(s app.State) bool { return s.Changes.Waiting == 1 })
	s.cmd.Process.Kill()
	p.await("nothing waits", func(s app.State) bool { return s.Changes.Waiting == 0 })
}
