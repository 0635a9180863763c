package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEachPartOfThePageHasAnAddress: a press leads to the part, back leads back,
// and a reload comes to the same part. What is not there is not on the list.
func TestEachPartOfThePageHasAnAddress(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	setNote(p.local(s.LocalURL), badger)
	page := openBrowser(t, w.edge, 1300, 700)
	page.open(p.link())
	at := func(part string) {
		t.Helper()
		page.wait("the part "+part, chromedp.Evaluate[string](
			`(() => { const r = document.getElementById("`+part+`")?.getBoundingClientRect(); return r && r.bottom > 0 && r.top < innerHeight ? "seen" : ""; })()`),
			func(s string) bool { return s == "seen" })
	}
	page.press(`#nav a[href="#doctor"]`)
	at("s-doctor")
	if on := page.eval(`document.activeElement.id`); on != "s-doctor" {
		t.Errorf("the keyboard is at %q", on)
	}
	page.press(`#nav a[href="#changes"]`)
	at("changes")
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.NavigateBack()) })
	page.at(s.OwnerURL + "/#doctor")
	at("s-doctor")
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
	page.see("Rehearses what an assistant does")
	at("s-doctor")
	if at := page.at(s.OwnerURL); !strings.HasSuffix(at, "/#doctor") {
		t.Errorf("after the reload the page is at %s", at)
	}
	if shown := page.eval(`[...document.querySelectorAll("#nav a")].filter((a) => a.offsetParent).map((a) => a.textContent).join()`); shown !=
		"Home,Connections,Activity,Changes,Programs,Docs and search,Settings,Doctor" {
		t.Errorf("the list is %s", shown)
	}
	page.fits("the owner's page with its list of parts")
}
