package oauth

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCodeLivesAMinuteAndItsReplayTakesEverythingItGave(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code := h.consent(h.asking(), true).Get("code")
	h.clock.Advance(codeLife)
	if r := h.form(PathToken, h.exchangeForm(code)); r.errorCode() != "invalid_grant" {
		t.Errorf("after a minute: %s", r.body)
	}
	code = h.consent(h.asking(), true).Get("code")
	p := h.pair(h.form(PathToken, h.exchangeForm(code)))
	next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	if r := h.form(PathToken, h.exchangeForm(code)); r.errorCode() != "invalid_grant" {
		t.Errorf("replay: %s", r.body)
	}
	if h.works(p.Access) || h.works(next.Access) || h.form(PathToken, h.refreshForm(next.Refresh)).errorCode() != "invalid_grant" {
		t.Error("what the replayed code gave still works")
	}
}

// TestASpentCodeFoundInAHistoryEndsNothing: who finds one lacks the verifier,
// or is another client, and must not be able to disconnect the owner by it.
func TestASpentCodeFoundInAHistoryEndsNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code := h.consent(h.asking(), true).Get("code")
	p := h.pair(h.form(PathToken, h.exchangeForm(code)))
	other := h.registerAs("Another", chatgptRedirect)
	for name, change := range map[string][]string{
		"another verifier":               {"code_verifier", strings.Repeat("x", 43)},
		"the challenge for a verifier":   {"code_verifier", challengeOf(verifier)},
		"no verifier":                    {"code_verifier", ""},
		"another client":                 {"client_id", other},
		"another client that is pinned":  {"client_id", "https://claude.ai/oauth/claude-code-client-metadata"},
		"another redirect":               {"redirect_uri", "https://claude.ai/api/mcp/auth_callback"},
		"another server's resource":      {"resource", "https://evil.test"},
		"another client, no redirect":    {"client_id", other, "redirect_uri", ""},
		"another verifier, no redirect":  {"code_verifier", strings.Repeat("x", 43), "redirect_uri", ""},
		"a day later with a wrong guess": {"code_verifier", strings.Repeat("y", 43)},
	} {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if r := h.form(PathToken, h.exchangeForm(code, change...)); r.status/100 != 4 {
					t.Errorf("%s: %s", name, r.body)
				}
			})
		}
		all.Wait()
		if !h.works(p.Access) {
			t.Fatalf("%s: ended the connection", name)
		}
	}
	h.clock.Advance(time.Hour)
	if r := h.form(PathToken, h.exchangeForm(code, "redirect_uri", "")); r.errorCode() != "invalid_grant" || h.works(p.Access) {
		t.Errorf("its own client a second time, which is a replay: %s", r.body)
	}
}

func TestClockThatJumpsBackDoesNotLengthenACodesLife(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		h := newHarness(t)
		code := h.consent(h.asking(), true).Get("code")
		h.clock.Advance(jump)
		if r := h.form(PathToken, h.exchangeForm(code)); r.errorCode() != "invalid_grant" {
			t.Errorf("jump of %v: %s", jump, r.body)
		}
	}
}

func TestWrongCodesAreSlowedAndTheRightOneWorksAgainLater(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code := h.authorize(h.browser(), h.asking())
	var err error
	for range 10_000 {
		err = h.s.Approve(t.Context(), "AAAAAA", true)
		if err == nil {
			t.Fatal("a wrong code was accepted")
		}
	}
	if err != ErrTooManyCodes || h.s.Approve(t.Context(), code, true) != ErrTooManyCodes {
		t.Errorf("after 10,000 wrong codes: %v", err)
	}
	h.clock.Advance(10 * time.Second)
	if err := h.s.Approve(t.Context(), code, true); err != nil {
		t.Errorf("a moment later: %v", err)
	}
}
