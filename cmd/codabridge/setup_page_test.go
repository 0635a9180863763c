package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// TestEachStepOfTheSetUpGoesWhenItIsDone: the owner presses Enter after each
// token. A step that stays, or the word that codabridge does not answer, would
// make them paste a good token again.
func TestEachStepOfTheSetUpGoesWhenItIsDone(t *testing.T) {
	t.Parallel()
	p, _, page := freshProgram(t)
	page.open(p.link())
	page.see("Set up in three steps")

	page.enter("#coda-token", codaCanary)
	page.gone("#coda-token")
	page.enter("#ngrok-token", ngrokCanary)
	page.gone("#ngrok-token")
	page.see("Connect ChatGPT")
	if said := page.eval(`document.body.innerText`); strings.Contains(said, "does not answer") {
		t.Errorf("the page says that codabridge does not answer:\n%s", said)
	}
}

// freshProgram is a program that has been given nothing yet, beside a keyring,
// and a browser for its page.
func freshProgram(t *testing.T) (*program, *harness, *tab) {
	t.Helper()
	w, bus := newHarness(t), desktest.StartBus(t)
	p := newProgram(t, append(w.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)...)
	desktest.StartKeyring(t, bus, t.TempDir(), "pw")
	p.start("serve")
	p.await("the keyring", func(s app.State) bool { return strings.Contains(s.Sentence, "give codabridge your Coda") })
	return p, w, openBrowser(t, w.edge, 900, 1000)
}

// enter types a text into a field and presses Enter.
func (b *tab) enter(field, text string) {
	b.t.Helper()
	b.fill(field, text)
	b.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent("\r")) })
}

// gone waits until nothing on the page matches.
func (b *tab) gone(selector string) {
	b.t.Helper()
	desktest.Eventually(b.t, selector+" is gone", func() bool {
		return b.eval(`String(document.querySelector(`+"`"+selector+"`"+`) === null)`) == "true"
	})
}
