package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
)

const rehearser = "codabridge doctor"

// registerAs registers a public client that calls itself name.
func (b *bed) registerAs(name, redirect string) string {
	b.t.Helper()
	r := b.post(PathRegister, "application/json", `{"client_name":"`+name+`","redirect_uris":["`+redirect+`"],"token_endpoint_auth_method":"none"}`)
	var reg registration
	if err := json.Unmarshal([]byte(r.body), &reg); err != nil || reg.ID == "" {
		b.t.Fatalf("register: %d %s", r.status, r.body)
	}
	return reg.ID
}

// TestNothingButTheDoctorsOwnRequestIsRehearsed: a false address may slip the
// code of a stranger's request in, or one of the right client with a challenge
// of its own.
func TestNothingButTheDoctorsOwnRequestIsRehearsed(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	ctx := context.Background()
	const loop = "http://127.0.0.1/codabridge-doctor"
	mine := b.registerAs(rehearser, loop)
	q := b.asking("client_id", mine, "redirect_uri", loop)
	code := b.authorize(b.browser(), q)
	challenge := q.Get("code_challenge")
	strange := b.authorize(b.browser(), b.asking())
	otherClient := b.registerAs(rehearser, loop)
	afar := b.registerAs(rehearser, "https://claude.ai/api/mcp/auth_callback")
	afarCode := b.authorize(b.browser(), b.asking("client_id", afar, "redirect_uri", "https://claude.ai/api/mcp/auth_callback"))
	for name, c := range map[string]struct{ code, client, challenge string }{
		"the code of a stranger's request":             {strange, mine, challenge},
		"a stranger's request, named as it is":         {strange, chatgpt, challenge},
		"another client of the same name":              {code, otherClient, challenge},
		"a challenge that the doctor did not make":     {code, mine, challengeOf("another verifier of the right length 0123456789")},
		"no challenge at all":                          {code, mine, ""},
		"a request that leads away from this computer": {afarCode, afar, challenge},
		"a code that nobody shows":                     {"ZZZZZZ", mine, challenge},
	} {
		if err := b.s.ApproveRehearsal(ctx, c.code, c.client, c.challenge); !errors.Is(err, ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := b.s.Connections(ctx); err != nil || len(all) != 0 {
		t.Fatalf("approved: %+v %v", all, err)
	}
	if err := b.s.ApproveRehearsal(ctx, code, mine, challenge); err != nil {
		t.Fatalf("its own request: %v", err)
	}
	all, err := b.s.Connections(ctx)
	if err != nil || len(all) != 1 || strings.Join(all[0].Scopes, " ") != ScopeRead {
		t.Errorf("its own request, which asked to write too, gave %+v %v", all, err)
	}
}

func TestTheEndOfARehearsalRemovesItAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	ctx := context.Background()
	const loop = "http://127.0.0.1/codabridge-doctor"
	kept := b.connect(false)
	mine, other := b.registerAs(rehearser, loop), b.registerAs("An editor", loop)
	c := b.browser()
	q := b.asking("client_id", mine, "redirect_uri", loop)
	if err := b.s.ApproveRehearsal(ctx, b.authorize(c, q), mine, q.Get("code_challenge")); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(b.poll(c, q).Location)
	if err != nil {
		t.Fatal(err)
	}
	access := b.pair(b.form(PathToken, b.exchangeForm(u.Query().Get("code"), "client_id", mine, "redirect_uri", loop))).Access
	if !b.works(access) {
		t.Fatal("the rehearsal's own token does not work")
	}
	b.authorize(b.browser(), q) // a second request that is never approved
	if err := b.s.EndRehearsal(ctx, other, rehearser); !errors.Is(err, ErrNoConnection) {
		t.Errorf("a client of another name was removed: %v", err)
	}
	for range 2 { // twice is no error: the doctor and its instance both do it
		if err := b.s.EndRehearsal(ctx, mine, rehearser); err != nil {
			t.Fatal(err)
		}
	}
	if b.works(access) || len(b.s.Waiting()) != 0 {
		t.Error("a token or a request of the rehearsal outlived it")
	}
	if _, err := b.store.Client(ctx, mine); err == nil {
		t.Error("its client stayed")
	}
	if _, err := b.store.Client(ctx, other); err != nil || !b.works(kept.Access) {
		t.Errorf("something else went with it: %v", err)
	}
}
