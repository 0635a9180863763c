package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
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

// knockOn opens the page of an unknown client and returns what its link carries.
func (b *bed) knockOn(addr string, changes ...string) (sealed string) {
	b.t.Helper()
	w := b.direct(http.MethodGet, PathAuthorize+"?"+b.asking(changes...).Encode(), addr, "", "")
	if w.Code != http.StatusBadRequest {
		b.t.Fatalf("unknown client: %d %s", w.Code, w.Body)
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
	b := newBed(t, func(o *Options) {
		o.Fetch = func(_ context.Context, url string) ([]byte, error) {
			if !allowed {
				t.Errorf("%s was fetched before the owner's yes", url)
			}
			calls.Add(1)
			return []byte(`{"client_id":"` + foreign + `","client_name":"Example","redirect_uris":["http://localhost/cb"]}`), nil
		}
	})
	ask := []string{"client_id", foreign, "redirect_uri", "http://localhost:7/cb"}
	b.knockOn("192.0.2.1", ask...)
	list := b.s.Knocks()
	if len(list) != 1 || list[0].Host != "client.example" || list[0].RedirectHost != "a program on another computer (192.0.2.1)" || list[0].Address != "192.0.2.1" {
		t.Fatalf("%+v", list)
	}
	allowed = true
	if err := b.s.AllowKnock(t.Context(), list[0].Key); err != nil || calls.Load() != 1 {
		t.Fatal(err, calls.Load())
	}
	if len(b.s.Knocks()) != 0 || errors.Is(b.s.AllowKnock(t.Context(), list[0].Key), nil) {
		t.Error("it still knocks")
	}
	b.restart()
	b.authorize(b.browser(), b.asking(ask...))
	if calls.Load() != 2 {
		t.Errorf("%d fetches: the host is remembered over a restart, the document is not", calls.Load())
	}
	if w := b.s.Waiting(); len(w) != 1 || !w[0].SelfNamed {
		t.Errorf("allowing a host is not approving a client: %+v", w)
	}
}

// TestAStrangerChangesNoKnock: what the owner read on the page is what their
// yes fetches.
func TestAStrangerChangesNoKnock(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	b.knockOn("192.0.2.1", "client_id", foreign)
	other := "https://client.example/other.json"
	sealed := b.knockOn("192.0.2.2", "client_id", other)
	if list := b.s.Knocks(); len(list) != 1 || list[0].Client != foreign {
		t.Errorf("%+v", list)
	}
	if _, err := b.s.BringKnock(sealed); err != nil {
		t.Fatal(err)
	}
	if list := b.s.Knocks(); len(list) != 1 || list[0].Client != other {
		t.Errorf("the one that the owner came from: %+v", list)
	}
}

func TestReadoptedClientIsPublicAndHasThatOneRedirect(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	ask := []string{"client_id", reinstalled}
	b.knockOn("192.0.2.1", ask...)
	if _, err := b.store.Client(t.Context(), reinstalled); err == nil {
		t.Fatal("it came back silently")
	}
	list := b.s.Knocks()
	if len(list) != 1 || list[0].Host != "" || list[0].RedirectHost != "chatgpt.com" {
		t.Fatalf("%+v", list)
	}
	if err := b.s.AllowKnock(t.Context(), list[0].Key); err != nil {
		t.Fatal(err)
	}
	c, err := b.store.Client(t.Context(), reinstalled)
	if err != nil || c.Secret != nil || c.AuthMethod != "none" || c.Granted || len(c.RedirectURIs) != 1 || c.RedirectURIs[0] != chatgptRedirect {
		t.Errorf("%+v %v", c, err)
	}
	other := b.get(b.browser(), PathAuthorize+"?"+b.asking("client_id", reinstalled, "redirect_uri", "https://claude.ai/api/mcp/auth_callback").Encode(), "")
	if other.status != http.StatusBadRequest {
		t.Errorf("another redirect that is on the list: %d", other.status)
	}
	code := b.consent(b.asking(ask...), false).Get("code")
	if p := b.pair(b.form(PathToken, b.exchangeForm(code, ask...))); !b.works(p.Access) {
		t.Error("it cannot connect again")
	}
}

func TestKnocksThatMustNotReachTheOwner(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
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
		if b.knockOn("192.0.2.1", change...); len(b.s.Knocks()) != 0 {
			t.Errorf("%s: %+v", name, b.s.Knocks())
		}
		b.clock.advance(time.Second)
	}
}

func TestFloodOfKnocksIsBoundedAndTheOwnersOwnStays(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	knocks := func(from int) {
		for i := range flood {
			id := fmt.Sprintf("%08x-0000-4000-8000-%012x", from, i)
			if i%2 == 0 {
				id = fmt.Sprintf("https://h%d.example/c.json", i)
			}
			b.knockOn(fmt.Sprintf("10.%d.%d.%d", from, i/250, i%250), "client_id", id)
		}
	}
	b.knockOn("192.0.2.1", "client_id", reinstalled)
	knocks(1)
	if list := b.s.Knocks(); len(list) != knocksAll || list[0].Client != reinstalled {
		t.Errorf("%d knocks; the one from before the flood is gone", len(list))
	}
	sealed := b.knockOn("192.0.2.2", "client_id", foreign)
	if k, err := b.s.BringKnock(sealed); err != nil || k.Host != "client.example" {
		t.Fatal(k, err)
	}
	told := b.changes.Load()
	knocks(2)
	if _, ok := b.s.knocks.find("client.example", b.clock.Now()); !ok || len(b.s.Knocks()) != knocksAll {
		t.Error("the one that the owner brought is gone")
	}
	if told = b.changes.Load() - told; told > 10 {
		t.Errorf("the flood redrew the owner's page %d times", told)
	}
	if all, _, err := b.store.CountClients(t.Context()); all != 0 || err != nil {
		t.Errorf("%d clients stored", all)
	}
	info, err := os.Stat(b.path)
	if err != nil || info.Size() > 1<<20 {
		t.Error("the database grew", err)
	}
	one := 0
	for _, id := range []string{"a", "b", "c", "d"} {
		b.knockOn("198.51.100.1", "client_id", "https://"+id+".example/c.json")
	}
	for _, k := range b.s.knocks.list {
		if k.from.addr == "198.51.100.1" {
			one++
		}
	}
	if one > knocksEach {
		t.Errorf("%d knocks of one address", one)
	}
	t.Logf("%d knocks left %d entries, %d redraws, no fetch, nothing stored", 2*flood, len(b.s.Knocks()), told)
}

func TestKnockIsIgnoredForADayAndForgottenAfterAnHour(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.knockOn("192.0.2.1", "client_id", reinstalled)
	key := b.s.Knocks()[0].Key
	if err := b.s.IgnoreKnock(key); err != nil {
		t.Fatal(err)
	}
	sealed := b.knockOn("192.0.2.1", "client_id", reinstalled)
	if len(b.s.Knocks()) != 0 || b.s.IgnoreKnock(key) != ErrNoKnock {
		t.Error("an ignored client knocks again")
	}
	if _, err := b.s.BringKnock(sealed); err != nil || len(b.s.Knocks()) != 1 {
		t.Error("the owner themself brings it back:", err)
	}
	b.clock.advance(knockLife)
	if len(b.s.Knocks()) != 0 {
		t.Error("it still knocks after an hour")
	}
	for _, made := range []string{"", "x", sealed, strings.Repeat("A", 200)} {
		if _, err := b.s.BringKnock(made); err != ErrNoKnock {
			t.Errorf("%.20q was brought: %v", made, err)
		}
	}
	cookie := b.get(b.browser(), PathAuthorize+"?"+b.asking().Encode(), "").header.Get("Set-Cookie")
	_, cookie, _ = strings.Cut(strings.Split(cookie, ";")[0], "=")
	if _, err := b.s.BringKnock(cookie); err != ErrNoKnock {
		t.Error("a cookie opens as a knock")
	}
}

// TestStrangersDoNotHoldTheOwnersYesBack: the limits on fetches are for them.
func TestStrangersDoNotHoldTheOwnersYesBack(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(o *Options) {
		o.Fetch = func(_ context.Context, url string) ([]byte, error) {
			if url != foreign {
				return nil, errors.New("status 404")
			}
			return []byte(`{"client_id":"` + foreign + `","redirect_uris":["http://localhost/cb"]}`), nil
		}
	})
	b.knockOn("192.0.2.1", "client_id", foreign, "redirect_uri", "http://localhost:7/cb")
	for i := range 10 {
		ask := b.asking("client_id", fmt.Sprintf("https://cursor.com/%d", i))
		b.direct(http.MethodGet, PathAuthorize+"?"+ask.Encode(), fmt.Sprintf("203.0.113.%d", i), "", "")
	}
	if err := b.s.AllowKnock(t.Context(), b.s.Knocks()[0].Key); err != nil {
		t.Error(err)
	}
}
