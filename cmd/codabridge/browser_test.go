package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"codabridge/app/desktop/desktest"
	"codabridge/tunnel/tunneltest"
)

// tab is one page in a real browser, for which every name on the internet
// leads to the edge.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func openBrowser(t *testing.T, edge *tunneltest.Edge, width, height int) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		path = desktest.Need(t, "chromium", "chromium-headless-shell")
	}
	rules := "MAP *.ngrok-free.dev " + edge.FrontAddr() + ", MAP chatgpt.com " + edge.FrontAddr() + ", EXCLUDE 127.0.0.1"
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("host-resolver-rules", rules), chromedp.WindowSize(width, height))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	b := &tab{t: t, ctx: ctx}
	b.begin()
	b.do(func(ctx context.Context) error { return permitClipboard(ctx) })
	return b
}

// permitClipboard lets a page read the clipboard, so that the test can see
// what was copied.
func permitClipboard(ctx context.Context) error {
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// second opens another tab of the same browser.
func (b *tab) second() *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	other := &tab{t: b.t, ctx: ctx}
	other.begin()
	return other
}

// begin opens the tab; it lives as long as the context of this first step.
func (b *tab) begin() {
	b.t.Helper()
	if err := chromedp.Do(b.ctx); err != nil {
		b.t.Fatal(err)
	}
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
		shot, _ := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		b.keep("failed-"+strings.ReplaceAll(b.t.Name(), "/", "-"), shot)
		b.t.Fatal(err)
	}
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

// wait looks until ok likes what it sees. A look fails while a page is being
// replaced, which is no fault.
func (b *tab) wait(what string, look chromedp.Action[string], ok func(string) bool) (s string) {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		for ctx.Err() == nil {
			var err error
			s, err = chromedp.Run(ctx, look)
			if err == nil && ok(s) {
				return nil
			}
			time.Sleep(20 * time.Millisecond)
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

// onElement acts on an element, and again when the page draws it anew before
// the browser is told what to do with it.
func (b *tab) onElement(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.do(func(ctx context.Context) (err error) {
		for ctx.Err() == nil {
			err = chromedp.Do(ctx, actions...)
			if err == nil || !strings.Contains(err.Error(), "Could not find node") {
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
		s, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
		return err
	})
	return strings.TrimSpace(s)
}

func (b *tab) eval(js string) (s string) {
	b.t.Helper()
	b.do(func(ctx context.Context) (err error) {
		s, err = chromedp.Run(ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
		return err
	})
	return s
}

// shot keeps a picture of the page among the test's artefacts.
func (b *tab) shot(name string) {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		b.keep(name, png)
		return err
	})
}

func (b *tab) keep(name string, png []byte) {
	dir := filepath.Join("..", "..", "shots")
	if len(png) == 0 || os.MkdirAll(dir, 0o755) != nil {
		return
	}
	os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
}
