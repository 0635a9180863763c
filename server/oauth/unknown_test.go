package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	reinstalled = "5b0c0e3a-8a1f-4f43-9d7e-0d2f6f0b8a11"
	foreign     = "https://client.example/oauth.json"
)

var knockLink = regexp.MustCompile(`href="http://127\.0\.0\.1:8086/#knock=([^"]+)"`)

// askUnknown opens the page of an unknown client and returns what its link carries.
func (h *harness) askUnknown(addr string, changes ...string) (sealed string) {
	h.t.Helper()
	w := h.direct(http.MethodGet, PathAuthorize+"?"+h.asking(changes...).Encode(), addr, "", "")
	if w.Code != http.StatusBadRequest {
		h.t.Fatalf("unknown client: %d %s", w.Code, w.Body)
	}
	if m := knockLink.FindStringSubmatch(w.Body.String()); m != nil {
		return m[1]
	}
	return ""
}

func TestUnknownHostIsAskedNothingBeforeTheOwnersYes(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	allowed := false
	h := newHarness(t, func(o *Options) {
		o.Fetch = func(_ context.Context, url string) ([]byte, error) {
			if !allowed {
				t.Errorf("%s was fetched before the owner's yes", url)
			}
			calls.Add(1)
			return []byte(`{"client_id":"` + foreign + `","client_name":"Example","redirect_uris":["http://localhost/cb"]}`), nil
		}
	})
	ask := []string{"client_id", foreign, "redirect_uri", "http://localhost:7/cb"}
	h.askUnknown("192.0.2.1", ask...)
	list := h.s.UnknownClients()
	if len(list) != 1 || list[0].Host != "client.example" || list[0].RedirectHost != "a program on another computer (192.0.2.1)" || list[0].Address != "192.0.2.1" {
		t.Fatalf("%+v", list)
	}
	allowed = true
	if err := h.s.AllowUnknown(t.Context(), list[0].Key); err != nil || calls.Load() != 1 {
		t.Fatal(err, calls.Load())
	}
	if len(h.s.UnknownClients()) != 0 || errors.Is(h.s.AllowUnknown(t.Context(), list[0].Key), nil) {
		t.Error("it is still on the list")
	}
	h.restart()
	h.authorize(h.browser(), h.asking(ask...))
	if calls.Load() != 2 {
		t.Errorf("%d fetches: the host is remembered over a restart, the document is not", calls.Load())
	}
	if w := h.s.Waiting(); len(w) != 1 || !w[0].SelfNamed {
		t.Errorf("allowing a host is not approving a client: %+v", w)
	}
}

// TestAStrangerChangesNoUnknownClient: what the owner read on the page is what their
// yes fetches.
func TestAStrangerChangesNoUnknownClient(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	h.askUnknown("192.0.2.1", "client_id", foreign)
	other := "https://client.example/other.json"
	sealed := h.askUnknown("192.0.2.2", "client_id", other)
	if list := h.s.UnknownClients(); len(list) != 1 || list[0].Client != foreign {
		t.Errorf("%+v", list)
	}
	if _, err := h.s.BringUnknown(sealed); err != nil {
		t.Fatal(err)
	}
	if list := h.s.UnknownClients(); len(list) != 1 || list[0].Client != other {
		t.Errorf("the one that the owner came from: %+v", list)
	}
}

func TestReadoptedClientIsPublicAndHasThatOneRedirect(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ask := []string{"client_id", reinstalled}
	h.askUnknown("192.0.2.1", ask...)
	if _, err := h.store.Client(t.Context(), reinstalled); err == nil {
		t.Fatal("it came back silently")
	}
	list := h.s.UnknownClients()
	if len(list) != 1 || list[0].Host != "" || list[0].RedirectHost != "chatgpt.com" {
		t.Fatalf("%+v", list)
	}
	if err := h.s.AllowUnknown(t.Context(), list[0].Key); err != nil {
		t.Fatal(err)
	}
	c, err := h.store.Client(t.Context(), reinstalled)
	if err != nil || c.Secret != nil || c.AuthMethod != "none" || c.Granted || len(c.RedirectURIs) != 1 || c.RedirectURIs[0] != chatgptRedirect {
		t.Errorf("%+v %v", c, err)
	}
	other := h.get(h.browser(), PathAuthorize+"?"+h.asking("client_id", reinstalled, "redirect_uri", "https://claude.ai/api/mcp/auth_callback").Encode(), "")
	if other.status != http.StatusBadRequest {
		t.Errorf("another redirect that is on the list: %d", other.status)
	}
	code := h.consent(h.asking(ask...), false).Get("code")
	if p := h.pair(h.form(PathToken, h.exchangeForm(code, ask...))); !h.works(p.Access) {
		t.Error("it cannot connect again")
	}
}

func TestUnknownClientsThatMustNotReachTheOwner(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	for name, change := range map[string][]string{
		"a redirect that is not on the list":           {"client_id", reinstalled, "redirect_uri", "https://evil.test/"},
		"a document whose redirect is not on the list": {"client_id", foreign, "redirect_uri", "https://evil.test/"},
		"javascript":               {"client_id", reinstalled, "redirect_uri", "javascript:alert(1)"},
		"no redirect":              {"client_id", reinstalled, "redirect_uri", ""},
		"an id that we never made": {"client_id", "admin"},
		"markup for an id":         {"client_id", "<b>"},
		"an address for a host":    {"client_id", "https://192.168.1.1/c.json"},
		"an IPv6 address":          {"client_id", "https://[::1]/c.json"},
		"a name of the house":      {"client_id", "https://router.local/c.json"},
		"a name without a dot":     {"client_id", "https://localhost/c.json"},
		"another port":             {"client_id", "https://client.example:22/c.json"},
		"letters that look alike":  {"client_id", "https://сhatgpt.com/c.json"},
	} {
		h.askUnknown("192.0.2.1", change...)
		if len(h.s.UnknownClients()) != 0 {
			t.Errorf("%s: %+v", name, h.s.UnknownClients())
		}
		h.clock.Advance(time.Second)
	}
}

func TestUnknownClientIsIgnoredForADayAndForgottenAfterAnHour(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.askUnknown("192.0.2.1", "client_id", reinstalled)
	key := h.s.UnknownClients()[0].Key
	if err := h.s.IgnoreUnknown(key); err != nil {
		t.Fatal(err)
	}
	sealed := h.askUnknown("192.0.2.1", "client_id", reinstalled)
	if len(h.s.UnknownClients()) != 0 || h.s.IgnoreUnknown(key) != ErrNotListed {
		t.Error("an ignored client is on the list again")
	}
	if _, err := h.s.BringUnknown(sealed); err != nil || len(h.s.UnknownClients()) != 1 {
		t.Error("the owner themself brings it back:", err)
	}
	h.clock.Advance(unknownLife)
	if len(h.s.UnknownClients()) != 0 {
		t.Error("it is still on the list after an hour")
	}
	for _, made := range []string{"", "x", sealed, strings.Repeat("A", 200)} {
		if _, err := h.s.BringUnknown(made); err != ErrNotListed {
			t.Errorf("%.20q was brought: %v", made, err)
		}
	}
	cookie := h.get(h.browser(), PathAuthorize+"?"+h.asking().Encode(), "").header.Get("Set-Cookie")
	_, cookie, _ = strings.Cut(strings.Split(cookie, ";")[0], "=")
	if _, err := h.s.BringUnknown(cookie); err != ErrNotListed {
		t.Error("a cookie opens as an unknown client")
	}
}

// TestStrangersDoNotHoldTheOwnersYesBack: the limits on fetches are for them.
func TestStrangersDoNotHoldTheOwnersYesBack(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) {
		o.Fetch = func(_ context.Context, url string) ([]byte, error) {
			if url != foreign {
				return nil, errors.New("status 404")
			}
			return []byte(`{"client_id":"` + foreign + `","redirect_uris":["http://localhost/cb"]}`), nil
		}
	})
	h.askUnknown("192.0.2.1", "client_id", foreign, "redirect_uri", "http://localhost:7/cb")
	for i := range 10 {
		ask := h.asking("client_id", fmt.Sprintf("https://cursor.com/%d", i))
		h.direct(http.MethodGet, PathAuthorize+"?"+ask.Encode(), fmt.Sprintf("203.0.113.%d", i), "", "")
	}
	if err := h.s.AllowUnknown(t.Context(), h.s.UnknownClients()[0].Key); err != nil {
		t.Error(err)
	}
}
