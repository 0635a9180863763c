package oauth

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRefreshRotatesWithAGraceForALostReply(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	h.clock.Advance(30 * time.Second)
	h.restart() // the reply is repeated even so
	again := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	if again.Access != next.Access || again.Refresh != next.Refresh || again.Seconds != next.Seconds-30 {
		t.Errorf("the repeated reply differs: %d then %d seconds", next.Seconds, again.Seconds)
	}
	h.clock.Advance(31 * time.Second)
	if r := h.form(PathToken, h.refreshForm(p.Refresh)); r.errorCode() != "invalid_grant" {
		t.Errorf("after the grace: %s", r.body)
	}
	if h.works(p.Access) || h.works(next.Access) || h.form(PathToken, h.refreshForm(next.Refresh)).errorCode() != "invalid_grant" {
		t.Error("the family outlived the replay")
	}
	if list, _ := h.s.Connections(t.Context()); len(list) != 0 {
		t.Error("the connection is still listed")
	}
}

// TestGraceEndsWhenTheSuccessorWasUsed: a thief and the client take turns
// within the minute. Whoever comes with an older token than the newest pair's
// ends the connection for both.
func TestGraceEndsWhenTheSuccessorWasUsed(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"at once": false, "after a restart": true} {
		h := newHarness(t)
		p := h.connect(true)
		next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
		if again := h.pair(h.form(PathToken, h.refreshForm(p.Refresh))); again.Refresh != next.Refresh {
			t.Errorf("%s: a lost reply is not repeated", name)
		}
		last := h.pair(h.form(PathToken, h.refreshForm(next.Refresh)))
		if again := h.pair(h.form(PathToken, h.refreshForm(next.Refresh))); again.Refresh != last.Refresh || again.Access != last.Access {
			t.Errorf("%s: a lost reply of the second refresh is not repeated", name)
		}
		if restart {
			h.restart()
		}
		if r := h.form(PathToken, h.refreshForm(p.Refresh)); r.errorCode() != "invalid_grant" {
			t.Errorf("%s: the older token: %s", name, r.body)
		}
		if h.works(last.Access) || h.form(PathToken, h.refreshForm(last.Refresh)).errorCode() != "invalid_grant" {
			t.Errorf("%s: the connection outlived the replay", name)
		}
	}
}

// TestRefreshesInParallelEndNoConnection: clients with several workers send one
// token at once; an older one among them is a replay in any order.
func TestRefreshesInParallelEndNoConnection(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	for range 3 {
		got := h.parallel(16, func(int) string { return p.Refresh })
		for _, r := range got {
			if q := h.pair(r); q.Access != h.pair(got[0]).Access || q.Refresh != h.pair(got[0]).Refresh {
				t.Fatalf("two answers: %s and %s", r.body, got[0].body)
			}
		}
		p = h.pair(got[0])
	}
	next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	h.pair(h.form(PathToken, h.refreshForm(next.Refresh)))
	h.parallel(16, func(i int) string { return []string{p.Refresh, next.Refresh}[i%2] })
	if list, err := h.s.Connections(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the older token among others ended nothing: %v %v", list, err)
	}
}

// parallel sends refresh requests at the same time.
func (h *harness) parallel(n int, token func(i int) string) []reply {
	got := make([]reply, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { got[i] = h.form(PathToken, h.refreshForm(token(i))) })
	}
	all.Wait()
	return got
}

func TestRefreshRefuses(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for name, c := range map[string]struct {
		change []string
		want   string
	}{
		"no token":                   {[]string{"refresh_token", ""}, "invalid_request"},
		"a made-up token":            {[]string{"refresh_token", "cbr_" + strings.Repeat("x", 43)}, "invalid_grant"},
		"another client":             {[]string{"client_id", "https://claude.ai/oauth/mcp-oauth-client-metadata"}, "invalid_grant"},
		"a resource with a fragment": {[]string{"resource", h.issuer + "/mcp#x"}, "invalid_target"},
		"another server's resource":  {[]string{"resource", "https://evil.test"}, "invalid_target"},
	} {
		p := h.connect(false)
		if r := h.form(PathToken, h.refreshForm(p.Refresh, c.change...)); r.errorCode() != c.want || r.status != 400 {
			t.Errorf("%s: %d %s, want %s", name, r.status, r.body, c.want)
		}
		if next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh, "resource", h.issuer+"/mcp/"))); !h.works(next.Access) {
			t.Errorf("%s: the refusal cost the connection", name)
		}
		h.clock.Advance(time.Minute)
	}
	p := h.connect(true)
	if r := h.form(PathToken, h.refreshForm(p.Access)); r.errorCode() != "invalid_grant" {
		t.Errorf("an access token: %s", r.body)
	}
	h.clock.Advance(refreshLife)
	if r := h.form(PathToken, h.refreshForm(p.Refresh)); r.errorCode() != "invalid_grant" {
		t.Errorf("after 90 days: %s", r.body)
	}
}

func TestRefreshThatRepeatsTheWiderRequestGetsWhatWasGranted(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(false)
	for _, asked := range []string{"coda.read coda.write", "coda.write", "admin", "openid profile", "coda.read coda.write offline_access openid"} {
		p = h.pair(h.form(PathToken, h.refreshForm(p.Refresh, "scope", asked)))
		if p.Scope != "coda.read" {
			t.Errorf("%q widened the connection to %q", asked, p.Scope)
		}
		g, err := h.s.Authenticate(t.Context(), h.issuer, p.Access)
		if err != nil || strings.Join(g.Scopes, " ") != "coda.read" {
			t.Errorf("%q: the token may %v, %v", asked, g.Scopes, err)
		}
	}
}

func TestRefreshMayAskForLessAndLaterForAllAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	less := h.pair(h.form(PathToken, h.refreshForm(p.Refresh, "scope", "coda.read offline_access")))
	if less.Scope != "coda.read" {
		t.Errorf("narrowed to %q", less.Scope)
	}
	if all := h.pair(h.form(PathToken, h.refreshForm(less.Refresh))); all.Scope != "coda.read coda.write" {
		t.Errorf("then %q", all.Scope)
	}
}

func TestAccessTokenEndsAndRefreshSlides(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.AccessTTL = 2 * time.Second })
	p := h.connect(true)
	if p.Seconds != 2 {
		t.Errorf("expires_in %d", p.Seconds)
	}
	h.clock.Advance(2 * time.Second)
	if h.works(p.Access) {
		t.Error("an expired token works")
	}
	for range 5 {
		h.clock.Advance(80 * 24 * time.Hour)
		p = h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	}
	if !h.works(p.Access) {
		t.Error("after 400 days of use it is gone")
	}
}
