package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// axeScript is what looks at pages as assistive programs do; .ci/setup brings it.
const axeScript = "../../.tools/axe/node_modules/axe-core/axe.min.js"

// judge runs axe, with every rule that it has, and gives its complaints.
const judge = `axe.run({ resultTypes: ["violations"] }).then((r) => r.violations.map((v) =>
	v.id + ": " + v.nodes.map((n) => n.html.slice(0, 200) + " " + n.failureSummary).join("\n  ")).join("\n"))`

// axe wants no complaint about the page as it stands.
func (b *tab) axe(what string) {
	b.t.Helper()
	desktest.Need(b.t, axeScript, "npm")
	source, err := os.ReadFile(axeScript)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.eval(`String(!window.axe)`) == "true" { // not yet in this page
		b.eval(string(source) + `; ""`)
	}
	if said := b.eval(judge); said != "" {
		b.t.Errorf("%s: %s", what, said)
	}
	b.fits(what)
	if out := b.eval(sticksOut); out != "" {
		b.t.Errorf("%s: stands out of its card: %s", what, out)
	}
}

// sticksOut names what is wider than the card around it, but for what scrolls, and
// the head of a table where it is for those who listen alone.
const sticksOut = `[...document.querySelectorAll(".card *")].filter((e) => e.offsetParent && !e.closest("pre, svg, .visually-hidden") &&
	e.closest("thead")?.offsetWidth !== 1 &&
	e.getBoundingClientRect().right > e.closest(".card").getBoundingClientRect().right).map((e) => e.outerHTML.slice(0, 120)).join("\n")`

// look makes the page as wide as a window of that width, light or dark.
func (b *tab) look(width int64, scheme string) {
	b.t.Helper()
	b.window(width, 800, scheme)
}

// window is look for a window of that height too.
func (b *tab) window(width, height int64, scheme string) {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		window := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, window)
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
}

// inEveryView shows each view, wide and light and then narrow and dark.
func (b *tab) inEveryView(what string) {
	b.t.Helper()
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {320, "dark"}} {
		b.look(look.width, look.scheme)
		for _, view := range app.Views {
			b.view(view)
			name := fmt.Sprintf("%s-%s-%d-%s", what, view, look.width, look.scheme)
			b.shot(name)
			b.axe(name)
		}
	}
}

// asked is the sign-in tab of a program on this computer.
func (b *tab) asked(local string) *tab {
	b.t.Helper()
	chat := newAssistant(b.t, &http.Client{}, local+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(b.t, local)
	chat.discover()
	signIn := b.second()
	signIn.open(chat.authorizeURL())
	signIn.see("asks for your Coda docs")
	return signIn
}

// fillWith fills the page, which shows the doctor, with all that it finds well and
// with the card of the sign-in that has the code.
func (b *tab) fillWith(code string) {
	b.t.Helper()
	b.press(`form[data-post="/doctor"] button`)
	b.see("All is well")
	b.press("#findings-fine summary")
	b.view("home")
	b.fill("#code-entry", code)
	b.press(`form[data-post="/approve/find"] button`)
	b.see("Say yes only if")
}

// TestNoViewIsClosedToAnybody: axe has no complaint about any view, before
// anything is set up, and when there is much to see.
func TestNoViewIsClosedToAnybody(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	fresh := newProgram(t, w.env...)
	fresh.start("serve")
	fresh.await("the word about the keyring", func(s app.State) bool { return s.NoKeyring })
	page := openBrowser(t, w.edge, 1280, 800)
	page.open(fresh.link())
	page.see("Set up in three steps")
	page.inEveryView("fresh")
	page.view("home")
	page.eval(`document.getElementById("coda-token").labels[0].remove(); ""`)
	if said := page.eval(judge); !strings.Contains(said, "label: ") {
		t.Errorf("a field without a name passes: %q", said)
	}

	p, s := online(t, w)
	page.open(s.OwnerURL + "/")
	page.see("This page is locked")
	page.see("codabridge open")
	page.axe("the locked page")
	p.home(homeFiles)
	desk := startStdio(p, "--client", "Claude Desktop")
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.connect(func(code string) { p.must("approve", "--write", code) })
	setNote(chat, badger)
	desk.said("coda_get_row", map[string]any{"document": beta, "table": "Things", "row": "nowhere"})
	p.must("keys", "add", "n8n")
	signIn := page.asked(s.LocalURL)
	signIn.axe("the waiting page")
	p.awaitRecord(2)
	p.await("a complete index", indexComplete)

	page.open(p.link("doctor"))
	page.look(1280, "light")
	page.fillWith(signIn.text("#code"))
	page.inEveryView("busy")
	page.zoomed("busy")
	page.wished("busy")
	desk.end()
}
