package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestALongNameWidensNoPage: a client names itself as it likes, and a name in
// one word pushed the buttons out of a narrow window.
func TestALongNameWidensNoPage(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := serving(t, w)
	client := &http.Client{}
	name, redirect := strings.Repeat("Averylongnamewithoutspaces", 4), "http://127.0.0.1:33999/callback"
	resp, err := client.Post(s.LocalURL+"/register", "application/json", strings.NewReader(fmt.Sprintf(`{"client_name":%q,"redirect_uris":[%q],"token_endpoint_auth_method":"none"}`, name, redirect)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	chat := newAssistant(t, client, s.LocalURL)
	chat.clientID, chat.redirect = decode(t, resp.Body)["client_id"].(string), redirect
	chat.connect(func(code string) { p.must("approve", code) })
	other := newAssistant(t, client, s.LocalURL) // in another browser
	other.clientID, other.redirect, other.meta = chat.clientID, redirect, chat.meta

	page := openBrowser(t, w.edge, 320, 640)
	page.open(other.authorizeURL())
	page.see("Nobody has checked that name")
	page.fits("the waiting page")
	page.open(p.link("connections"))
	page.see("approved")
	page.shot("long-names")
	page.fits("the owner's page")
}

// fits wants nothing to stand beyond the right edge of the window.
func (b *tab) fits(what string) {
	b.t.Helper()
	if wide := b.eval(`String(document.documentElement.scrollWidth <= innerWidth)`); wide != "true" {
		b.t.Errorf("%s is wider than its window", what)
	}
}
