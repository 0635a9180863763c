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
func (h *harness) registerAs(name, redirect string) string {
	h.t.Helper()
	r := h.post(PathRegister, "application/json", `{"client_name":"`+name+`","redirect_uris":["`+redirect+`"],"token_endpoint_auth_method":"none"}`)
	var reg registration
	if err := json.Unmarshal([]byte(r.body), &reg); err != nil || reg.ID == "" {
		h.t.Fatalf("register: %d %s", r.status, r.body)
	}
	return reg.ID
}

// TestNothingButTheDoctorsOwnRequestIsRehearsed: a false address may slip the
// code of a stranger's request in, or one of the right client with a challenge
// of its own.
func TestNothingButTheDoctorsOwnRequestIsRehearsed(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx := context.Background()
	const loop = "http://127.0.0.1/codabridge-doctor"
	mine := h.registerAs(rehearser, loop)
	q := h.asking("client_id", mine, "redirect_uri", loop)
	code := h.authorize(h.browser(), q)
	challenge := q.Get("code_challenge")
	strange := h.authorize(h.browser(), h.asking())
	otherClient := h.registerAs(rehearser, loop)
	afar := h.registerAs(rehearser, "https://claude.ai/api/mcp/auth_callback")
	afarCode := h.authorize(h.browser(), h.asking("client_id", afar, "redirect_uri", "https://claude.ai/api/mcp/auth_callback"))
	for name, c := range map[string]struct{ code, client, challenge string }{
		"the code of a stranger's request":             {strange, mine, challenge},
		"a stranger's request, named as it is":         {strange, chatgpt, challenge},
		"another client of the same name":              {code, otherClient, challenge},
		"a challenge that the doctor did not make":     {code, mine, challengeOf("another verifier of the right length 0123456789")},
		"no challenge at all":                          {code, mine, ""},
		"a request that leads away from this computer": {afarCode, afar, challenge},
		"a code that nobody shows":                     {"ZZZZZZ", mine, challenge},
	} {
		if err := h.s.ApproveRehearsal(ctx, c.code, c.client, c.challenge); !errors.Is(err, ErrNoRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := h.s.Connections(ctx); err != nil || len(all) != 0 {
		t.Fatalf("approved: %+v %v", all, err)
	}
	if err := h.s.ApproveRehearsal(ctx, code, mine, challenge); err != nil {
		t.Fatalf("its own request: %v", err)
	}
	all, err := h.s.Connections(ctx)
	if err != nil || len(all) != 1 || strings.Join(all[0].Scopes, " ") != ScopeRead {
		t.Errorf("its own request, which asked to write too, gave %+v %v", all, err)
	}
}

func TestTheEndOfARehearsalRemovesItAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx := context.Background()
	const loop = "http://127.0.0.1/codabridge-doctor"
	kept := h.connect(false)
	mine, other := h.registerAs(rehearser, loop), h.registerAs("An editor", loop)
	c := h.browser()
	q := h.asking("client_id", mine, "redirect_uri", loop)
	if err := h.s.ApproveRehearsal(ctx, h.authorize(c, q), mine, q.Get("code_challenge")); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(h.poll(c, q).Location)
	if err != nil {
		t.Fatal(err)
	}
	access := h.pair(h.form(PathToken, h.exchangeForm(u.Query().Get("code"), "client_id", mine, "redirect_uri", loop))).Access
	if !h.works(access) {
		t.Fatal("the rehearsal's own token does not work")
	}
	h.authorize(h.browser(), q) // a second request that is never approved
	if err := h.s.EndRehearsal(ctx, other, rehearser); !errors.Is(err, ErrNoConnection) {
		t.Errorf("a client of another name was removed: %v", err)
	}
	for range 2 { // twice is no error: the doctor and its instance both do it
		if err := h.s.EndRehearsal(ctx, mine, rehearser); err != nil {
			t.Fatal(err)
		}
	}
	if h.works(access) || len(h.s.Waiting()) != 0 {
		t.Error("a token or a request of the rehearsal outlived it")
	}
	if _, err := h.store.Client(ctx, mine); err == nil {
		t.Error("its client stayed")
	}
	if _, err := h.store.Client(ctx, other); err != nil || !h.works(kept.Access) {
		t.Errorf("something else went with it: %v", err)
	}
}
