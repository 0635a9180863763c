package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"codabridge/app"
)

// claudeCode is pinned, and any program can take its id: it is answered on its
// own computer.
const (
	claudeCode         = "https://claude.ai/oauth/claude-code-client-metadata"
	claudeCodeRedirect = "http://localhost:54321/callback"
)

// TestALinkFillsInNoCodeOfAnotherBrowser: a stranger signs in as Claude Code
// from afar and sends the owner a link with the code in it. Nothing calls that
// this computer's, and the link fills nothing in.
func TestALinkFillsInNoCodeOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	stranger := newAssistant(t, w.edge.Client(), s.PublicURL)
	stranger.clientID, stranger.redirect = claudeCode, claudeCodeRedirect
	stranger.discover()
	code := stranger.ask()
	s = p.await("the stranger's request", func(s app.State) bool { return len(s.Waiting) == 1 })
	if r := s.Waiting[0]; !r.SelfNamed || r.Address == "" || r.Address == "this computer" || r.RedirectHost != "a program on another computer ("+r.Address+")" {
		t.Errorf("status tells %+v", r)
	}
	if out := p.must("status"); strings.Contains(out, "this computer, ") || !strings.Contains(out, "asked from "+s.Waiting[0].Address) || !strings.Contains(out, `calls itself "Claude Code"`) {
		t.Errorf("status prints\n%s", out)
	}

	page := openBrowser(t, w.edge, 900, 1000)
	page.open(s.OwnerURL + "/#approve=" + code)
	page.see("This page is locked")
	if text := page.text("body"); strings.Contains(text, code) {
		t.Errorf("the locked page shows the stranger's code:\n%s", text)
	}
	page.open(p.link())
	page.see("a program on another computer (" + s.Waiting[0].Address + ")")
	page.open(s.OwnerURL + "/#approve=" + code)
	page.see("does not show that code")
	page.see("Enter the six characters")
	if got := page.eval(`document.querySelector("#code-entry").value + String(document.querySelector("#decide").hidden)`); got != "true" {
		t.Errorf("the link filled in %q", got)
	}
	page.open(s.OwnerURL + "/#arrived=MADEUPNAME")
	page.see("does not show that code")
	page.fill("#code-entry", strings.ToLower(code))
	page.press(`form[data-post="/approve/find"] button`)
	page.see("Say yes only if you started this yourself")
	if host, from := page.text("#decide-host"), page.text("#decide-address"); !strings.Contains(host, "another computer") || from != s.Waiting[0].Address {
		t.Errorf("typed, the card names %q and %q", host, from)
	}
	page.shot("stranger")
}

// backs is a client that is answered on this computer, and tells what came.
func backs(t *testing.T, chat *assistant) {
	t.Helper()
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		fmt.Fprintf(w, "<!doctype html><body>answered %s", req.URL.Query().Get("state"))
	}))
	t.Cleanup(client.Close)
	chat.redirect = client.URL + "/callback"
}

// TestTwoSignInsInOneBrowser: both tabs wait, each is led to the owner's page
// with its own code in it, and each goes on with its own answer.
func TestTwoSignInsInOneBrowser(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := serving(t, w)
	page := openBrowser(t, w.edge, 900, 900)
	page.open(p.link())
	page.see("Approve a connection")
	var chats []*assistant
	var tabs []*tab
	for range 2 {
		chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
		chat.clientID, _ = registerLoopback(t, s.LocalURL)
		backs(t, chat)
		chat.discover()
		signIn := page.second()
		signIn.open(chat.authorizeURL())
		signIn.see("A program on this computer asks for your Coda docs")
		chats, tabs = append(chats, chat), append(tabs, signIn)
	}
	for i, signIn := range tabs {
		code := signIn.text("#code")
		page.open(signIn.eval(`document.querySelector("#approve").href`))
		page.see("Say yes only if")
		if got := page.text("#decide-code"); got != code {
			t.Errorf("tab %d shows %s, the owner is asked about %s", i, code, got)
		}
		page.press(`form[data-post="/approve"] button`)
		signIn.see("answered oauth_s_1")
		at, err := url.Parse(signIn.at(chats[i].redirect + "?"))
		if err != nil {
			t.Fatal(err)
		}
		chats[i].redeem(at.Query().Get("code"))
		if !chats[i].sees("search") {
			t.Errorf("tab %d: no tools", i)
		}
	}
}

// TestABrowserWithoutCookiesIsToldSo: something takes the cookies away, and the
// tab must not show a code that leads nowhere.
func TestABrowserWithoutCookiesIsToldSo(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	_, s := serving(t, w)
	at, err := url.Parse(s.LocalURL)
	if err != nil {
		t.Fatal(err)
	}
	blocker := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(at)
			r.Out.Host = at.Host
			r.Out.Header.Del("Cookie")
		},
		ModifyResponse: func(r *http.Response) error { r.Header.Del("Set-Cookie"); return nil },
	})
	defer blocker.Close()
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.discover()
	signIn := openBrowser(t, w.edge, 760, 700)
	signIn.open(strings.Replace(chat.authorizeURL(), s.LocalURL, blocker.URL, 1))
	signIn.see("This browser keeps no cookies here")
	if text := signIn.text("body"); strings.Contains(text, "Approve it in codabridge with this code") || strings.Contains(text, "expired") {
		t.Errorf("it also says\n%s", text)
	}
	signIn.shot("no-cookies")
}
