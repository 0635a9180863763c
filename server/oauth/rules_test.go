//go:build !race

package oauth

import (
	"fmt"
	"math/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

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
	g.clock.Advance(time.Second)
}

func (g *game) wait() {
	g.clock.Advance([]time.Duration{time.Second, 20 * time.Second, time.Minute, time.Hour, 12 * time.Hour}[g.rng.Intn(5)])
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
