package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// TestEachViewOfThePageHasAnAddress: a press leads to the view alone, back leads
// back, a reload and a link come to the same view, the keyboard is at its
// heading, and the title says where one is.
func TestEachViewOfThePageHasAnAddress(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	setNote(p.local(s.LocalURL), badger)
	page := openBrowser(t, w.edge, 1300, 700)
	page.open(p.link("changes"))
	page.see(`Changed 1 cell of the row "First"`)
	at := func(view, title string) {
		t.Helper()
		page.wait("the view "+view, chromedp.Evaluate[string](
			`[...document.querySelectorAll(".view")].filter((v) => v.offsetParent).map((v) => v.id).join()`), func(s string) bool { return s == "view-"+view })
		if on := page.eval(`document.title + " " + document.querySelector("#nav [aria-current=page]").hash`); on != title+" · codabridge #"+view {
			t.Errorf("the page says that it is at %q", on)
		}
	}
	at("changes", "Changes")
	if to := page.at(s.OwnerURL); to != s.OwnerURL+"/#changes" {
		t.Errorf("the link leaves the address %s", to)
	}
	page.press(`#nav a[href="#doctor"]`)
	at("doctor", "Doctor")
	if on := page.eval(`document.activeElement.id`); on != "title-doctor" {
		t.Errorf("the keyboard is at %q", on)
	}
	page.press(`#nav a[href="#search"]`)
	at("search", "Docs and search")
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.NavigateBack()) })
	page.at(s.OwnerURL + "/#doctor")
	at("doctor", "Doctor")
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.NavigateForward()) })
	at("search", "Docs and search")
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
	page.see("Search index")
	at("search", "Docs and search")
	page.eval(`location.hash = "no-such-view"; ""`)
	at("home", "Home")
	for _, view := range app.Views {
		page.view(view)
		page.fits("the view " + view)
	}

	// What waits is counted beside its view and in the title.
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.discover()
	page.second().open(chat.authorizeURL())
	page.wait("the count", chromedp.Evaluate[string](`document.title`), func(s string) bool { return s == "(1) Doctor · codabridge" })
	if count := page.eval(`document.querySelector('#nav a[href="#home"] .count').getAttribute("aria-label")`); count != "1 waits for you" {
		t.Errorf("beside Home stands %q", count)
	}
}

// TestThePageOpensWhereSomethingWaits: by the command, and not at what is no view.
func TestThePageOpensWhereSomethingWaits(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, _ := serving(t, w)
	link := func(out string) string { return strings.Fields(out[strings.Index(out, "http://"):])[0] }
	page := openBrowser(t, w.edge, 340, 640)
	page.open(link(p.must("open", "doctor")))
	page.see("Rehearses what an assistant does")
	page.press("#menu")
	page.press(`#nav a[href="#programs"]`)
	page.see("Not found on this computer")
	if open := page.eval(`document.getElementById("menu").getAttribute("aria-expanded")`); open != "false" {
		t.Error("the list of views stays open over the view")
	}
	page.open(p.link("approve"))
	page.wait("the cursor in the field for the code", chromedp.Evaluate[string](`document.activeElement.id`), func(s string) bool { return s == "code-entry" })
	if out, code := p.run("open", "sesame"); code != exitUsage || !strings.Contains(out, "home, activity, changes") {
		t.Errorf("no such view: exit %d %s", code, out)
	}
}
