package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/control"
)

// TestSetUpAndApprovalInARealBrowser is the owner's first quarter of an hour:
// both tokens into a real keyring, the URL, the first connection.
func TestSetUpAndApprovalInARealBrowser(t *testing.T) {
	t.Parallel()
	p, w, page := freshProgram(t)
	w.edge.Interstitial(true)

	link := p.link()
	page.open(link)
	page.see("Set up in three steps")
	page.shot("setup")
	page.fill("#coda-token", "not-a-token")
	page.press(`form[data-post="/coda-token"] button`)
	page.see("does not know this token")
	page.eval(`document.querySelector("#coda-token").value = ""; ""`)
	page.fill("#coda-token", codaCanary)
	page.press(`form[data-post="/coda-token"] button`)
	page.see("Your ngrok authtoken")
	page.fill("#ngrok-token", ngrokCanary)
	page.press(`form[data-post="/ngrok-token"] button`)
	s := p.awaitPhase(app.PhaseOnline)
	page.see("Connect ChatGPT")
	if got := page.copied(func() { page.press(`button[data-copy="public-url"]`) }); got != s.PublicURL {
		t.Errorf("copied %q, want %q", got, s.PublicURL)
	}
	page.shot("online")

	used := openBrowser(t, w.edge, 600, 500)
	used.open(link)
	used.see("used already")

	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.discover()
	signIn := page.second()
	signIn.open(chat.authorizeURL())
	signIn.see("You are about to visit")
	signIn.shot("interstitial")
	signIn.press("button, a.button, input[type=submit]") // Visit Site
	signIn.see("asks for your Coda docs")
	signIn.shot("waiting")
	code := signIn.text("#code")

	// "Approve on this computer" opens the owner's page with the code in it. The
	// owner is still elsewhere, so that what the page is like before it has their
	// attention can be looked at however long that takes.
	page.elsewhere()
	page.open(signIn.eval(`document.querySelector("#approve").href`))
	page.see("Say yes only if")
	if host := page.text("#decide-host"); host != "chatgpt.com" {
		t.Errorf("the card names %q", host)
	}
	page.shot("approve")
	if focus := page.eval(`document.activeElement.tagName`); focus == "BUTTON" || focus == "INPUT" {
		t.Errorf("the next key that is pressed would decide: the focus is on %s", focus)
	}
	if shut := page.eval(`String([...document.querySelectorAll("#decide button")].every((b) => b.disabled))`); shut != "true" {
		t.Error("a click that was meant for another page would decide")
	}
	page.eval(`delete document.hasFocus; ""`)
	page.press(`form[data-post="/approve"] button`)
	back, err := url.Parse(signIn.at(chatgptRedirect + "?"))
	if err != nil {
		t.Fatal(err)
	}
	chat.redeem(chat.back(back.String()).Get("code"))
	if !chat.sees("search") || chat.sees("coda_create_rows") {
		t.Error("approved for reading, but the tools say otherwise")
	}
	page.view("connections")
	page.see("read only")
	page.shot("connected")
	if _, exit := p.run("approve", code); exit != 1 {
		t.Error("a code works twice")
	}
}

// link asks for a fresh one-time link to a view of the owner's page, or to its
// first, as codabridge open prints it.
func (p *program) link(view ...string) string {
	p.t.Helper()
	link, err := control.NewClient(p.dir).Link(p.t.Context(), strings.Join(view, ""))
	if err != nil {
		p.t.Fatal(err)
	}
	return link
}

func TestTheOwnersPageShowsNothingToOthers(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start("serve")
	s := p.await("the account", func(s app.State) bool { return s.Phase == app.PhaseLocal && s.Coda.Account != "" })
	page := openBrowser(t, w.edge, 360, 640)
	page.open(s.OwnerURL + "/")
	page.see("This page is locked")
	page.shot("locked")
	if body := page.eval(`document.documentElement.outerHTML`); strings.Contains(body, s.Coda.Account) || strings.Contains(body, s.LocalURL) {
		t.Error("the locked page holds data")
	}
	page.open(p.link("settings"))
	page.see("Read-only")
	page.shot("narrow")
	page.fits("the owner's page")
	// By keyboard alone: to the switch and press it.
	page.eval(`document.querySelector('form[data-post="/read-only"] button').focus(); ""`)
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent("\r")) })
	p.await("read-only", func(s app.State) bool { return s.ReadOnly })
}

// TestTheOwnerChoosesTheTools: what is chosen on the page is what assistants
// are offered from then on, and is still so after a restart.
func TestTheOwnerChoosesTheTools(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.connect(func(code string) { p.must("approve", "--write", code) })
	if chat.sees("coda_delete_page") || !chat.sees("coda_list_tables") {
		t.Fatal("it does not begin with the core tools")
	}
	p.await("a complete index", indexComplete) // its card is above, and grows and shrinks before
	page := openBrowser(t, w.edge, 760, 900)
	page.open(p.link("settings"))
	page.see("Tools")
	page.press(`#s-tools summary`)
	page.press(`#s-tools input[value="custom"]`)
	page.press(`#s-tools input[value="coda_list_tables"]`) // on in core: off now
	page.press(`#s-tools input[value="coda_delete_page"]`)
	page.shot("tools")
	page.press(`#s-tools button`)
	page.see("Saved.")
	if !chat.sees("coda_delete_page") || chat.sees("coda_list_tables") || !chat.sees("search") {
		t.Error("the tools are not those that were chosen")
	}
	p.stop(syscall.SIGTERM)
	p.args = []string{"--listen", strings.TrimPrefix(s.LocalURL, "http://"), "--owner-listen", "127.0.0.1:0"}
	p.start("serve")
	if again := p.awaitPhase(app.PhaseLocal); again.Toolset.Name != "custom" || !chat.sees("coda_delete_page") || chat.sees("coda_list_tables") {
		t.Errorf("after a restart: %s", again.Toolset.Name)
	}
}
