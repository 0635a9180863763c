package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"codabridge/tunnel/tunneltest"
)

// tab is one page in a real browser, for which every name on the internet
// leads to the edge.
type tab struct {
	t             *testing.T
	ctx           context.Context
	width, height int64
}

// openBrowser opens a page in a profile of its own, in a window of that size.
func openBrowser(t *testing.T, edge *tunneltest.Edge, width, height int64) *tab {
	t.Helper()
	b := &tab{t: t, ctx: profile(t, wayTo(t, edge.FrontAddr())), width: width, height: height}
	b.begin()
	b.do(permitClipboard)
	return b
}

// second opens another tab of the same browser.
func (b *tab) second() *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	other := &tab{t: b.t, ctx: ctx, width: b.width, height: b.height}
	other.begin()
	return other
}

// begin opens the tab; it lives as long as the context of this first step.
func (b *tab) begin() {
	b.t.Helper()
	if err := chromedp.Do(b.ctx); err != nil {
		b.t.Fatal(err)
	}
	b.window(b.width, b.height, "light")
	b.complain()
}

// complain has the test fail when a script of a page fails, or a page does what
// its policy forbids.
func (b *tab) complain() {
	b.t.Helper()
	var mu sync.Mutex
	said := []string{}
	err := chromedp.Listen(b.ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			d := e.ExceptionDetails
			said = append(said, fmt.Sprintf("%s %+v at %s:%d", d.Text, d.Exception, d.URL, d.LineNumber))
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.EntryLevelError && e.Entry.Source != cdplog.EntrySourceNetwork {
				said = append(said, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(said) > 0 {
			b.t.Errorf("the page complains: %s", strings.Join(said, "\n"))
		}
	})
}

func (b *tab) do(f func(ctx context.Context) error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 40*time.Second)
	defer cancel()
	if err := f(ctx); err != nil {
		b.keepFailure()
		b.t.Fatal(err)
	}
}

// keepFailure keeps a picture of the page as it is when its test fails.
func (b *tab) keepFailure() {
	png, _ := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	keep(filepath.Join("..", "..", "shots"), "failed-"+strings.ReplaceAll(b.t.Name(), "/", "-"), png)
}

// elsewhere makes each page that is opened from now on believe that the owner
// looks at another one, until the page deletes document.hasFocus.
func (b *tab) elsewhere() {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `document.hasFocus = () => false`,
		})
		return err
	})
}

func (b *tab) open(link string) {
	b.t.Helper()
	b.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(link)) })
}

// view goes to a view of the owner's page, as a press on its name does.
func (b *tab) view(name string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`location.hash = %q; ""`, name))
	b.wait("the view "+name, chromedp.Evaluate[string](`document.querySelector(".view:not([hidden])")?.id || ""`),
		func(s string) bool { return s == "view-"+name })
}

// textOf is what an element holds, also where it is not seen just now.
func textOf(id string) chromedp.Action[string] {
	return chromedp.Evaluate[string](fmt.Sprintf(`document.getElementById(%q)?.textContent || ""`, id))
}

// see waits until the page shows a text; the page may change meanwhile.
func (b *tab) see(text string) {
	b.t.Helper()
	b.wait("the text "+text, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`), func(s string) bool { return strings.Contains(s, text) })
}

// at waits until the address begins so, and gives it.
func (b *tab) at(prefix string) string {
	b.t.Helper()
	return b.wait("the address "+prefix, chromedp.Location(), func(s string) bool { return strings.HasPrefix(s, prefix) })
}

// wait looks until ok likes what it sees. A look fails, or is never answered,
// while a page is being replaced, which is no fault.
func (b *tab) wait(what string, look chromedp.Action[string], ok func(string) bool) (s string) {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		for ctx.Err() == nil {
			soon, cancel := context.WithTimeout(ctx, 5*time.Second)
			seen, err := chromedp.Run(soon, look)
			cancel()
			if err == nil {
				s = seen
				if ok(s) {
					return nil
				}
			}
			time.Sleep(25 * time.Millisecond)
		}
		return fmt.Errorf("%s did not come; there is:\n%s", what, s)
	})
	return s
}

// press clicks what a selector finds first.
func (b *tab) press(selector string) {
	b.t.Helper()
	at := chromedp.CSS(selector)
	b.onElement(chromedp.WaitVisible(at), chromedp.WaitEnabled(at), chromedp.ScrollIntoView(at))
	b.eval(fmt.Sprintf(atRest, selector))
	b.onElement(chromedp.Click(at))
}

// atRest waits until an element has kept its place for a moment: what
// stands above it may grow or shrink meanwhile, and a click would miss it.
const atRest = `new Promise((done) => {
	let last = "", same = 0;
	const look = () => {
		const r = document.querySelector(%q)?.getBoundingClientRect(), now = r ? r.x + " " + r.y : "";
		same = now === last ? same + 1 : 0;
		last = now;
		same < 3 ? setTimeout(look, 20) : done("");
	};
	look();
})`

// drawnAnew tells that an element was found, and then drawn anew.
func drawnAnew(err error) bool {
	if err == nil {
		return false
	}
	said := err.Error()
	return strings.Contains(said, "Could not find node") || strings.Contains(said, "No node with given id") || strings.Contains(said, "does not belong to the document")
}

// onElement acts on an element, and again when the page draws it anew before
// the browser is told what to do with it.
func (b *tab) onElement(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.do(func(ctx context.Context) (err error) {
		for ctx.Err() == nil {
			err = chromedp.Do(ctx, actions...)
			if !drawnAnew(err) {
				return err
			}
		}
		return err
	})
}

func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.onElement(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (b *tab) text(selector string) (s string) {
	b.t.Helper()
	b.do(func(ctx context.Context) (err error) {
		for ctx.Err() == nil {
			s, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
			if !drawnAnew(err) {
				return err
			}
		}
		return err
	})
	return strings.TrimSpace(s)
}

// eval runs a script, once: one that found its page replaced before it began is
// begun again.
func (b *tab) eval(js string) (s string) {
	b.t.Helper()
	b.do(func(ctx context.Context) (err error) {
		for ctx.Err() == nil {
			s, err = chromedp.Run(ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
			if err == nil || !strings.Contains(err.Error(), "Cannot find context") {
				return err
			}
		}
		return err
	})
	return s
}

// shot keeps a picture of the page where CODABRIDGE_SHOTS names a folder for
// those who want to look.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("CODABRIDGE_SHOTS")
	if dir == "" {
		return
	}
	b.do(func(ctx context.Context) error {
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		keep(dir, name, png)
		return err
	})
}

func keep(dir, name string, png []byte) {
	if len(png) == 0 || os.MkdirAll(dir, 0o755) != nil {
		return
	}
	os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
}
