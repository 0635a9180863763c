package oauth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/clocktest"
)

// forbiddenFetch fails the test when anything is fetched.
func forbiddenFetch(t testing.TB) func(context.Context, string) ([]byte, error) {
	return func(_ context.Context, url string) ([]byte, error) {
		t.Errorf("%s was fetched", url)
		return nil, errors.New("forbidden")
	}
}

func TestPinnedClientsAreKnownWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	for _, c := range []struct {
		id, redirect, name string
		selfNamed          bool // any program can take an id that is answered on its own computer
	}{
		{chatgpt, chatgptRedirect, "ChatGPT", false},
		{"https://chatgpt.com/oauth/cb_7/client.json", "https://chatgpt.com/connector/oauth/cb_7", "ChatGPT", false},
		{"https://chatgpt.com/oauth/codex/client.json", "http://127.0.0.1:1455/callback", "Codex", true},
		{"https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback", "Claude", false},
		{"https://claude.ai/oauth/claude-code-client-metadata", "http://localhost:54321/callback", "Claude Code", true},
	} {
		h.authorize(h.browser(), h.asking("client_id", c.id, "redirect_uri", c.redirect))
		if w := h.s.Waiting()[0]; w.Client != c.name || w.SelfNamed != c.selfNamed {
			t.Errorf("%s: %+v", c.id, w)
		}
		h.clock.Advance(time.Second)
	}
	r := h.get(h.browser(), PathAuthorize+"?"+h.asking("client_id", "https://chatgpt.com/oauth/cb_7/client.json", "redirect_uri", "https://chatgpt.com/connector/oauth/cb_8").Encode(), "text/html")
	if r.status != 400 {
		t.Errorf("another connector's redirect: %d", r.status)
	}
}

const vscode = "https://vscode.dev/oauth/client-metadata.json"

func TestVendorsDocumentIsFetchedOnceAndRemembered(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	h := newHarness(t, func(o *Options) {
		o.Fetch = func(context.Context, string) ([]byte, error) {
			calls.Add(1)
			return []byte("\ufeff" + `{"client_id":"` + vscode + `","client_name":"Visual Studio Code","redirect_uris":["https://vscode.dev/redirect","https://elsewhere.test/"],"token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none"]}`), nil
		}
	})
	for range 3 {
		h.authorize(h.browser(), h.asking("client_id", vscode, "redirect_uri", "https://vscode.dev/redirect"))
	}
	if calls.Load() != 1 || h.s.Waiting()[0].Client != "Visual Studio Code" || !h.s.Waiting()[0].SelfNamed {
		t.Errorf("%d fetches, %+v", calls.Load(), h.s.Waiting()[0])
	}
	h.clock.Advance(documentFresh)
	h.authorize(h.browser(), h.asking("client_id", vscode, "redirect_uri", "https://vscode.dev/redirect"))
	if calls.Load() != 2 {
		t.Errorf("%d fetches after a day", calls.Load())
	}
	code := h.consent(h.asking("client_id", vscode, "redirect_uri", "https://vscode.dev/redirect"), false).Get("code")
	h.pair(h.form(PathToken, h.exchangeForm(code, "client_id", vscode, "redirect_uri", "https://vscode.dev/redirect")))
	if r := h.get(h.browser(), PathAuthorize+"?"+h.asking("client_id", vscode, "redirect_uri", "https://elsewhere.test/").Encode(), ""); r.status != 200 || !strings.Contains(r.body, "second yes") {
		t.Errorf("a redirect that the document names but the list does not: %d %s", r.status, r.body)
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no JSON":                `<html>`,
		"another client's":       `{"client_id":"https://vscode.dev/other","redirect_uris":["https://vscode.dev/redirect"]}`,
		"a shared secret":        `{"client_id":"` + vscode + `","client_secret":"x","redirect_uris":["https://vscode.dev/redirect"]}`,
		"a secret as the method": `{"client_id":"` + vscode + `","token_endpoint_auth_method":"client_secret_post","redirect_uris":["https://vscode.dev/redirect"]}`,
		"no allowed redirect":    `{"client_id":"` + vscode + `","redirect_uris":["javascript:alert(1)","http://evil.test/"]}`,
		"larger than 64 KiB":     `{"client_id":"` + vscode + `","redirect_uris":["https://vscode.dev/redirect"],"x":"` + strings.Repeat("x", maxBody) + `"}`,
	} {
		if c, err := readDocument(vscode, []byte(body)); !errors.Is(err, errBadDocument) {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
}

func TestFetchesAreOneAtATimeAndFew(t *testing.T) {
	t.Parallel()
	var now, most, calls atomic.Int32
	c := clocktest.At(time.Now())
	d := newDocuments(func(context.Context, string) ([]byte, error) {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		calls.Add(1)
		return nil, errors.New("down")
	}, c.Now)
	var wg sync.WaitGroup
	for i := range 200 {
		ctx := caller.WithAddress(t.Context(), caller.AddressOf(fmt.Sprintf("192.0.2.%d", i)))
		wg.Go(func() { _, _ = d.client(ctx, fmt.Sprintf("https://vscode.dev/%d", i)) })
	}
	wg.Wait()
	if most.Load() != 1 || calls.Load() != 5 || len(d.kept) > documentsKept {
		t.Errorf("%d at once, %d fetches, %d kept", most.Load(), calls.Load(), len(d.kept))
	}
}

// vscodeOnly has the one document; no other address answers.
func vscodeOnly(_ context.Context, link string) ([]byte, error) {
	if link != vscode {
		return nil, errors.New("status 404")
	}
	return []byte(`{"client_id":"` + vscode + `","redirect_uris":["https://vscode.dev/redirect"]}`), nil
}

// TestAStrangerWhoHangsUpSpoilsNoDocument: what failed because a browser left
// was remembered as a bad document, five minutes for everybody.
func TestAStrangerWhoHangsUpSpoilsNoDocument(t *testing.T) {
	t.Parallel()
	var hangUp context.CancelFunc
	h := newHarness(t, func(o *Options) {
		o.Fetch = func(ctx context.Context, link string) ([]byte, error) {
			if hangUp != nil {
				hangUp()
				return nil, ctx.Err()
			}
			return vscodeOnly(ctx, link)
		}
	})
	q := h.asking("client_id", vscode, "redirect_uri", "https://vscode.dev/redirect")
	var ctx context.Context
	ctx, hangUp = context.WithCancel(t.Context())
	h.serve(newRequest(PathAuthorize, q.Encode()).WithContext(ctx))
	hangUp = nil
	h.authorize(h.browser(), q)
}

// TestOneAddressLeavesDocumentsForOthers: names of documents that are not
// there cost a stranger nothing, and each used up a fetch of everybody.
func TestOneAddressLeavesDocumentsForOthers(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.Fetch = vscodeOnly })
	for i := range 20 {
		ask := h.asking("client_id", fmt.Sprintf("https://cursor.com/%d", i))
		if w := h.direct("GET", PathAuthorize+"?"+ask.Encode(), "203.0.113.9", "", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Fatalf("document %d: %d", i, w.Code)
		}
	}
	h.authorize(h.browser(), h.asking("client_id", vscode, "redirect_uri", "https://vscode.dev/redirect"))
	if strings.Contains(h.log.String(), "level=ERROR") {
		t.Errorf("a document that is not there is no fault of ours:\n%s", &h.log)
	}
}

// TestStrangersLeaveTheOwnersOwnComputerItsFetches: with enough addresses they
// use up what all share, and the owner signs in at this computer's address.
func TestStrangersLeaveTheOwnersOwnComputerItsFetches(t *testing.T) {
	t.Parallel()
	c := clocktest.At(time.Now())
	d := newDocuments(vscodeOnly, c.Now)
	for i := range 20 {
		ctx := caller.WithOrigin(caller.WithAddress(t.Context(), caller.AddressOf(fmt.Sprintf("192.0.2.%d", i))), "https://abc.ngrok-free.dev")
		d.client(ctx, fmt.Sprintf("https://cursor.com/%d", i))
	}
	here := caller.WithAddress(t.Context(), caller.AddressOf("127.0.0.1"))
	if _, err := d.client(here, vscode); !errors.Is(err, errDocumentBusy) {
		t.Errorf("what all share is not used up: %v", err)
	}
	if _, err := d.client(caller.WithAddress(t.Context(), caller.Address{Text: "127.0.0.1", Key: "127.0.0.1", Local: true}), vscode); err != nil {
		t.Error(err)
	}
}
