package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// popup waits for the tab that the page opened at an address, and takes it.
func (b *tab) popup(prefix string) *tab {
	b.t.Helper()
	other := &tab{t: b.t}
	b.do(func(ctx context.Context) error {
		for {
			list, err := chromedp.Targets(ctx)
			if err != nil {
				return err
			}
			for _, target := range list {
				if strings.HasPrefix(target.URL, prefix) {
					var cancel context.CancelFunc
					other.ctx, cancel = chromedp.NewContext(b.ctx, chromedp.WithTargetID(target.TargetID))
					b.t.Cleanup(cancel)
					return nil
				}
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	other.begin()
	return other
}

// TestAnAppInAPopupHearsOfItsSignIn: an app opens the sign-in in a window of
// its own and is told by that window when it comes back. Our pages had cut the
// two apart (Cross-Origin-Opener-Policy), so to the app the window looked
// closed and its answer never came.
func TestAnAppInAPopupHearsOfItsSignIn(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := serving(t, w)
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		script := `onmessage = (m) => { document.body.append("heard " + m.data) }`
		if req.URL.Path == "/callback" {
			script = `document.body.append(opener ? "told" : "nobody to tell"); opener.postMessage(new URLSearchParams(location.search).get("iss"), "*")`
		}
		w.Write([]byte("<!doctype html><body><script>" + script + "</script>"))
	}))
	defer client.Close()
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, _ = registerLoopback(t, s.LocalURL)
	chat.redirect = client.URL + "/callback"
	chat.discover()

	page := openBrowser(t, w.edge, 900, 700)
	page.open(client.URL)
	page.eval(`window.open("` + chat.authorizeURL() + `", "signin", "width=500,height=600"); ""`)
	signIn := page.popup(s.LocalURL + "/authorize")
	signIn.see("asks for your Coda docs")
	if out, code := p.run("approve", signIn.text("#code")); code != 0 {
		t.Fatal(out)
	}
	page.see("heard " + s.LocalURL)
}
