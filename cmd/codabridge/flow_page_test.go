package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// backTab presses Tab backwards.
func (b *tab) backTab() {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)))
	})
}

// goTo goes to a view by the keyboard alone.
func (b *tab) goTo(view string) {
	b.t.Helper()
	if b.eval(`String(document.getElementById("menu").offsetParent === null)`) == "false" {
		b.hit("#menu")
	}
	b.tabTo(`#nav a[href="#` + view + `"]`)
	b.keys("\r")
	b.evaluated("the heading of "+view, "document.activeElement.id", "title-"+view)
}

// hit presses what a selector finds by the keyboard alone.
func (b *tab) hit(selector string) {
	b.t.Helper()
	b.tabTo(selector)
	b.keys("\r")
}

// seesFocus wants the keyboard to be at something that shows so.
func (b *tab) seesFocus() {
	b.t.Helper()
	if ring := b.eval(`document.activeElement === document.body ? "nowhere" :
		getComputedStyle(document.activeElement).outlineStyle + parseFloat(getComputedStyle(document.activeElement).outlineWidth)`); ring != "solid3" {
		b.t.Errorf("the keyboard is at %s, with the ring %s", b.eval(`document.activeElement.outerHTML.slice(0, 100)`), ring)
	}
}

// TestASignInIsAnsweredByTheKeyboardAlone: with each of the three yeses and with
// no; the buttons come one after the other, from the least to the most.
func TestASignInIsAnsweredByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	page := openBrowser(t, w.edge, 900, 900)
	page.open(p.link("approve"))
	page.see("Approve a connection")
	for i, want := range []string{"read", "ask", "write", "no"} {
		chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
		chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
		chat.discover()
		code := chat.ask()
		page.tabTo("#code-entry")
		page.typed(strings.ToLower(code))
		page.keys("\r")
		page.see("Say yes only if")
		page.settled("#decide")
		for range i + 1 {
			page.keys("\t")
		}
		page.seesFocus()
		page.keys("\r")
		if want == "no" {
			page.see("The client was told no.")
			break
		}
		page.see("goes on by itself")
		chat.redeem(chat.outcome().Get("code"))
		now := p.await("the connection", func(s app.State) bool { return len(s.Connections) == i+1 })
		if got := now.Connections[0]; got.Policy != want && got.CanWrite() != (want != "read") {
			t.Errorf("button %d gives %+v", i, got)
		}
		page.evaluated("the question goes", `document.getElementById("decide").hidden`, "true")
	}
}

// TestTheViewsAreWorkedByTheKeyboardAlone: pause and resume, programs, switches,
// search, and putting back; after each press the keyboard is where it was, with a
// ring around it, though the page was drawn anew.
func TestTheViewsAreWorkedByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	before := w.coda.Snapshot()
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.home(homeFiles)
	p.start("serve")
	s := p.awaitPhase(app.PhaseLocal)
	setNote(p.local(s.LocalURL), badger)
	page := openBrowser(t, w.edge, 1280, 800)
	page.open(p.link())
	page.see("Ready, for programs")
	page.hit(`form[data-post="/pause"] button`)
	page.evaluated("Resume has the keyboard", "document.activeElement.textContent", "Resume")
	page.seesFocus()
	page.keys("\r")
	p.await("the end of the pause", func(s app.State) bool { return !s.Paused })

	page.goTo("programs")
	page.hit(`button[aria-label="Connect Cursor"]`)
	page.see("Needs a restart of the program")
	page.evaluated("Disconnect has the keyboard", `document.activeElement.getAttribute("aria-label")`, "Disconnect Cursor")
	page.keys("\r")
	page.see("no longer connected")

	page.goTo("settings")
	page.hit(`[aria-label="Read-only"]`)
	page.evaluated("the switch", `document.activeElement.getAttribute("aria-label") + document.activeElement.getAttribute("aria-checked")`, "Read-onlytrue")
	page.seesFocus()
	page.keys(" ")
	p.await("writing again", func(s app.State) bool { return !s.ReadOnly })
	page.hit(`[aria-label="there is a new connection"]`)
	page.evaluated("the other switch", `document.activeElement.getAttribute("aria-checked")`, "false")

	page.goTo("search")
	page.tabTo("#try-query")
	page.typed(betaRow + "\r")
	page.says("#try-hits", func(s string) bool { return strings.Contains(s, betaRow) || strings.Contains(s, "Beta") })

	page.goTo("changes")
	page.see("Changed 1 cell")
	page.hit(`#changes-list button[aria-label^="Look"]`)
	page.see(badger)
	page.hit(`#changes-list button[aria-label^="Put back"]`)
	page.wait("it is put back", textOf("changes-said"), func(s string) bool { return strings.Contains(s, "Put back.") })
	page.evaluated("the change has the keyboard", `document.activeElement.textContent + document.activeElement.closest("li")?.textContent.includes("put back")`, "Looktrue")
	page.seesFocus()
	if !sameWorkspace(before, w.coda.Snapshot()) {
		t.Error("it is not as before")
	}
	page.goTo("doctor")
	page.hit(`form[data-post="/doctor"] button`)
	page.see("All is well")
	page.hit("#findings-fine summary")
	page.see("its token is refused")
}

// TestThoseOnThisComputerNeedNoTunnel: the guide ends for them too. They go on
// without ngrok, connect a program, and the page says that it has come, wherever
// they are on it; a tunnel is one switch away.
func TestThoseOnThisComputerNeedNoTunnel(t *testing.T) {
	t.Parallel()
	p, _, page := freshProgram(t)
	path := p.home(map[string]string{".cursor/mcp.json": "{}\n"})
	page.open(p.link())
	page.see("Set up in three steps")
	if text := page.text("#main"); !strings.Contains(text, "Superhuman Docs") || strings.Contains(text, "Authtoken") {
		t.Errorf("the first step says\n%s", text)
	}
	page.tabTo("#coda-token")
	page.typed(codaCanary + "\r")
	page.see("Only Claude Desktop, Cursor or another program")
	page.shot("guide-tunnel")
	page.axe("the second step")
	page.hit(`form[data-post="/tunnel"] button`)
	page.see("Not needed: only programs on this computer")
	p.awaitPhase(app.PhaseLocal)
	page.shot("guide-local")
	page.axe("the guide without a tunnel")
	page.hit(`#guide a.button`)
	page.hit(`button[aria-label="Connect Cursor"]`)
	page.see("Needs a restart of the program")
	entry := entryIn(t, path(".cursor/mcp.json"))
	cursor := startPipe(p, exec.Command(entry.Command, entry.Args...))
	cursor.said("coda_list_documents", map[string]any{})
	page.see("made its first call")
	page.shot("first-call")
	page.axe("the word about the first call")
	page.hit("#first-call-done")
	page.evaluated("the heading", "document.activeElement.id", "title-programs")
	page.goTo("home")
	page.see("Last calls")
	page.gone("#guide")

	page.goTo("settings")
	page.hit(`[aria-label="Public URL"]`)
	page.see("The public URL is on")
	page.goTo("home")
	page.tabTo("#way-in input")
	page.shot("way-in")
	page.typed(ngrokCanary + "\r")
	online := p.awaitPhase(app.PhaseOnline)
	if got := page.copied(func() { page.hit(`[data-copy="public-url"]`) }); got != online.PublicURL {
		t.Errorf("copied is %q", got)
	}
	page.seesFocus()
	cursor.end()
	if kept, err := os.ReadFile(p.dir + "/config.json"); err != nil || strings.Contains(string(kept), "tunnel") {
		t.Errorf("config.json says %s %v", kept, err)
	}
}

// TestFromTheTrayToTheChangeThatWaits: its line and a notification open the page
// there, in a browser that has no session yet and in one that has; Home leads there
// too.
func TestFromTheTrayToTheChangeThatWaits(t *testing.T) {
	t.Parallel()
	w, bus := twoDocs(t), desktest.StartBus(t)
	watcher, notes := desktest.StartWatcher(t, bus), desktest.StartNotifications(t, bus, "body", "actions")
	p, browser := trayProgram(t, bus, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start()
	s := p.awaitPhase(app.PhaseLocal)
	chat := asks(t, p, s)
	answer := chat.begin(1, "coda_update_row", noteTo("waits"))
	item := watcher.Item(t)
	clickable(t, item, "1 change waits…")
	item.Click(t, "1 change waits…")
	page := openBrowser(t, w.edge, 1100, 800)
	there := func(b *tab) {
		t.Helper()
		b.see("Yes, once")
		b.evaluated("the view", `location.hash + document.querySelector(".view:not([hidden])").id`, "#changesview-changes")
	}
	page.open(desktest.LinkIn(t, browser.Arg(t, 0)))
	there(page)
	page.view("home")
	page.see("1 change of your docs waits for your yes.")
	page.axe("a change that waits, at Home")
	page.hit(`#s-waiting a`)
	there(page)

	// The notification, in the browser that has a session by now.
	for {
		n := nextBut(t, notes, indexDone, "A new connection", "asks")
		if strings.Contains(n.Title+n.Body, "change") {
			notes.Click(t, n.ID)
			break
		}
	}
	second := page.second()
	second.open(desktest.LinkIn(t, browser.Arg(t, 1)))
	there(second)
	second.settled("#pending-list")
	second.tabTo("#pending-list select")
	second.typed("until")
	second.backTab()
	second.seesFocus()
	second.keys("\r")
	if said := <-answer; !strings.Contains(said, "ch-") {
		t.Errorf("yes until midnight: %s", said)
	}
	policyIs(p, "ask", true)
	page.see("Nothing waits any more")
	page.view("home")
	page.gone("#s-waiting a")
}
