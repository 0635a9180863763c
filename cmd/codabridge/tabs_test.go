package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"codabridge/app/control"
	"codabridge/app/desktop/desktest"
)

// TestAPageIsLoadedAgainAndInASecondTab: both go on with the session of the
// browser, and neither needs a link. The waits of the first are a fiftieth of
// those of the page: it hears nothing for what it takes for a minute, as after
// the sleep of a computer, and asks the door before it gives up.
func TestAPageIsLoadedAgainAndInASecondTab(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	browser := openBrowser(t, w.edge, 700, 700)
	p, s := serving(t, w)
	early := browser.second()
	early.open(s.OwnerURL + "/")
	early.see("This page is locked")
	first := ownersTab(browser, p.link())
	early.see(readyHere) // it was let in with the other tab
	first.open(s.OwnerURL + "/")
	first.see(readyHere)
	second := browser.second()
	second.open(s.OwnerURL + "/")
	second.see(readyHere)
	second.view("settings")
	second.press(`form[data-post="/read-only"] button`)
	for _, tab := range []*tab{early, first, second} {
		tab.view("settings")
		tab.see("Read-only is on")
	}
}

// brokenWay stands between a browser and the owner's door, and breaks
// connections: the answer is made, and never arrives.
type brokenWay struct {
	url string

	mu   sync.Mutex
	drop map[string]int           // answers to break, by path
	came map[string]int           // requests, by path
	cut  []func()                 // ends the event streams that are open
	held map[string]chan struct{} // answers that arrive when it is closed, by path
}

// breakable gives a way to the door at the address.
func breakable(t *testing.T, door string) *brokenWay {
	t.Helper()
	to, err := url.Parse(door)
	if err != nil {
		t.Fatal(err)
	}
	b := &brokenWay{drop: map[string]int{}, came: map[string]int{}}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = to.Host
		if r.In.Header.Get("Origin") != "" {
			r.Out.Header.Set("Origin", door)
		}
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		path := req.URL.Path
		ctx, cancel := context.WithCancel(req.Context())
		defer cancel()
		b.mu.Lock()
		b.came[path]++
		broken, held := b.drop[path] > 0, b.held[path]
		b.drop[path]--
		if path == "/events" {
			b.cut = append(b.cut, cancel)
		}
		b.mu.Unlock()
		if broken {
			proxy.ServeHTTP(httptest.NewRecorder(), req)
			panic(http.ErrAbortHandler)
		}
		if held != nil {
			late := httptest.NewRecorder()
			proxy.ServeHTTP(late, req)
			<-held
			maps.Copy(w.Header(), late.Header())
			w.WriteHeader(late.Code)
			_, _ = w.Write(late.Body.Bytes())
			return
		}
		proxy.ServeHTTP(w, req.WithContext(ctx))
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// hold keeps the answers of a path until it is let go.
func (b *brokenWay) hold(path string) (letGo func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	held := make(chan struct{})
	b.held = map[string]chan struct{}{path: held}
	return sync.OnceFunc(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.held = nil
		close(held)
	})
}

func (b *brokenWay) count(path string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.came[path]
}

// TestABrokenConnectionLocksNoPage: a browser drops connections when the
// network of the computer changes, and sends a request once more whose answer
// it lost. The door takes such a request once, and the page stays open.
func TestABrokenConnectionLocksNoPage(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	browser := openBrowser(t, w.edge, 700, 700)
	p, s := serving(t, w)
	way := breakable(t, s.OwnerURL)
	browser.open(strings.Replace(p.link(), s.OwnerURL, way.url, 1))
	browser.see(readyHere)
	other := browser.second()
	other.open(way.url + "/")
	other.see(readyHere)

	browser.eval(`window.alert = () => {}; ""`) // it says that it came twice
	browser.view("settings")
	// It sends once more what it lost on a connection that it had used before, so
	// one of those has to lie idle.
	browser.eval(`Promise.all([1, 2, 3].map(() => fetch("/").then((r) => r.text()))).then(() => "")`)
	way.mu.Lock()
	way.drop["/read-only"] = 1
	way.mu.Unlock()
	browser.press(`form[data-post="/read-only"] button`)
	browser.see("Read-only is on")
	if n := way.count("/read-only"); n != 2 {
		t.Errorf("the browser sent it %d times: this tested nothing", n)
	}

	streams := way.count("/events")
	way.mu.Lock()
	for _, cut := range way.cut {
		cut()
	}
	way.cut = nil
	way.mu.Unlock()
	desktest.Eventually(t, "both tabs listen again", func() bool { return way.count("/events") >= streams+2 })
	if err := control.NewClient(p.dir).Do(t.Context(), "read-only", nil, "on", "false"); err != nil {
		t.Fatal(err)
	}
	for _, tab := range []*tab{browser, other} {
		tab.view("settings")
		tab.see("Read-only is off")
	}
}

// TestASlowAnswerInOneOfTwoTabs: the other tab sees at once what was decided, and
// has nothing left to decide; a second press while the answer is on its way does
// nothing more.
func TestASlowAnswerInOneOfTwoTabs(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := asks(t, p, s)
	way := breakable(t, s.OwnerURL)
	one := openBrowser(t, w.edge, 900, 800)
	one.open(strings.Replace(p.link("changes"), s.OwnerURL, way.url, 1))
	one.see("What assistants changed")
	other := one.second()
	other.open(way.url + "/#changes")
	answer := chat.begin(1, "coda_update_row", noteTo("By a slow answer"))
	for _, tab := range []*tab{one, other} {
		tab.see("asked at")
	}
	one.settled("#pending-list")
	letGo := way.hold("/changes/answer")
	defer letGo()
	one.press("#pending-list button.primary")
	one.press("#pending-list button.primary")
	if out := <-answer; !strings.Contains(out, "ch-") {
		t.Errorf("the call hears %s", out)
	}
	other.see("was answered elsewhere")
	other.evaluated("nothing is left to decide", `document.querySelectorAll("#pending-list li").length`, "0")
	letGo()
	one.see("The change is allowed, once")
	one.evaluated("nothing is left to decide", `document.querySelectorAll("#pending-list li").length`, "0")
	if n := way.count("/changes/answer"); n != 1 || w.coda.Count("updateRow") != 1 {
		t.Errorf("it was answered %d times, and written %d times", n, w.coda.Count("updateRow"))
	}

	letGo = way.hold("/read-only")
	defer letGo()
	one.view("settings")
	one.press(`form[data-post="/read-only"] button`)
	other.view("settings")
	other.see("Read-only is on")
	letGo()
	one.see("Read-only is on")
}

// TestAPressIsNotLostWhereThePageIsDrawnAnew between the button's way down and its
// way up, by the mouse and by the keyboard.
func TestAPressIsNotLostWhereThePageIsDrawnAnew(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, _ := serving(t, w)
	page := openBrowser(t, w.edge, 900, 800)
	page.open(p.link("settings"))
	page.see("Read-only is off")
	const button = `form[data-post="/read-only"] button`
	const place = "document.querySelector('" + button + "')"
	var x, y float64
	mouse := func(kind input.DispatchMouseEventType) {
		page.do(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchMouseEvent,
				input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1})
			return err
		})
	}
	space := func(kind input.DispatchKeyEventType, text string) {
		page.do(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent,
				input.DispatchKeyEventParams{Type: kind, Key: " ", Code: "Space", WindowsVirtualKeyCode: 32, Text: text})
			return err
		})
	}
	for _, c := range []struct {
		now      string
		down, up func()
	}{
		{"on", func() { mouse(input.DispatchMouseEventTypeMousePressed) }, func() { mouse(input.DispatchMouseEventTypeMouseReleased) }},
		{"off", func() { space(input.DispatchKeyEventTypeKeyDown, " ") }, func() { space(input.DispatchKeyEventTypeKeyUp, "") }},
	} {
		page.eval(fmt.Sprintf(atRest, button))
		at := page.eval(`(() => { const b = ` + place + `, r = b.getBoundingClientRect(); b.focus(); return (r.x + r.width / 2) + " " + (r.y + r.height / 2); })()`)
		if _, err := fmt.Sscan(at, &x, &y); err != nil {
			t.Fatal(at, err)
		}
		c.down()
		page.eval(place + `.closest("[id^=s-]").dataset.html = "another"; window.codabridge.redraw(); ""`)
		c.up()
		page.see("Read-only is " + c.now)
	}
}
