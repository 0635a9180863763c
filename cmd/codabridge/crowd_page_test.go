package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/server/coda/codatest"
)

// TestOneOfHundredsIsChosen: of hundreds of docs the page draws those that the name
// leaves, a hundred at a time, and what was chosen stays chosen though it is not
// drawn; of many connections it draws the latest, and finds the others. All of it by
// the keyboard.
func TestOneOfHundredsIsChosen(t *testing.T) {
	t.Parallel()
	docs := make([]*codatest.Doc, 350)
	for i := range docs {
		docs[i] = &codatest.Doc{ID: fmt.Sprintf("Doc%07d", i), Name: fmt.Sprintf("Plan %d", i)}
	}
	docs[123].Name = "Zürich " + strings.Repeat("x", 200) + " 👩‍🔬"
	w := withDocs(t, docs)
	p, _ := serving(t, w, "CODABRIDGE_INDEX=off")
	for i := range 27 {
		p.act("keys/add", "name", fmt.Sprintf("Key %d", i))
	}
	page := openBrowser(t, w.edge, 900, 800)
	page.open(p.link("connections"))
	page.see("27 connections")
	page.tabTo("#connections-name")
	page.typed("key 1\r")
	page.evaluated("those found", `document.querySelectorAll("#connections-found > li").length`, "11")
	page.axe("connections that were found")
	page.tabTo(`#connections-found button[data-docs]`)
	who := page.eval(`document.activeElement.dataset.name`)
	page.keys("\r")
	count := func(want string) {
		t.Helper()
		page.says("#docs-count", func(s string) bool { return s == want })
	}
	count("100 of 350 docs shown")
	page.tabTo("#docs-more")
	page.keys("\r")
	count("200 of 350 docs shown")
	if at := page.eval(`[...document.querySelectorAll("#docs-list input")].indexOf(document.activeElement)` + ` + ""`); at != "100" {
		t.Errorf("the keyboard is at row %s", at)
	}
	page.keys(" ")
	page.eval(`document.getElementById("docs-filter").focus(); ""`)
	page.typed("XXX zurich\r")
	count("2 chosen, 1 of 350 docs shown")
	page.shot("docs-many")
	page.fits("a long name in the choice")
	page.axe("the choice of many docs")
	page.tabTo("#docs-save")
	page.keys("\r")
	saved := p.await("the choice", func(s app.State) bool {
		for _, c := range s.Connections {
			if c.Client == who {
				return len(c.Documents) == 2
			}
		}
		return false
	})
	if n := len(saved.Connections); n != 27 {
		t.Errorf("%d connections", n)
	}
	page.wait("what it sees, among those found", textOf("connections-found"), func(s string) bool { return strings.Contains(s, "Sees only") })
	page.window(320, 640, "dark")
	page.fits("many connections")
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
	page.see("27 connections")
}
