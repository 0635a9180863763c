package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

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
	drop map[string]int // answers to break, by path
	came map[string]int // requests, by path
	cut  []func()       // ends the event streams that are open
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
		broken := b.drop[path] > 0
		b.drop[path]--
		if path == "/events" {
			b.cut = append(b.cut, cancel)
		}
		b.mu.Unlock()
		if broken {
			proxy.ServeHTTP(httptest.NewRecorder(), req)
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, req.WithContext(ctx))
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
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
