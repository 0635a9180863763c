package oauth

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	grok = "https://grok.com/connectors/oauth/callback"
	n8n  = "https://oauth.n8n.cloud/oauth2/callback"
)

func TestAddressesOnNoList(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]bool{
		grok: true, n8n: true,
		"https://chat.example.org:8443/oauth/mcp:codabridge/callback?x=1": true,
		"https://xn--80ak6aa92e.com/cb":                                   true,
		"https://nas/cb":                                                  true,
		"https://192.168.1.7:3080/cb":                                     true,
		"https://[fd00::1]/cb":                                            true,
		"https://evil.test":                                               true,
		"http://grok.com/connectors/oauth/callback":                       false,
		"HTTPS://grok.com/cb":                                             false,
		"https://Grok.com/cb":                                             false,
		"https://аррӏе.com/cb":                                            false,
		"https://grok.com./cb":                                            false,
		"https://grok..com/cb":                                            false,
		"https://me@grok.com/cb":                                          false,
		"https://grok.com:@evil.test/cb":                                  false,
		"https://grok.com:0/cb":                                           false,
		"https://grok.com:123456/cb":                                      false,
		"https://grok.com/cb#x":                                           false,
		"https://grok.com/cb?code=1":                                      false,
		"https://grok.com/cb?a=1&st%61te=2":                               false,
		"https://grok.com/cb?iss=x":                                       false,
		"https://grok.com/%0d%0ax":                                        false,
		"https://grok.com/a b":                                            false,
		"https://grok.com\\@evil.test/":                                   false,
		"https://127.1/cb":                                                false,
		"https://0x7f.1/cb":                                               false,
		"https://2130706433/cb":                                           false,
		"https://127.0.0.01/cb":                                           false,
		"https://[::ffff:7f00:1]/cb":                                      false,
		"https://[FD00::1]/cb":                                            false,
		"https://chatgpt.com/oauth/callback":                              false, // a listed host has the addresses of its list
		"https://chatgpt.com:444/x":                                       false,
		"https://claude.ai/api/mcp/auth_callback/../x":                    false,
		"https:///cb":                                                     false,
		"https://" + strings.Repeat("a.", 127) + "com/cb":                 false,
		"javascript:alert(1)":                                             false,
		"myapp://callback":                                                false,
		"https://grok.com/" + strings.Repeat("x", longestRedirect):        false,
	} {
		if got := unlisted(uri); got != want {
			t.Errorf("%q: %v, want %v", uri, got, want)
		}
		if unlisted(uri) && allowedRedirect(uri) {
			t.Errorf("%q needs a yes, and none", uri)
		}
	}
	for host, want := range map[string]string{"xn--80ak6aa92e.com": "аррӏе.com", "xn--80ak6aa92e.com:8443": "аррӏе.com", "grok.com": "", "xn--zzzzzzzzz": "", "fd00::1": ""} {
		if got := looksLike(host); got != want {
			t.Errorf("%q looks like %q, want %q", host, got, want)
		}
	}
}

// TestAHostOnNoListNeedsASecondYes, which holds for one client and one address
// until it is taken back; nobody is sent there before.
func TestAHostOnNoListNeedsASecondYes(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.s.SetHold(0)
	id := h.registerAs("Grok", grok)
	q := h.asking("client_id", id, "redirect_uri", grok)
	for name, change := range map[string][]string{"PKCE plain": {"code_challenge_method", "plain"}, "no response_type": {"response_type", ""}, "another resource": {"resource", "https://evil.test/"}} {
		if r := h.get(h.browser(), PathAuthorize+"?"+h.asking(append([]string{"client_id", id, "redirect_uri", grok}, change...)...).Encode(), "text/html"); r.status != 400 ||
			r.header.Get("Location") != "" {
			t.Errorf("%s: %d to %q", name, r.status, r.header.Get("Location"))
		}
	}
	c := h.browser()
	page := h.get(c, PathAuthorize+"?"+q.Encode(), "text/html")
	if page.status != 200 || !strings.Contains(page.body, grok) || !strings.Contains(page.body, "second yes") {
		t.Fatalf("%d %s", page.status, page.body)
	}
	code := shownCode(page.body)
	if w, err := h.s.Find(code); err != nil || w.Redirect != grok || w.RedirectHost != "grok.com" {
		t.Errorf("%+v %v", w, err)
	}
	for _, host := range []string{"", "evil.test", "grok.com.evil.test", "GROK.COM"} {
		if err := h.s.ApproveAs(t.Context(), code, Yes{Write: true, Host: host}); !errors.Is(err, ErrUnlisted) {
			t.Errorf("yes to %q: %v", host, err)
		}
	}
	if st := h.poll(c, q); st.Status == "approved" {
		t.Fatal("approved by the first yes")
	}
	if err := h.s.ApproveAs(t.Context(), code, Yes{Write: true, Host: "grok.com"}); err != nil {
		t.Fatal(err)
	}
	if st := h.poll(c, q); st.Status != "approved" || !strings.HasPrefix(st.Location, grok+"?") {
		t.Fatalf("%+v", st)
	}
	h.restart()
	if page := h.get(h.browser(), PathAuthorize+"?"+q.Encode(), "text/html"); strings.Contains(page.body, "second yes") {
		t.Error("it is not remembered")
	}
	other := h.registerAs("Grok", grok)
	if page := h.get(h.browser(), PathAuthorize+"?"+altered(q, "client_id", other).Encode(), "text/html"); !strings.Contains(page.body, "second yes") {
		t.Error("it holds for another client too")
	}
	list, err := h.s.Redirects(t.Context())
	if err != nil || len(list) != 1 || list[0].Redirect != grok || list[0].Client != id || list[0].Name != "Grok" {
		t.Fatalf("%+v %v", list, err)
	}
	if err := h.s.ForgetRedirect(t.Context(), id, grok); err != nil {
		t.Fatal(err)
	}
	if all, _ := h.s.Connections(t.Context()); len(all) != 0 {
		t.Errorf("taken back, it leaves %+v", all)
	}
	if page := h.get(h.browser(), PathAuthorize+"?"+q.Encode(), "text/html"); !strings.Contains(page.body, "second yes") {
		t.Error("taken back, it still holds")
	}
	if err := h.s.ForgetRedirect(t.Context(), id, grok); !errors.Is(err, ErrNotListed) {
		t.Error(err)
	}
}

// TestANoToAHostOnNoListSendsNobodyThere, neither by the page's script nor
// without one.
func TestANoToAHostOnNoListSendsNobodyThere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	q := h.asking("client_id", h.registerAs("x", "https://xn--80ak6aa92e.com/cb"), "redirect_uri", "https://xn--80ak6aa92e.com/cb")
	c := h.browser()
	page := h.get(c, PathAuthorize+"?"+q.Encode(), "text/html")
	if !strings.Contains(page.body, "xn--80ak6aa92e.com") || !strings.Contains(page.body, "аррӏе.com") {
		t.Errorf("its punycode does not show: %s", page.body)
	}
	if err := h.s.Deny(t.Context(), shownCode(page.body)); err != nil {
		t.Fatal(err)
	}
	if st := h.poll(c, q); st.Status != "denied" || st.Location != "" {
		t.Errorf("%+v", st)
	}
	if r := h.get(c, PathWait+"?"+q.Encode(), "text/html"); r.status != 200 || r.header.Get("Location") != "" || !strings.Contains(r.body, "The answer was no") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestAClientMadeByHand signs in with its id and secret at its exact address,
// by the owner's approval, until it is removed.
func TestAClientMadeByHand(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for name, bad := range map[string][]string{"nothing": {}, "plain http": {"http://grok.com/cb"}, "no address": {"grok"}, "one bad": {n8n, "javascript:alert(1)"}} {
		if _, _, err := h.s.AddOwnClient(t.Context(), "x", bad, false); !errors.Is(err, ErrRedirect) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := h.s.AddOwnClient(t.Context(), " \u200b", []string{n8n}, false); !errors.Is(err, ErrClientName) {
		t.Error(err)
	}
	c, secret, err := h.s.AddOwnClient(t.Context(), "My n8n", []string{n8n}, false)
	if err != nil || !strings.HasPrefix(secret, prefixSecret) {
		t.Fatal(err, secret)
	}
	q := h.asking("client_id", c.ID, "redirect_uri", n8n)
	for _, uri := range []string{n8n + "/", n8n + "?x=1", grok, strings.Replace(n8n, "https", "http", 1)} {
		if r := h.get(h.browser(), PathAuthorize+"?"+altered(h.asking("client_id", c.ID), "redirect_uri", uri).Encode(), "text/html"); r.status != 400 {
			t.Errorf("%s: %d", uri, r.status)
		}
	}
	if page := h.get(h.browser(), PathAuthorize+"?"+q.Encode(), "text/html"); strings.Contains(page.body, "calls itself") ||
		strings.Contains(page.body, "second yes") || !strings.Contains(page.body, "My n8n") {
		t.Errorf("%s", page.body)
	}
	code := h.consent(q, true).Get("code")
	form := h.exchangeForm(code, "client_id", c.ID, "redirect_uri", n8n)
	if r := h.form(PathToken, form); r.status != 401 {
		t.Errorf("without its secret: %d %s", r.status, r.body)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(c.ID)+":"+url.QueryEscape(secret)))
	form = h.exchangeForm(h.consent(q, true).Get("code"), "client_id", "", "redirect_uri", n8n)
	got := h.form(PathToken, form, func(r *http.Request) { r.Header.Set("Authorization", basic) })
	if got.status != 200 || !h.works(h.pair(got).Access) {
		t.Fatalf("with its secret: %d %s", got.status, got.body)
	}
	h.restart()
	if list, err := h.s.OwnClients(t.Context()); err != nil || len(list) != 1 || list[0].Name != "My n8n" || list[0].Public {
		t.Errorf("%+v %v", list, err)
	}
	if err := h.s.RemoveOwnClient(t.Context(), h.registerAs("other", grok)); !errors.Is(err, ErrNoClient) {
		t.Error("a client that registered itself is one made by hand:", err)
	}
	if err := h.s.RemoveOwnClient(t.Context(), c.ID); err != nil || h.works(h.pair(got).Access) {
		t.Error("removed, it still works", err)
	}
}
