package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// sure answers yes to what the page asks before it removes something.
func (b *tab) sure() { b.t.Helper(); b.eval(`window.codabridge.sure = async () => true; ""`) }

// typed types a text with the keyboard where it is.
func (b *tab) typed(text string) { b.t.Helper(); b.keys(strings.Split(text, "")...) }

// TestAnAccessKeyIsMadeByTheKeyboard on the page: its name, what it may do, its
// docs, its end. It is shown once, and revoked.
func TestAnAccessKeyIsMadeByTheKeyboard(t *testing.T) {
	t.Parallel()
	w := hostileDocs(t)
	p, s := serving(t, w)
	page := openBrowser(t, w.edge, 1000, 900)
	page.open(p.link("connections"))
	page.see("Make an access key")
	page.tabTo("#s-connections summary")
	page.keys("\r")
	page.tabTo("#key-name")
	page.typed("n8n <b>")
	page.tabTo(`button[data-into="key-docs"]`)
	page.keys("\r")
	page.says("#docs-count", func(s string) bool { return strings.Contains(s, "2 docs") })
	page.tabTo(`#docs-list input[value="` + alpha + `"]`)
	page.keys(" ")
	page.tabTo("#docs-save")
	page.keys("\r")
	page.wait("the doc in the form", chromedp.Evaluate[string](`document.getElementById("key-docs").value`), func(s string) bool { return s == alpha })
	page.tabTo("#key-days")
	page.typed("2")
	page.tabTo("#key-policy")
	page.typed("Read, a")
	page.shot("key-form")
	page.tabTo(`form[data-post="/keys/add"] .primary`)
	page.keys("\r")
	page.see("It is not shown again")
	key := page.eval(`document.getElementById("made-key").textContent`)
	made := p.await("the key", func(s app.State) bool { return len(s.Connections) == 1 }).Connections[0]
	if !strings.HasPrefix(key, "cbk_") || made.Client != "n8n <b>" || made.Policy != "ask" || made.Ends == nil || len(made.Documents) != 1 {
		t.Errorf("%q for %+v", key, made)
	}
	status, out := keyCalls(t, s.LocalURL, key, "coda_list_documents", "{}")
	if status != http.StatusOK || !strings.Contains(out, alpha) || strings.Contains(out, beta) {
		t.Errorf("with the key: %d %s", status, out)
	}
	page.tabTo("#made-done")
	page.keys("\r")
	if html := page.eval(`document.documentElement.outerHTML + document.getElementById("made-key").textContent`); strings.Contains(html, key) {
		t.Error("the key stands on the page still")
	}
	page.unhurt()
	page.eval(`document.getElementById("title-connections").focus(); ""`)
	page.tabTo(`#s-connections form[data-post="/revoke"] button`)
	page.keys("\r")
	page.evaluated("the question", `document.getElementById("sure").open + document.activeElement.id`, "truesure-no")
	page.shot("sure")
	page.axe("a question before something goes")
	page.keys("\r")
	page.evaluated("the way back", `document.activeElement.textContent`, "Revoke")
	page.keys("\r", "\t", "\r")
	p.await("no key", func(s app.State) bool { return len(s.Connections) == 0 })
	if status, _ := keyCalls(t, s.LocalURL, key, "coda_list_documents", "{}"); status != http.StatusUnauthorized {
		t.Errorf("revoked, it is answered %d", status)
	}
	narrow := openBrowser(t, w.edge, 320, 640)
	narrow.open(p.link("connections"))
	narrow.see("Make an access key")
	narrow.eval(`for (const d of document.querySelectorAll("#view-connections details")) d.open = true; ""`)
	narrow.fits("the forms")
	narrow.look(320, "dark")
	narrow.shot("forms-narrow-dark")
	narrow.axe("the forms")
}

// TestAClientIsMadeByTheKeyboard on the page, and an address on no list gets its
// second yes there.
func TestAClientIsMadeByTheKeyboard(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	page := openBrowser(t, w.edge, 1000, 900)
	page.open(p.link("connections"))
	page.see("Clients made by hand")
	page.sure()
	page.tabTo("#s-clients summary")
	page.keys("\r")
	page.tabTo("#client-name")
	page.typed("Own app")
	page.tabTo("#client-redirect")
	page.typed("http://grok.com/cb")
	page.keys("\r")
	page.says(`form[data-post="/client-ids/add"] output`, func(s string) bool { return strings.Contains(s, "https://") })
	page.eval(`document.getElementById("client-redirect").value = ""; document.getElementById("client-redirect").focus(); ""`)
	page.typed("https://app.example/cb http://localhost/cb")
	page.keys("\r")
	page.see("The client's new secret")
	if secret := page.eval(`document.getElementById("made-key").textContent`); !strings.HasPrefix(secret, "cbs_") {
		t.Errorf("its secret is %q", secret)
	}
	id := strings.TrimPrefix(page.text("#made-for"), "Client id: ")
	page.tabTo("#made-done")
	page.keys("\r")

	// The first of its addresses is on no list, and was given by the owner.
	const grok = "https://grok.com/connectors/oauth/callback"
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registered(t, s.LocalURL, grok), grok
	chat.discover()
	code := chat.ask()
	page.open(p.link("approve"))
	page.enter("#code-entry", code)
	page.see("this host is on no list")
	page.settled("#decide")
	page.shot("approve-unlisted")
	page.tabTo(`#decide form[data-post="/approve"] button`)
	page.keys("\r")
	page.says("#decided", func(s string) bool { return strings.Contains(s, "yes to the host too") })
	page.tabTo("#code-entry")
	page.tabTo("#decide-yes")
	page.keys(" ")
	page.tabTo("#allow-ask button")
	page.keys("\r")
	page.see("It asks you before each change")
	chat.redeem(chat.outcome().Get("code"))
	if !chat.sees("coda_create_rows") {
		t.Error("it does not work")
	}
	page.open(p.link("connections"))
	page.see("Addresses you allowed")
	page.sure()
	page.eval(`for (const d of document.querySelectorAll("#s-clients details")) d.open = true; ""`)
	page.see(grok)
	page.tabTo(`form[data-post="/redirects/forget"] button`)
	page.keys("\r")
	p.await("no connection", func(s app.State) bool { return len(s.Connections) == 0 })
	if status, _ := chat.rpc("tools/list", nil); status != http.StatusUnauthorized {
		t.Errorf("taken back: %d", status)
	}
	page.eval(`document.getElementById("title-connections").focus(); for (const d of document.querySelectorAll("#s-clients details")) d.open = true; ""`)
	page.tabTo(`form[data-post="/client-ids/remove"] button`)
	page.keys("\r")
	page.see("Removed. Its connections have ended")
	if left := p.must("client-ids", "list"); strings.Contains(left, id) {
		t.Errorf("it is there still: %s", left)
	}
}
