package main

import (
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
)

// TestALostClientIsReadoptedInARealBrowser: the owner lost the data folder.
// ChatGPT still asks as the client that was registered then; its page leads to
// the owner's, and one click there takes it back, for that one address only.
func TestALostClientIsReadoptedInARealBrowser(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.clientID, chat.redirect = "5b0c0e3a-8a1f-4f43-9d7e-0d2f6f0b8a11", "https://chatgpt.com/connector/oauth/cb_7"
	chat.discover()
	signIn := openBrowser(t, w.edge, 760, 800)
	signIn.open(chat.authorizeURL())
	signIn.see("earlier set-up")
	signIn.shot("lost-client")
	link := signIn.eval(`[...document.querySelectorAll("a")].map((a) => a.href).find((h) => h.includes("#knock=")) || ""`)
	if !strings.HasPrefix(link, s.OwnerURL+"/#knock=") {
		t.Fatalf("the page leads to %q", link)
	}
	owner := signIn.second()
	owner.open(p.link())
	owner.see("Approve a connection")
	owner.open(link)
	owner.see("says it was connected before")
	owner.shot("re-adopt")
	owner.press(`form[data-post="/knock/allow"] button`)
	desktest.Eventually(t, "the page to know it", func() bool {
		return owner.eval(`String(document.querySelector('form[data-post="/knock/allow"]') === null)`) == "true"
	})

	code := chat.ask()
	p.must("approve", code)
	chat.redeem(chat.outcome().Get("code"))
	if !chat.sees("search") {
		t.Error("re-adopted and approved, but there are no tools")
	}
}
