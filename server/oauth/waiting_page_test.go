package oauth

import (
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPageShowsWhoAsksAndWhereItLeads(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	raw := `{"redirect_uris":["https://chatgpt.com/connector_platform_oauth_redirect","http://localhost/callback"],"client_name":"ChatGPT<script>","token_endpoint_auth_method":"none"}`
	var reg registration
	if err := json.Unmarshal([]byte(h.post(PathRegister, "application/json", raw).body), &reg); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change     []string
		have, lack []string
	}{
		"a pinned client is named": {nil, []string{"<h1>ChatGPT asks", "chatgpt.com", "Change your Coda docs", `href="http://127.0.0.1:8086/#approve=`}, []string{"calls itself", "It sends you"}},
		"a name of its own comes after the host, in quotes": {[]string{"client_id", reg.ID},
			[]string{"<h1>chatgpt.com asks", "calls itself &ldquo;ChatGPT&lt;script&gt;&rdquo;", "Asked from</dt><dd>127.0.0.1", "only if you started it yourself"}, []string{"<h1>ChatGPT", "ChatGPT<script>"}},
		"a loopback address is warned about": {[]string{"client_id", reg.ID, "redirect_uri", "http://localhost:99/callback"}, []string{"<h1>A program on another computer (127.0.0.1) asks", "a program on the computer of this browser"}, []string{"A program on this computer"}},
		"read only is said":                  {[]string{"scope", "coda.read"}, []string{"Read and search"}, []string{"Change your"}},
	} {
		r := h.get(h.browser(), PathAuthorize+"?"+h.asking(c.change...).Encode(), "text/html")
		for _, want := range append(c.have, `src="/static/oauth.js"`) {
			if !strings.Contains(r.body, want) {
				t.Errorf("%s: %q is missing in %s", name, want, r.body)
			}
		}
		for _, no := range append(c.lack, "style=", "onclick", "<script>") {
			if strings.Contains(r.body, no) {
				t.Errorf("%s: %q is there", name, no)
			}
		}
		csp := r.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "form-action") || strings.Contains(csp, "unsafe") ||
			r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Referrer-Policy") != "same-origin" || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", name, r.header)
		}
		cookie := r.header.Get("Set-Cookie")
		for _, want := range []string{"__Host-codabridge-", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("%s: cookie %s lacks %s", name, cookie, want)
			}
		}
	}
}

func TestReloadKeepsTheCodeAndOnlyThisBrowserGetsTheAnswer(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.s.SetHold(time.Millisecond)
	mine, other := h.browser(), h.browser()
	q := h.asking()
	code := h.authorize(mine, q)
	if again := h.authorize(mine, q); again != code {
		t.Errorf("reload changed the code from %s to %s", code, again)
	}
	theirs := h.authorize(other, q)
	if theirs == code {
		t.Error("two browsers show one code")
	}
	if st := h.poll(mine, q); st.Status != "waiting" {
		t.Errorf("before approval: %+v", st)
	}
	typed := strings.ToLower(code[:3] + " - " + code[3:])
	if err := h.s.Approve(t.Context(), typed, false); err != nil {
		t.Fatal(err)
	}
	if err := h.s.Approve(t.Context(), code, true); !errors.Is(err, ErrNoRequest) {
		t.Errorf("a second yes: %v", err)
	}
	if st := h.poll(other, q); st.Status != "waiting" {
		t.Errorf("the other browser heard %+v", st)
	}
	if st := h.poll(h.browser(), q); st.Status != "cookies" {
		t.Errorf("a browser without the cookie heard %+v", st)
	}
	first := h.poll(mine, q)
	r := h.get(mine, PathAuthorize+"?"+q.Encode(), "text/html")
	if first.Status != "approved" || r.status != http.StatusFound || r.header.Get("Location") != first.Location {
		t.Errorf("poll %+v, reload %d %s", first, r.status, r.header.Get("Location"))
	}
	h.clock.Advance(codeLife)
	if r := h.get(mine, PathAuthorize+"?"+q.Encode(), "text/html"); !strings.Contains(r.body, "approved already") {
		t.Errorf("reload after the code's life: %d %s", r.status, r.body)
	}
}

func TestPollIsAnsweredTheMomentTheOwnerDecides(t *testing.T) {
	t.Parallel()
	for _, yes := range []bool{true, false} {
		h := newHarness(t)
		c, q := h.browser(), h.asking()
		code := h.authorize(c, q)
		got := make(chan state)
		go func() { got <- h.poll(c, q) }()
		for !polling(h.s) {
			time.Sleep(time.Millisecond)
		}
		var err error
		if yes {
			err = h.s.Approve(t.Context(), code, false)
		} else {
			err = h.s.Deny(t.Context(), code)
		}
		if err != nil {
			t.Fatal(err)
		}
		st := <-got
		u, _ := url.Parse(st.Location)
		if yes && (st.Status != "approved" || u.Query().Get("code") == "") {
			t.Errorf("yes: %+v", st)
		}
		if !yes && (st.Status != "denied" || u.Query().Get("error") != "access_denied" || u.Query().Get("iss") != h.issuer || u.Query().Get("state") != "oauth_s_1f") {
			t.Errorf("no: %+v", st)
		}
	}
}

func polling(s *Server) bool {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	for _, r := range s.pool.all {
		if r.polls > 0 {
			return true
		}
	}
	return false
}

func TestPageWithoutScriptGoesOnToo(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	c, q := h.browser(), h.asking()
	code := h.authorize(c, q)
	page := h.get(c, PathWait+"?"+q.Encode(), "text/html")
	if shownCode(page.body) != code || !strings.Contains(page.body, `http-equiv="refresh" content="5;url=/authorize/wait?`) {
		t.Fatalf("refreshed page: %s", page.body)
	}
	if err := h.s.Approve(t.Context(), code, false); err != nil {
		t.Fatal(err)
	}
	if r := h.get(c, PathWait+"?"+q.Encode(), "text/html"); r.status != http.StatusFound || r.location.Query().Get("code") == "" {
		t.Errorf("after approval: %d %v", r.status, r.location)
	}
}

func TestRequestExpiresWithAWayOn(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	c, q := h.browser(), h.asking()
	code := h.authorize(c, q)
	h.clock.Advance(requestLife)
	if err := h.s.Approve(t.Context(), code, true); !errors.Is(err, ErrNoRequest) {
		t.Errorf("approval after its time: %v", err)
	}
	if len(h.s.Waiting()) != 0 {
		t.Error("it is still listed")
	}
	if st := h.poll(c, q); st.Status != "expired" {
		t.Errorf("poll: %+v", st)
	}
	if r := h.get(c, PathWait+"?"+q.Encode(), "text/html"); !strings.Contains(r.body, "Try again") {
		t.Errorf("page: %s", r.body)
	}
	if again := h.authorize(c, q); again == code {
		t.Error("the new request has the old code")
	}
}

// TestSignInsInOneBrowserGoOnSideBySide: ChatGPT's tab died when Claude's
// opened, because both had one cookie.
func TestSignInsInOneBrowserGoOnSideBySide(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.s.SetHold(0)
	c := h.browser()
	asked := []url.Values{h.asking(), h.asking("client_id", "https://claude.ai/oauth/mcp-oauth-client-metadata", "redirect_uri", "https://claude.ai/api/mcp/auth_callback"),
		h.asking("state", "the same client, once more")}
	var codes []string
	for _, q := range asked {
		codes = append(codes, h.authorize(c, q))
	}
	for range 2 {
		for i, q := range asked {
			if st := h.poll(c, q); st.Status != "waiting" || h.authorize(c, q) != codes[i] {
				t.Errorf("tab %d heard %+v", i, st)
			}
		}
	}
	for i, q := range asked {
		if err := h.s.Approve(t.Context(), codes[i], false); err != nil {
			t.Errorf("tab %d: %v", i, err)
		}
		u, err := url.Parse(h.poll(c, q).Location)
		if err != nil || u.Query().Get("code") == "" || u.Query().Get("state") != q.Get("state") || !strings.HasPrefix(u.String(), q.Get("redirect_uri")+"?") {
			t.Errorf("tab %d is sent to %v", i, u)
		}
	}
}

// TestABrowserHoldsFewCookies: a page that opens very many sign-ins in a
// browser must not shut it out of this address by the size of its cookies.
func TestABrowserHoldsFewCookies(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.s.SetHold(0)
	c := h.browser()
	at, err := url.Parse(h.issuer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 25 {
		h.authorize(c, h.asking("state", strconv.Itoa(i)))
		h.clock.Advance(2 * time.Second)
		if n := len(c.Jar.Cookies(at)); n > cookiesKept {
			t.Fatalf("it holds %d", n)
		}
	}
	if st := h.poll(c, h.asking("state", "24")); st.Status != "waiting" {
		t.Errorf("the newest heard %+v", st)
	}
	h.restart()
	h.authorize(c, h.asking("state", "of another run"))
	if n := len(c.Jar.Cookies(at)); n != 1 {
		t.Errorf("%d cookies, though those of the earlier run are of no use", n)
	}
}

// TestABrowserWithoutCookiesIsToldSo: by the script and by the page without
// one, and only while that is what is wrong.
func TestABrowserWithoutCookiesIsToldSo(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.s.SetHold(0)
	c := h.browser()
	c.Jar = nil
	page := h.get(c, PathAuthorize+"?"+h.asking().Encode(), "text/html").body
	m := regexp.MustCompile(`data-wait="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal(page)
	}
	wait := html.UnescapeString(m[1])
	if r := h.get(c, wait, "application/json"); !strings.Contains(r.body, `"cookies"`) {
		t.Errorf("the script hears %s", r.body)
	}
	if r := h.get(c, wait, "text/html"); !strings.Contains(r.body, "keeps no cookies") || !strings.Contains(r.body, "Allow cookies") {
		t.Errorf("the page without script says %s", r.body)
	}
	h.clock.Advance(requestLife)
	if r := h.get(c, wait, "application/json"); !strings.Contains(r.body, `"expired"`) {
		t.Errorf("a tab that slept, whose cookie is gone: %s", r.body)
	}
	strange := h.browser()
	h.authorize(strange, h.asking("state", "other"))
	if st := h.poll(strange, h.asking()); st.Status != "expired" {
		t.Errorf("a browser that keeps cookies and asks for another's: %+v", st)
	}
}
