package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// visit asks the owner's door as its page does.
func (h *harness) visit(path string, form url.Values) (status int, body []byte) {
	status, text := h.act(path, form)
	return status, []byte(text)
}

// signIn opens the page of a sign-in in a browser of its own.
func (h *harness) signIn(changes ...string) (code, cookie string) {
	h.t.Helper()
	resp, page := h.ask("GET", "/authorize?"+asking(changes...).Encode(), "")
	if resp.StatusCode != 200 || len(resp.Cookies()) != 1 {
		h.t.Fatalf("authorize: %d %s", resp.StatusCode, page)
	}
	return group(shownCode, page), resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
}

// arrival goes to the public door and back, with a browser's cookies.
func (h *harness) arrival(code, cookies string) (name string, filled bool) {
	h.t.Helper()
	status, body := h.visit("/approve/arrive", url.Values{"code": {code}})
	link, found := strings.CutPrefix(at(body, "link"), h.publicURL())
	if status != 200 || !found {
		h.t.Fatalf("arrive: %d %s", status, body)
	}
	resp, page := h.ask("GET", link, "", "Cookie", cookies)
	back, found := strings.CutPrefix(resp.Header.Get("Location"), "http://127.0.0.1:8086/#arrived=")
	if resp.StatusCode != 302 || !found {
		h.t.Fatalf("here: %d %v %s", resp.StatusCode, resp.Header, page)
	}
	status, body = h.visit("/approve/arrived", url.Values{"for": {back}})
	if status == 200 && at(body, "code") != code {
		h.t.Errorf("the code %s became %s", code, body)
	}
	return back, status == 200
}

// TestOnlyTheBrowserThatShowsACodeHasItFilledIn: whatever else a stranger can
// put into a link or a browser, the owner has to type the code.
func TestOnlyTheBrowserThatShowsACodeHasItFilledIn(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code, cookie := h.signIn()
	other, otherCookie := h.signIn("state", "another tab of the owner's browser")
	strange, strangeCookie := h.signIn("state", "a stranger's")
	own := cookie + "; " + otherCookie
	for _, c := range []string{code, other} {
		name, filled := h.arrival(c, own)
		if !filled {
			t.Errorf("the browser that shows %s has to type it", c)
		}
		if status, _ := h.visit("/approve/arrived", url.Values{"for": {name}}); status != 422 {
			t.Error("an arrival counts twice")
		}
	}
	value := strings.SplitN(cookie, "=", 2)[1]
	for name, cookies := range map[string]string{
		"no cookie":                             "",
		"cookies of other requests":             own,
		"a cookie that is made up":              "__Host-codabridge-0123456789ab=x",
		"another's value under this name":       strings.SplitN(strangeCookie, "=", 2)[0] + "=" + value,
		"this value under another's name":       strings.SplitN(cookie, "=", 2)[0] + "=" + strings.SplitN(strangeCookie, "=", 2)[1],
		"the cookie without its prefix":         strings.TrimPrefix(strangeCookie, "__Host-"),
		"very many":                             strings.Repeat("__Host-codabridge-0123456789ab=x; ", 200) + "a=b",
		"the cookie of the local door's issuer": strings.Replace(strangeCookie, "__Host-codabridge", "codabridge-request", 1),
	} {
		if _, filled := h.arrival(strange, cookies); filled {
			t.Errorf("%s: the stranger's code is filled in", name)
		}
	}
	if _, filled := h.arrival(strange, strangeCookie); !filled {
		t.Error("the request itself is gone")
	}
}

func TestArrivalsAreBoundedShortAndNobodyElses(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code, cookie := h.signIn()
	_, body := h.visit("/approve/arrive", url.Values{"code": {code}})
	link := strings.TrimPrefix(at(body, "link"), h.publicURL())
	name := link[strings.Index(link, "=")+1:]
	if status, _ := h.visit("/approve/arrived", url.Values{"for": {name}}); status != 422 {
		t.Error("it counts before the browser was seen")
	}
	if resp, _ := h.ask("GET", link, "", "Cookie", cookie); resp.StatusCode != 400 || resp.Header.Get("Location") != "" {
		t.Errorf("a spent arrival: %d", resp.StatusCode)
	}
	for _, made := range []string{"", "?for=", "?for=x&for=y", "?for=%00", "?for=" + strings.Repeat("A", 26)} {
		if resp, page := h.ask("GET", "/authorize/here"+made, "", "Cookie", cookie); resp.StatusCode != 400 || resp.Header.Get("Location") != "" {
			t.Errorf("%q: %d %s", made, resp.StatusCode, page)
		}
	}
	if resp, _ := h.ask("POST", "/authorize/here?for="+name, ""); resp.StatusCode != 405 {
		t.Errorf("POST: %d", resp.StatusCode)
	}
	for _, wrong := range []string{"", "AAAAAA", "<script>", strings.Repeat("x", 1000)} {
		if status, _ := h.visit("/approve/arrive", url.Values{"code": {wrong}}); status != 422 {
			t.Errorf("the code %.10q: %d", wrong, status)
		}
	}
	// At another door of ours the cookie is another one, so it is not looked at.
	_, body = h.visit("/approve/arrive", url.Values{"code": {code}})
	req := h.request("GET", strings.TrimPrefix(at(body, "link"), h.publicURL()), "", "Cookie", cookie)
	req.Host, req.RemoteAddr = "127.0.0.1:8085", "127.0.0.1:4711"
	if resp := h.do(req); resp.StatusCode != 400 {
		t.Errorf("at the local door: %d", resp.StatusCode)
	}
	h.clock.Advance(time.Minute)
	if resp, _ := h.ask("GET", strings.TrimPrefix(at(body, "link"), h.publicURL()), "", "Cookie", cookie); resp.StatusCode != 400 {
		t.Errorf("a minute later: %d", resp.StatusCode)
	}
	for range 8 { // a page's requests may overtake each other, but not by 64
		var some sync.WaitGroup
		for range 25 {
			some.Go(func() { h.visit("/approve/arrive", url.Values{"code": {code}}) })
		}
		some.Wait()
	}
	if _, filled := h.arrival(code, cookie); !filled {
		t.Error("very many arrivals shut the owner's own out")
	}
	req = httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8086/approve/arrive", strings.NewReader("code="+code))
	rec := httptest.NewRecorder()
	h.owner.ServeHTTP(rec, req)
	if rec.Code != 401 {
		t.Errorf("without the owner's session: %d", rec.Code)
	}
}

// TestThisComputerIsSaidOnlyOfIt: a request is this computer's own when it came
// to the local door by its name, from here, and was passed on by nobody.
func TestThisComputerIsSaidOnlyOfIt(t *testing.T) {
	t.Parallel()
	const query = "/authorize?client_id=https://claude.ai/oauth/claude-code-client-metadata&redirect_uri=http://localhost:1/callback&response_type=code&code_challenge_method=S256&code_challenge="
	for name, c := range map[string]struct {
		host, remote string
		header       []string
		want         string
	}{
		"this computer":                        {"127.0.0.1:8085", "127.0.0.1:1", nil, "this computer"},
		"this computer, by another name":       {"localhost:8085", "[::1]:1", nil, "this computer"},
		"mapped into IPv6":                     {"localhost:8085", "[::ffff:127.0.0.1]:1", nil, "this computer"},
		"the tunnel":                           {"abc.ngrok-free.dev", "127.0.0.1:1", []string{"X-Forwarded-For", "203.0.113.5"}, "203.0.113.5"},
		"the tunnel, from a loopback address":  {"abc.ngrok-free.dev", "127.0.0.1:1", []string{"X-Forwarded-For", "127.0.0.1"}, "127.0.0.1"},
		"the tunnel without the header":        {"abc.ngrok-free.dev", "127.0.0.1:1", nil, "127.0.0.1"},
		"a header of the stranger's own":       {"abc.ngrok-free.dev", "127.0.0.1:1", []string{"X-Forwarded-For", "127.0.0.1, 203.0.113.5"}, "203.0.113.5"},
		"markup for an address":                {"abc.ngrok-free.dev", "203.0.113.6:1", []string{"X-Forwarded-For", "<b>this computer"}, "203.0.113.6"},
		"the local name, passed on by a proxy": {"127.0.0.1:8085", "127.0.0.1:1", []string{"X-Forwarded-For", "203.0.113.5"}, "127.0.0.1"},
		"the local name, Forwarded":            {"127.0.0.1:8085", "127.0.0.1:1", []string{"Forwarded", "for=203.0.113.5"}, "127.0.0.1"},
		"the local name, from afar":            {"127.0.0.1:8085", "203.0.113.5:1", nil, "203.0.113.5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			req := h.request("GET", query+pkceChallenge(), "", c.header...)
			req.Host, req.RemoteAddr = c.host, c.remote
			resp := h.do(req)
			page, _ := io.ReadAll(resp.Body)
			status, body := h.visit("/approve/find", url.Values{"code": {group(shownCode, page)}})
			want := "this computer"
			if c.want != want {
				want = "a program on another computer (" + c.want + ")"
			}
			if status != 200 || at(body, "address") != c.want || at(body, "redirect_host") != want || at(body, "self_named") != "true" {
				t.Errorf("%d %s\n%s", status, body, page)
			}
		})
	}
}
