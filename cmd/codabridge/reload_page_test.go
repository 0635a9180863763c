package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// evaluated waits until a script gives what is wanted.
func (b *tab) evaluated(what, script, want string) {
	b.t.Helper()
	b.wait(what, chromedp.Evaluate[string](`String(`+script+`)`), func(s string) bool { return s == want })
}

// choose chooses as a person does in a list.
func (b *tab) choose(id, value string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`{ const c = document.getElementById(%q); c.value = %q; c.dispatchEvent(new Event("change", { bubbles: true })); } ""`, id, value))
}

func (b *tab) reload() {
	b.t.Helper()
	b.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
}

func (b *tab) back() {
	b.t.Helper()
	b.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.NavigateBack()) })
}

// TestAReloadFindsTheViewAsItWas: what was chosen, and how far it was scrolled, in
// each view of its own; so does the browser's back. A press on a view begins at its
// top, and another browser knows nothing of it.
func TestAReloadFindsTheViewAsItWas(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := p.local(s.LocalURL)
	setNote(chat, badger)
	chat.said("coda_list_tables", map[string]any{"document": beta})
	p.awaitRecord(2)
	page := openBrowser(t, w.edge, 1100, 500)
	page.open(p.link("activity"))
	page.see("2 calls")
	page.choose("activity-doc", beta)
	page.evaluated("one call", `document.querySelectorAll("#activity-calls tbody tr").length`, "1")
	page.view("changes")
	page.see("Changed 1 cell")
	page.choose("changes-how", "failed")
	page.press("#changes-filter button")
	page.see("Nothing was changed")
	page.view("settings")
	page.see("What you are told")
	page.eval(`scrollTo(0, 700); ""`)
	page.evaluated("the place", "scrollY", "700")
	page.press(`#nav a[href="#doctor"]`)
	page.evaluated("the top", "scrollY", "0")
	page.back()
	page.evaluated("the place on the way back", "location.hash + scrollY", "#settings700")
	page.reload()
	page.see("What you are told")
	page.evaluated("the place after a reload", "location.hash + scrollY", "#settings700")
	page.view("activity")
	page.evaluated("what was chosen", `document.getElementById("activity-doc").value + document.querySelectorAll("#activity-calls tbody tr").length`, beta+"1")
	page.evaluated("what was chosen of the changes", `document.getElementById("changes-how").value + document.querySelectorAll("#changes-list li").length`, "failed0")
	page.axe("a view as it was")

	// Times are those of the browser, and the exact one is behind each.
	page.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Tokyo"})
		return err
	})
	page.reload()
	tokyo := `(() => { const t = document.querySelector("#activity-calls time"), at = new Date(t.dateTime);
		return t.textContent === at.toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit" }) && at.getTimezoneOffset() === -540 && / \d\d:\d\d:\d\d GMT\+9$/.test(t.title) })()`
	page.see("1 call")
	page.evaluated("the time in Tokyo", tokyo, "true")

	// Where the page may not copy, the text is selected, and it says what to do.
	page.view("home")
	page.eval(`navigator.clipboard.writeText = () => Promise.reject(new Error("no")); ""`)
	if got := page.copied(func() { page.press(`[data-copy="local-url"]`) }); got != s.LocalURL+"/mcp" {
		t.Errorf("copied is %q", got)
	}
	page.eval(`document.execCommand = () => false; ""`)
	page.press(`[data-copy="local-url"]`)
	page.see("press Ctrl+C")
	if got := page.eval(`getSelection().toString()`); got != s.LocalURL+"/mcp" {
		t.Errorf("selected is %q", got)
	}
	other := openBrowser(t, w.edge, 760, 500)
	other.open(p.link("activity"))
	other.see("2 calls")
}
