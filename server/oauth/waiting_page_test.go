package oauth

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestPageShowsWhoAsksAndWhereItLeads(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	raw := `{"redirect_uris":["https://chatgpt.com/connector_platform_oauth_redirect","http://localhost/callback"],"client_name":"ChatGPT<script>","token_endpoint_auth_method":"none"}`
	var reg registration
	if err := json.Unmarshal([]byte(b.post(PathRegister, "application/json", raw).body), &reg); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change     []string
		have, lack []string
	}{
		"a pinned client is named": {nil, []string{"<h1>ChatGPT asks", "chatgpt.com", "Change your Coda docs", `href="http://127.0.0.1:8086/#approve=`}, []string{"calls itself", "warning"}},
		"a name of its own comes after the host, in quotes": {[]string{"client_id", reg.ID},
			[]string{"<h1>chatgpt.com asks", "calls itself &ldquo;ChatGPT&lt;script&gt;&rdquo;"}, []string{"<h1>ChatGPT", "ChatGPT<script>"}},
		"a loopback address is warned about": {[]string{"client_id", reg.ID, "redirect_uri", "http://localhost:99/callback"}, []string{"<h1>A program on this computer asks", `class="warning"`}, nil},
		"read only is said":                  {[]string{"scope", "coda.read"}, []string{"Read and search"}, []string{"Change your"}},
	} {
		r := b.get(b.browser(), PathAuthorize+"?"+b.asking(c.change...).Encode(), "text/html")
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
		for _, want := range []string{"__Host-codabridge=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("%s: cookie %s lacks %s", name, cookie, want)
			}
		}
	}
}

func TestReloadKeepsTheCodeAndOnlyThisBrowserGetsTheAnswer(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.s.SetHold(time.Millisecond)
	mine, other := b.browser(), b.browser()
	q := b.asking()
	code := b.authorize(mine, q)
	if again := b.authorize(mine, q); again != code {
		t.Errorf("reload changed the code from %s to %s", code, again)
	}
	theirs := b.authorize(other, q)
	if theirs == code {
		t.Error("two browsers show one code")
	}
	if st := b.poll(mine, q); st.Status != "waiting" {
		t.Errorf("before approval: %+v", st)
	}
	typed := strings.ToLower(code[:3] + " - " + code[3:])
	if err := b.s.Approve(t.Context(), typed, false); err != nil {
		t.Fatal(err)
	}
	if err := b.s.Approve(t.Context(), code, true); !errors.Is(err, ErrNoRequest) {
		t.Errorf("a second yes: %v", err)
	}
	if st := b.poll(other, q); st.Status != "waiting" {
		t.Errorf("the other browser heard %+v", st)
	}
	if st := b.poll(b.browser(), q); st.Status != "expired" {
		t.Errorf("a browser without the cookie heard %+v", st)
	}
	first := b.poll(mine, q)
	r := b.get(mine, PathAuthorize+"?"+q.Encode(), "text/html")
	if first.Status != "approved" || r.status != http.StatusFound || r.header.Get("Location") != first.Location {
		t.Errorf("poll %+v, reload %d %s", first, r.status, r.header.Get("Location"))
	}
	b.clock.advance(codeLife)
	if r := b.get(mine, PathAuthorize+"?"+q.Encode(), "text/html"); !strings.Contains(r.body, "approved already") {
		t.Errorf("reload after the code's life: %d %s", r.status, r.body)
	}
}

func TestPollIsAnsweredTheMomentTheOwnerDecides(t *testing.T) {
	t.Parallel()
	for _, yes := range []bool{true, false} {
		b := newBed(t)
		c, q := b.browser(), b.asking()
		code := b.authorize(c, q)
		got := make(chan state)
		go func() { got <- b.poll(c, q) }()
		for !polling(b.s) {
			time.Sleep(time.Millisecond)
		}
		var err error
		if yes {
			err = b.s.Approve(t.Context(), code, false)
		} else {
			err = b.s.Deny(t.Context(), code)
		}
		if err != nil {
			t.Fatal(err)
		}
		st := <-got
		u, _ := url.Parse(st.Location)
		if yes && (st.Status != "approved" || u.Query().Get("code") == "") {
			t.Errorf("yes: %+v", st)
		}
		if !yes && (st.Status != "denied" || u.Query().Get("error") != "access_denied" || u.Query().Get("iss") != b.issuer || u.Query().Get("state") != "oauth_s_1f") {
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
	b := newBed(t)
	c, q := b.browser(), b.asking()
	code := b.authorize(c, q)
	page := b.get(c, PathWait+"?"+q.Encode(), "text/html")
	if shownCode(page.body) != code || !strings.Contains(page.body, `http-equiv="refresh" content="5;url=/authorize/wait?`) {
		t.Fatalf("refreshed page: %s", page.body)
	}
	if err := b.s.Approve(t.Context(), code, false); err != nil {
		t.Fatal(err)
	}
	if r := b.get(c, PathWait+"?"+q.Encode(), "text/html"); r.status != http.StatusFound || r.location.Query().Get("code") == "" {
		t.Errorf("after approval: %d %v", r.status, r.location)
	}
}

func TestRequestExpiresWithAWayOn(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	c, q := b.browser(), b.asking()
	code := b.authorize(c, q)
	b.clock.advance(requestLife)
	if err := b.s.Approve(t.Context(), code, true); !errors.Is(err, ErrNoRequest) {
		t.Errorf("approval after its time: %v", err)
	}
	if len(b.s.Waiting()) != 0 {
		t.Error("it is still listed")
	}
	if st := b.poll(c, q); st.Status != "expired" {
		t.Errorf("poll: %+v", st)
	}
	if r := b.get(c, PathWait+"?"+q.Encode(), "text/html"); !strings.Contains(r.body, "Try again") {
		t.Errorf("page: %s", r.body)
	}
	if again := b.authorize(c, q); again == code {
		t.Error("the new request has the old code")
	}
}

func TestNewRequestOfABrowserReplacesItsOlderOne(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	c := b.browser()
	old := b.authorize(c, b.asking())
	b.authorize(c, b.asking("state", "other"))
	if _, err := b.s.Find(old); err == nil || len(b.s.Waiting()) != 1 {
		t.Errorf("old one found %v, %d wait", err == nil, len(b.s.Waiting()))
	}
	if st := b.poll(c, b.asking()); st.Status != "expired" {
		t.Errorf("the older tab heard %+v", st)
	}
}
