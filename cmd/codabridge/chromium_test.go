package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"codabridge/app/desktop/desktest"
)

// chromium is the one browser of all tests, since starting one costs more than
// most of them do in it. Each test has a profile of its own there, with cookies,
// storage, connections and a proxy that nobody else has.
var chromium = struct {
	sync.Mutex
	ctx context.Context
	end func()
}{end: func() {}}

// startedChromium gives the browser; it ends with the tests.
func startedChromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		path = desktest.Need(t, "chromium", "chromium-headless-shell")
	}
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.ctx != nil {
		return chromium.ctx
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-dev-shm-usage", true))
	ctx, end := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		end()
		t.Fatal(err)
	}
	chromium.ctx, chromium.end = ctx, func() { end(); chromedp.FromContext(ctx).Allocator.Wait() }
	return ctx
}

// profile is a new profile, which goes on the internet by a proxy alone. It ends
// before what the test cleans up: a server that ends waits for its pages.
func profile(t *testing.T, proxy string) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(startedChromium(t), chromedp.WithNewBrowserContext(
		func(p *target.CreateBrowserContextParams) { p.ProxyServer = proxy }))
	context.AfterFunc(t.Context(), cancel)
	t.Cleanup(cancel)
	return ctx
}

// wayTo is a proxy by which every name on the internet leads to one address.
// Addresses of this computer need none.
func wayTo(t *testing.T, addr string) string {
	t.Helper()
	var open sync.WaitGroup
	ctx, end := context.WithCancel(context.Background())
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodConnect {
			http.Error(w, "this leads to HTTPS alone", http.StatusForbidden)
			return
		}
		far, err := net.Dial("tcp", addr)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			far.Close()
			return
		}
		stop := context.AfterFunc(ctx, func() { near.Close(); far.Close() })
		io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
		open.Go(func() { io.Copy(far, near); far.Close() })
		open.Go(func() { io.Copy(near, far); near.Close(); stop() })
	}))
	t.Cleanup(func() { end(); proxy.Close(); open.Wait() })
	return proxy.URL
}

// permitClipboard lets the pages of a profile read the clipboard, so that the
// test can see what was copied.
func permitClipboard(ctx context.Context) error {
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// clipboard is held by who copies: all pages are of one browser, which has but one.
var clipboard sync.Mutex

// copied is what is on the clipboard after a press that copies.
func (b *tab) copied(press func()) string {
	b.t.Helper()
	clipboard.Lock()
	defer clipboard.Unlock()
	press()
	b.see("Copied")
	return b.eval(`navigator.clipboard.readText()`)
}
