package main

import (
	"strings"
	"testing"

	"codabridge/app"
)

// TestThePagePausesAndTellsWhatIsNew: the buttons of Home and of Settings do what
// they say, and what is new is shown until it was read.
func TestThePagePausesAndTellsWhatIsNew(t *testing.T) {
	t.Parallel()
	feed, _, _ := releases(t, "v9.1.0")
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_UPDATES_FEED="+feed)
	p.local(s.LocalURL)
	p.updated()
	p.awaitPhase(app.PhaseLocal)
	page := openBrowser(t, w.edge, 1000, 900)
	page.open(p.link())

	page.see("New in codabridge")
	page.see("May codabridge ask once a week")
	page.shot("news")
	page.axe("what is new")
	page.press(`form[data-post="/news/seen"] button`)
	p.await("that it was read", func(s app.State) bool { return s.Updates.New == "" })
	page.press(`#s-news form[data-post="/updates"] button.primary`)
	p.await("the newer version", func(s app.State) bool { return s.Updates.On && s.Updates.Newest == "v9.1.0" })
	page.see("codabridge v9.1.0 is out.")
	if got := page.eval(`document.querySelector("#s-news a").href`); got != strings.TrimSuffix(feed, ".atom")+"/tag/v9.1.0" {
		t.Errorf("the link leads to %s", got)
	}
	page.shot("newer")

	page.press(`form[data-post="/pause"] button`)
	p.await("a pause", func(s app.State) bool { return s.Paused })
	page.see("Paused: assistants are told so")
	page.shot("paused")
	page.press(`#s-status form[data-post="/start"] button`)
	p.await("the end of the pause", func(s app.State) bool { return !s.Paused })

	page.view("settings")
	page.press(`button[aria-label="the search index is complete"]`)
	p.await("a kind that is off", func(s app.State) bool {
		for _, n := range s.Notifications {
			if n.Kind == "index" {
				return !n.On
			}
		}
		return false
	})
	page.axe("the notifications")
	page.shot("notifications")
}
