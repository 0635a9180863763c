package oauth

import (
	"fmt"
	"math/rand"
	"net/http"
	"net/url"
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
	h.clock.advance(30 * time.Second)
	h.restart() // the reply is repeated even so
	again := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	if again.Access != next.Access || again.Refresh != next.Refresh || again.Seconds != next.Seconds-30 {
		t.Errorf("the repeated reply differs: %d then %d seconds", next.Seconds, again.Seconds)
	}
	h.clock.advance(31 * time.Second)
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
		h.clock.advance(time.Minute)
	}
	p := h.connect(true)
	if r := h.form(PathToken, h.refreshForm(p.Access)); r.errorCode() != "invalid_grant" {
		t.Errorf("an access token: %s", r.body)
	}
	h.clock.advance(refreshLife)
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
	h.clock.advance(2 * time.Second)
	if h.works(p.Access) {
		t.Error("an expired token works")
	}
	for range 5 {
		h.clock.advance(80 * 24 * time.Hour)
		p = h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
	}
	if !h.works(p.Access) {
		t.Error("after 400 days of use it is gone")
	}
}

// TestTokensKeepTheirRules plays random moves of honest and thieving parties
// and compares each answer with a small model of the rules.
func TestTokensKeepTheirRules(t *testing.T) {
	t.Parallel()
	for seed := range int64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			newGame(t, seed).play(150)
		})
	}
}

type modelCode struct {
	grant int
	made  time.Time
	used  bool
	plain string
}

type modelToken struct {
	grant   int
	plain   string
	made    time.Time
	rotated time.Time
	next    pair
	after   *modelToken // its successor
}

type game struct {
	*harness
	rng     *rand.Rand
	alive   []bool // grants
	codes   []*modelCode
	refresh []*modelToken
	access  []*modelToken
}

func newGame(t *testing.T, seed int64) *game {
	h := newHarness(t)
	h.s.tokenEach = NewLimiter(h.clock.Now, 1<<30, 1)
	return &game{harness: h, rng: rand.New(rand.NewSource(seed))}
}

func (g *game) play(moves int) {
	moveList := []func(){g.newGrant, g.useCode, g.useCode, g.useRefresh, g.useRefresh, g.useRefresh, g.wait, g.revoke, g.wrongCode}
	for i := range moves {
		if i%50 == 49 {
			g.restart()
			g.s.tokenEach = NewLimiter(g.clock.Now, 1<<30, 1)
		}
		moveList[g.rng.Intn(len(moveList))]()
		for _, a := range g.access {
			want := g.alive[a.grant] && g.clock.Now().Before(a.made.Add(24*time.Hour))
			if g.works(a.plain) != want {
				g.t.Fatalf("move %d: an access token works %v, want %v", i, !want, want)
			}
		}
	}
}

func (g *game) newGrant() {
	code := g.consent(g.asking(), true).Get("code")
	g.alive = append(g.alive, true)
	g.codes = append(g.codes, &modelCode{grant: len(g.alive) - 1, made: g.clock.Now(), plain: code})
	g.clock.advance(time.Second)
}

func (g *game) wait() {
	g.clock.advance([]time.Duration{time.Second, 20 * time.Second, time.Minute, time.Hour, 12 * time.Hour}[g.rng.Intn(5)])
}

func (g *game) add(grant int, p pair) *modelToken {
	g.refresh = append(g.refresh, &modelToken{grant: grant, plain: p.Refresh, made: g.clock.Now()})
	g.access = append(g.access, &modelToken{grant: grant, plain: p.Access, made: g.clock.Now()})
	return g.refresh[len(g.refresh)-1]
}

// answer sends a token request and checks whether it was granted.
func (g *game) answer(form url.Values, want bool, what string) pair {
	g.t.Helper()
	r := g.form(PathToken, form)
	if (r.status == http.StatusOK) != want || (!want && r.errorCode() != "invalid_grant") {
		g.t.Fatalf("%s: %d %s, want granted %v", what, r.status, r.body, want)
	}
	if !want {
		return pair{}
	}
	return g.pair(r)
}

func (g *game) useCode() {
	if len(g.codes) == 0 {
		return
	}
	c := g.codes[g.rng.Intn(len(g.codes))]
	if g.clock.Now().Sub(c.made) > 23*time.Hour {
		return // from a day on a spent code may be forgotten, at no fixed moment
	}
	fine := g.alive[c.grant] && !c.used && g.clock.Now().Sub(c.made) < codeLife
	p := g.answer(g.exchangeForm(c.plain), fine, "code")
	if c.used {
		g.alive[c.grant] = false
	}
	c.used = true
	if fine {
		g.add(c.grant, p)
	}
}

func (g *game) wrongCode() {
	if len(g.codes) == 0 {
		return
	}
	c := g.codes[g.rng.Intn(len(g.codes))]
	if g.clock.Now().Sub(c.made) > 23*time.Hour {
		return
	}
	g.answer(g.exchangeForm(c.plain, "code_verifier", strings.Repeat("x", 50)), false, "code with a wrong verifier")
	c.used = true
}

func (g *game) useRefresh() {
	if len(g.refresh) == 0 {
		return
	}
	t := g.refresh[g.rng.Intn(len(g.refresh))]
	age := g.clock.Now().Sub(t.rotated)
	fine := g.alive[t.grant] && (t.rotated.IsZero() || age <= grace && t.after.rotated.IsZero())
	p := g.answer(g.refreshForm(t.plain), fine, "refresh")
	switch {
	case !g.alive[t.grant]:
	case !fine:
		g.alive[t.grant] = false
	case t.rotated.IsZero():
		t.rotated, t.next = g.clock.Now(), p
		t.after = g.add(t.grant, p)
	case p.Access != t.next.Access || p.Refresh != t.next.Refresh:
		g.t.Fatal("the grace gave another successor")
	}
}

func (g *game) revoke() {
	if g.rng.Intn(4) > 0 || len(g.refresh) == 0 {
		return
	}
	t := g.refresh[g.rng.Intn(len(g.refresh))]
	if r := g.form(PathRevoke, url.Values{"client_id": {chatgpt}, "token": {t.plain}}); r.status != http.StatusOK {
		g.t.Fatalf("revoke: %d %s", r.status, r.body)
	}
	g.alive[t.grant] = false
}
