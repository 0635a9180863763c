package server

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"codabridge/server/owner/ownertest"
)

const ownerOrigin = "http://127.0.0.1:8086"

// stamped is a request of the owner's page, not yet sent.
func (h *harness) stamped(page *ownertest.Page, method, path, body string) (*http.Request, uint64) {
	req := httptest.NewRequest(method, ownerOrigin+path, nil)
	return req, page.Stamp(req, body)
}

func (h *harness) ownerAnswers(req *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.owner.ServeHTTP(rec, req)
	return rec
}

// TestAStampedRequestIsTakenOnceAndAsItWasStamped: a program that has the port
// of the owner's door for a moment sees requests, and may send them on, again,
// or altered.
func TestAStampedRequestIsTakenOnceAndAsItWasStamped(t *testing.T) {
	h := newHarness(t)
	again := func(of *http.Request, method, path, body string) int {
		req := httptest.NewRequest(method, ownerOrigin+path, strings.NewReader(body))
		req.Header = of.Header.Clone()
		return h.ownerAnswers(req).Code
	}
	first, n := h.stamped(h.session, "POST", "/read-only", "on=false")
	b, err := io.ReadAll(first.Body)
	if err != nil || strings.Contains(string(b), "on=") {
		t.Fatalf("a form is sent as it is: %s %v", b, err)
	}
	sent := string(b)
	for name, code := range map[string]int{
		"another body":   again(first, "POST", "/read-only", "on=true"),
		"another action": again(first, "POST", "/stop", sent),
		"another query":  again(first, "POST", "/read-only?x=1", sent),
		"another method": again(first, "GET", "/activity", sent),
		"no body":        again(first, "POST", "/read-only", ""),
		"more words": func() int {
			r := first.Clone(t.Context())
			r.Header.Set("X-Codabridge-Session", "x "+first.Header.Get("X-Codabridge-Session"))
			return h.ownerAnswers(r).Code
		}(),
	} {
		if code != 401 {
			t.Errorf("%s is taken: %d", name, code)
		}
	}
	// One that was tried with another body is spent. A browser too may send a
	// request twice, so the answer says that, and has a proof.
	r := httptest.NewRequest("POST", ownerOrigin+"/read-only", strings.NewReader(sent))
	r.Header = first.Header.Clone()
	spent := h.ownerAnswers(r)
	if spent.Code != 409 || !strings.Contains(spent.Body.String(), "taken once") || !h.session.Proven(n, spent.Result(), spent.Body.String()) {
		t.Errorf("a spent number is taken: %d %s", spent.Code, spent.Body)
	}
	second, m := h.stamped(h.session, "GET", "/activity", "")
	third, _ := h.stamped(h.session, "GET", "/activity", "")
	if code := h.ownerAnswers(third).Code; code != 200 {
		t.Errorf("the third: %d", code)
	}
	rec := h.ownerAnswers(second)
	if rec.Code != 200 || !h.session.Proven(m, rec.Result(), rec.Body.String()) {
		t.Errorf("one that was overtaken: %d", rec.Code)
	}
	if h.session.Proven(n, rec.Result(), rec.Body.String()) || h.session.Proven(m, rec.Result(), rec.Body.String()+" ") {
		t.Error("the proof fits another answer")
	}
	for range 70 {
		h.session.Stamp(httptest.NewRequest("GET", "/", nil), "")
	}
	late, _ := h.stamped(h.session, "GET", "/activity", "")
	old := late.Clone(t.Context())
	if h.ownerAnswers(late).Code != 200 || h.ownerAnswers(old).Code != 409 {
		t.Error("a number is taken twice after a leap")
	}
}

// TestASecretIsNeverSent: not the one-time key, not that of the session, in no
// request and no answer, and the door shows that it knows them too.
func TestASecretIsNeverSent(t *testing.T) {
	h := newHarness(t)
	var wire strings.Builder
	do := func(req *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(req.Body)
		fmt.Fprintln(&wire, req.URL, req.Header, string(body))
		req.Body = io.NopCloser(strings.NewReader(string(body)))
		rec := h.ownerAnswers(req)
		fmt.Fprintln(&wire, rec.Header(), rec.Body)
		return rec.Result(), nil
	}
	link := h.server.OwnerLink("")
	page, err := ownertest.Open(do, link)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := ownertest.Load(do, ownerOrigin, page.Secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*ownertest.Page{page, loaded} {
		if status, body, err := p.Post(do, "/deny", url.Values{"code": {"AAAAAA"}}); status != 422 || err != nil {
			t.Errorf("%d %s %v", status, body, err)
		}
	}
	for _, secret := range []string{link[strings.Index(link, "key=")+4:], page.Secret} {
		if strings.Contains(wire.String(), secret) {
			t.Errorf("a secret was sent:\n%s", &wire)
		}
	}
	if _, err := ownertest.Open(do, link); err == nil {
		t.Error("a link works twice")
	}
	old := h.server.OwnerLink("")
	h.clock.Advance(31 * time.Second)
	if _, err := ownertest.Open(do, old); err == nil {
		t.Error("a link works after 31 s")
	}
	if _, err := ownertest.Load(do, ownerOrigin, "another"); err == nil {
		t.Error("an unknown session is let in")
	}
	for _, nonce := range []string{"", "short", strings.Repeat("a", 200), "0123456789abcdef\nsession"} {
		form := url.Values{"name": {"x"}, "nonce": {nonce}}.Encode()
		req := httptest.NewRequest("POST", ownerOrigin+"/session", strings.NewReader(form))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if code := h.ownerAnswers(req).Code; code != 400 {
			t.Errorf("nonce %q: %d", nonce, code)
		}
	}
}

// TestManyTabsKeepTheNewestAlive: what pages leave behind is bounded, and a
// page that is in use is not among what goes.
func TestManyTabsKeepTheNewestAlive(t *testing.T) {
	h := newHarness(t)
	do := ownertest.Handler(h.owner)
	for range 200 {
		if _, err := ownertest.Load(do, ownerOrigin, h.session.Secret); err != nil {
			t.Fatal(err)
		}
		if status, _, err := h.session.Post(do, "/deny", url.Values{"code": {"AAAAAA"}}); err != nil {
			t.Fatalf("%d %v", status, err)
		}
	}
	first, err := ownertest.Open(do, h.server.OwnerLink(""))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := ownertest.Open(do, h.server.OwnerLink("")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ownertest.Load(do, ownerOrigin, first.Secret); err == nil {
		t.Error("sessions are without bound")
	}
}

// TestNoServiceWorkerComesFromUs: one that a page of another program registers
// outlives it, and answers for whoever has the port next.
func TestNoServiceWorkerComesFromUs(t *testing.T) {
	h := newHarness(t)
	for name, c := range map[string]struct {
		handler http.Handler
		url     string
	}{
		"the owner's script":  {h.owner, ownerOrigin + "/static/owner.js"},
		"the owner's page":    {h.owner, ownerOrigin + "/"},
		"the public script":   {h.handler, h.public + "/static/oauth.js"},
		"the page of sign-in": {h.handler, "http://127.0.0.1:8085/authorize"},
		"nothing":             {h.owner, ownerOrigin + "/sw.js"},
	} {
		for _, header := range []string{"Service-Worker: script", "Service-Worker: Script", "Sec-Fetch-Dest: serviceworker"} {
			key, value, _ := strings.Cut(header, ": ")
			req := httptest.NewRequest("GET", c.url, nil)
			req.Header.Set(key, value)
			rec := httptest.NewRecorder()
			c.handler.ServeHTTP(rec, req)
			if rec.Code != 403 || strings.Contains(rec.Header().Get("Content-Type"), "script") {
				t.Errorf("%s with %s: %d %v", name, header, rec.Code, rec.Header())
			}
		}
	}
}
