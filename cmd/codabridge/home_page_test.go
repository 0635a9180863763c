package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// TestTheFirstCallEndsTheGuide: the page says by itself that an assistant has
// come, and shows from then on what there is. The doctor is no assistant.
func TestTheFirstCallEndsTheGuide(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := online(t, w)
	page := openBrowser(t, w.edge, 1100, 900)
	page.open(p.link())
	page.see("2 of 3 done")
	page.see("connect a program on this computer")
	if steps := page.eval(`document.querySelector("#guide [aria-current=step] h3").textContent`); steps != "Connect ChatGPT" {
		t.Errorf("the step to do is %q", steps)
	}
	p.act("doctor")
	page.view("doctor")
	page.view("home")
	page.see("2 of 3 done")

	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.connect(func(code string) { p.must("approve", code) })
	page.see("2 of 3 done") // connected, and nothing asked yet
	chat.call("coda_list_documents", map[string]any{})
	page.see("ChatGPT made its first call")
	page.see("Last calls")
	page.gone("#guide")
	page.press("#first-call-done")
	page.wait("the word goes", chromedp.Evaluate[string](`String(document.getElementById("first-call").hidden)`), func(s string) bool { return s == "true" })
	page.wait("the call", textOf("s-glance"), func(s string) bool {
		return strings.Contains(s, "List documents") && !strings.Contains(s, "codabridge doctor") && strings.Contains(s, "of 20,000 requests")
	})
	if qr := page.eval(`document.querySelector("svg.qr").getAttribute("aria-label")`); !strings.Contains(qr, "QR code") {
		t.Errorf("the picture of the URL says %q", qr)
	}
	page.open(p.link())
	page.see("Last calls")
	if text := page.text("#main"); strings.Contains(text, "first call") || strings.Contains(text, "three steps") {
		t.Errorf("the guide comes back:\n%s", text)
	}
}

// TestTheMonthsUseOfTheTunnelIsCounted, and goes on after a restart. What does
// not pass the tunnel is not in it.
func TestTheMonthsUseOfTheTunnelIsCounted(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	ask := func(client *http.Client, url string) {
		t.Helper()
		resp, err := client.Get(url + "/health")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for range 3 {
		ask(w.edge.Client(), s.PublicURL)
	}
	ask(&http.Client{}, s.LocalURL)
	q := p.await("the count", func(s app.State) bool { return s.Tunnel.Quota.Requests == 3 }).Tunnel.Quota
	if want := int64(3 * len(`{"status":"ok"}`)); q.Bytes < want || q.Bytes > want+30 || q.MostRequests != 20_000 || q.Since.IsZero() {
		t.Errorf("counted %+v", q)
	}
	p.stop(syscall.SIGTERM)
	p.start("serve")
	s = p.awaitPhase(app.PhaseOnline)
	ask(w.edge.Client(), s.PublicURL)
	p.await("the count after a restart", func(s app.State) bool {
		return s.Tunnel.Quota.Requests == 4 && s.Tunnel.Quota.Since.Equal(q.Since)
	})
}

// TestWithoutAKeyringTheTokensAreHeldInMemory: the page says once what is
// missing, and takes both tokens for this run. Nothing of them is kept.
func TestWithoutAKeyringTheTokensAreHeldInMemory(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, w.env...) // no session bus
	p.start("serve")
	s := p.await("the word about the keyring", func(s app.State) bool { return s.NoKeyring })
	if !strings.Contains(s.Sentence, "CODABRIDGE_CODA_TOKEN and NGROK_AUTHTOKEN") {
		t.Errorf("status says %+v", s.Sentence)
	}
	page := openBrowser(t, w.edge, 900, 1000)
	page.open(p.link())
	page.see("holds them in memory only")
	if text := page.text("#main"); strings.Count(text, "No keyring can be reached") != 1 || strings.Contains(text, "unlock it") || strings.Contains(text, "goes into this computer's keyring") {
		t.Errorf("the page says\n%s", text)
	}
	page.enter("#coda-token", codaCanary)
	page.see("Held in memory until codabridge ends")
	page.enter("#ngrok-token", ngrokCanary)
	s = p.awaitPhase(app.PhaseOnline)
	if s.Coda.Source != "memory" || s.Tunnel.Source != "memory" {
		t.Errorf("the tokens come from %s and %s", s.Coda.Source, s.Tunnel.Source)
	}
	p.act("reload") // the keyring is asked again, there is none, and what is held stays
	if s, err := p.state(); err != nil || !s.Coda.Ready || s.Phase != app.PhaseOnline {
		t.Errorf("%v %s", err, s.Sentence)
	}
	page.view("settings")
	page.onElement(chromedp.WaitReady(chromedp.CSS(`form[data-post="/ngrok-token/forget"]`))) // its section is drawn anew
	page.eval(`document.querySelector('form[data-post="/ngrok-token/forget"]').removeAttribute("data-confirm"); document.querySelector('form[data-post="/ngrok-token/forget"]').requestSubmit(); ""`)
	page.see("The ngrok authtoken is forgotten")
	p.stop(syscall.SIGTERM)
	for path, text := range tree(t, p.dir) {
		if strings.Contains(text, codaCanary) || strings.Contains(text, ngrokCanary) {
			t.Errorf("a token stands in %s", path)
		}
	}
	p.start("serve")
	if s := p.awaitPhase(app.PhaseSetup); s.Coda.Ready {
		t.Error("a token outlived the program")
	}
}
