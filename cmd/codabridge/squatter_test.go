package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// squatter is a program that takes the owner's port as soon as codabridge has
// ended, and keeps what it is sent.
type squatter struct {
	answer func(w http.ResponseWriter, req *http.Request)

	mu    sync.Mutex // guards heard
	heard []string
}

func (s *squatter) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	s.mu.Lock()
	s.heard = append(s.heard, fmt.Sprint(req.Method, req.URL, req.Header, string(body)))
	s.mu.Unlock()
	s.answer(w, req)
}

func (s *squatter) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.heard, "\n")
}

// squat takes an address that was just given up.
func squat(t *testing.T, addr string, answer func(http.ResponseWriter, *http.Request)) *squatter {
	t.Helper()
	s := &squatter{answer: answer}
	var l net.Listener
	desktest.Eventually(t, "the port is free", func() (ok bool) {
		var err error
		l, err = net.Listen("tcp", addr)
		return err == nil
	})
	server := &http.Server{Handler: s}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return s
}

// watched runs before the page's own script: it makes waits short, counts what
// is still to come, and keeps the last answer and its proof.
const watched = `(() => {
	const timers = new Set(), later = setTimeout, forget = clearTimeout, ask = fetch;
	let asked = 0;
	window.setTimeout = (f, ms, ...a) => {
		const id = later(() => { timers.delete(id); f(...a); }, ms > 60000 ? ms : ms / 50);
		timers.add(id);
		return id;
	};
	window.clearTimeout = (id) => { timers.delete(id); forget(id); };
	window.fetch = async (...a) => {
		asked++;
		try {
			const answer = await ask(...a), copy = answer.clone();
			copy.text().then((text) => { window.lastAnswer = JSON.stringify({ text, proof: answer.headers.get("X-Codabridge-Proof") }); }, () => {});
			return answer;
		} finally { asked--; }
	};
	window.still = () => timers.size + asked;
})()`

// readyHere stands on the first view of a page that was let in.
const readyHere = "Ready, for programs on this computer only."

// ownersTab opens the owner's page with the watch in it.
func ownersTab(b *tab, link string) *tab {
	other := b.second()
	other.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watched})
		return err
	})
	other.open(link)
	other.see(readyHere)
	return other
}

// TestWhoTakesTheOwnersPortGetsNothing: a tab left open sent its secret every
// second and a half to whatever program had the port by then, and drew what
// came as HTML.
func TestWhoTakesTheOwnersPortGetsNothing(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	browser := openBrowser(t, w.edge, 700, 700)
	sections := `{"version":"x","sections":[{"id":"status","html":"<img src=x onerror='document.title=1'>SQUATTED"}]}`
	var last struct{ Text, Proof string }
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"sections of its own": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, sections) },
		"the door's last answer and its proof": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Codabridge-Proof", last.Proof)
			io.WriteString(w, last.Text)
		},
		"sections of its own with a proof it has seen": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Codabridge-Proof", last.Proof)
			io.WriteString(w, sections)
		},
		"a refusal in its own words": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(401)
			io.WriteString(w, `{"error":"x","error_description":"SQUATTED"}`)
		},
		"silence": func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() },
		"a redirect to where it reads along": func(w http.ResponseWriter, req *http.Request) {
			if req.URL.Path == "/caught" {
				io.WriteString(w, sections)
				return
			}
			http.Redirect(w, req, "/caught", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, s := serving(t, w)
			link := p.link()
			tab := ownersTab(browser, link)
			secret := tab.eval(`localStorage.getItem("codabridge-session")`)
			if secret == "" {
				t.Fatal("the page keeps no secret under that name")
			}
			if err := json.Unmarshal([]byte(tab.eval(`window.lastAnswer`)), &last); err != nil || last.Proof == "" {
				t.Fatalf("%v %+v", err, last)
			}
			p.stop(os.Kill)
			sq := squat(t, strings.TrimPrefix(s.OwnerURL, "http://"), answer)
			tab.see("codabridge has ended")
			tab.wait("nothing more to come", chromedp.Evaluate[string](`String(window.still())`), func(s string) bool { return s == "0" })
			if left := tab.eval(`String(localStorage.getItem("codabridge-session")) + document.title + document.body.innerText`); !strings.HasPrefix(left, "null") || strings.Contains(left, "SQUATTED") {
				t.Errorf("the page: %s", left)
			}
			_, key, _ := strings.Cut(link, "key=")
			if heard := sq.all(); strings.Contains(heard, secret) || strings.Contains(heard, key) || strings.Contains(heard, codaCanary) {
				t.Errorf("the squatter heard a secret:\n%s", heard)
			}
		})
	}
}

// TestAServiceWorkerOfASquatterOutlivesNothing: one registered at an old port
// would serve the next real link. The next start has another origin.
func TestAServiceWorkerOfASquatterOutlivesNothing(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	browser := openBrowser(t, w.edge, 700, 700)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.args = []string{"--listen", "127.0.0.1:0"} // the owner's port is left to the default
	p.start("serve")
	s := p.awaitPhase(app.PhaseLocal)
	if strings.HasSuffix(s.OwnerURL, ":8086") {
		t.Errorf("a fixed port is the default: %s", s.OwnerURL)
	}
	tab := ownersTab(browser, p.link())
	for _, script := range []string{s.OwnerURL + "/static/owner.js", s.OwnerURL + "/"} {
		if said := tab.eval(`navigator.serviceWorker.register(` + fmt.Sprintf("%q", script) + `).then(() => "registered", (e) => "refused: " + e)`); !strings.HasPrefix(said, "refused") {
			t.Errorf("%s: %s", script, said)
		}
	}
	p.stop(os.Kill)
	tab.see("codabridge has ended")
	squat(t, strings.TrimPrefix(s.OwnerURL, "http://"), func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/sw.js" {
			w.Header().Set("Content-Type", "text/javascript")
			io.WriteString(w, `onfetch = (e) => e.respondWith(new Response("SQUATTED", { headers: { "Content-Type": "text/html" } }))`)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<body>theirs<script>navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then(() => document.body.append(" for good"))</script>`)
	})
	tab.open(s.OwnerURL + "/")
	tab.see("theirs for good")
	p.start("serve")
	again := p.awaitPhase(app.PhaseLocal)
	if again.OwnerURL == s.OwnerURL {
		t.Fatalf("the next start has the origin of the last one: %s", again.OwnerURL)
	}
	next := ownersTab(browser, p.link())
	if text := next.eval(`document.body.innerText`); strings.Contains(text, "SQUATTED") {
		t.Errorf("the next link is served by the squatter: %s", text)
	}
}

// TestTheFileThatABrowserGetsLeadsToThePageOnce, and is gone then.
func TestTheFileThatABrowserGetsLeadsToThePageOnce(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	browser := openBrowser(t, w.edge, 700, 700)
	stub := desktest.StartStub(t, "xdg-open", "0")
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none", "DISPLAY=:99999", "PATH="+stub.Path())...)
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	p.must("open")
	address := stub.Next(t)
	link := desktest.LinkIn(t, address)
	if !strings.HasPrefix(strings.TrimPrefix(address, "file://"), p.dir+"/") {
		t.Errorf("the file is at %s", address)
	}
	browser.open(address)
	browser.see(readyHere)
	desktest.Eventually(t, "the file is gone", func() bool {
		_, err := os.Stat(strings.TrimPrefix(address, "file://"))
		return os.IsNotExist(err)
	})
	other := openBrowser(t, w.edge, 600, 500)
	other.open(link)
	other.see("used already")
}
