package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// disabledIn counts the buttons that do not work yet.
func disabledIn(selector string) chromedp.Action[string] {
	return chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q) ? String(document.querySelectorAll(%q).length) : "none"`,
		selector+" button", selector+" :disabled, "+selector+" [aria-disabled=true]"))
}

// settled waits until buttons work that were just drawn.
func (b *tab) settled(selector string) {
	b.t.Helper()
	b.wait("the buttons work", disabledIn(selector), func(s string) bool { return s == "0" })
}

// asking is a connection that asks before each change, and the calls it makes.
type asking struct {
	*assistant
	p *program
}

func asks(t *testing.T, p *program, s app.State) asking {
	t.Helper()
	chat := p.local(s.LocalURL)
	p.must("allow", s0(t, p), "ask")
	return asking{chat, p}
}

// begin calls a tool and waits until it is n changes that wait.
func (a asking) begin(n int, tool string, args map[string]any) (answer chan string) {
	a.t.Helper()
	answer = make(chan string, 1)
	go func() { answer <- a.said(tool, args) }()
	a.p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == n })
	return answer
}

func noteTo(text string) map[string]any {
	return map[string]any{"document": alpha, "table": "Things", "row": "First", "values": map[string]any{"Note": text}}
}

// TestChangesWaitOnThePage: each is shown as it would be, to the letter, comes and
// goes by itself, and is answered by the keyboard alone in every way there is.
func TestChangesWaitOnThePage(t *testing.T) {
	t.Parallel()
	w := hostileDocs(t)
	p, s := serving(t, w)
	chat := asks(t, p, s)
	page := openBrowser(t, w.edge, 1200, 900)
	page.open(p.link("changes"))
	page.see("Changes are recorded")
	answer := chat.begin(1, "coda_update_row", noteTo("zirconium and "+hostile))
	page.see("Waits for your yes")
	page.wait("the count", chromedp.Evaluate[string](`document.title`), func(s string) bool { return strings.HasPrefix(s, "(1) Changes") })
	if was := page.says("#pending-list ins", func(s string) bool { return s != "" }); !strings.Contains(was, "<script>") || !strings.Contains(was, `\u202e`) {
		t.Errorf("what is new reads %q", was)
	}
	if same := page.text("#pending-list dd span"); same != alphaRow {
		t.Errorf("what stays reads %q", same)
	}
	page.unhurt()
	page.press("#pending-list summary")
	if args := page.text("#pending-list pre"); !strings.Contains(args, `"row": "First"`) || !strings.Contains(args, "onerror") {
		t.Errorf("the arguments read %s", args)
	}
	page.settled("#pending-list")
	for _, scheme := range []string{"dark", "light"} {
		page.look(1200, scheme)
		page.shot("pending-" + scheme)
		page.axe("a change that waits, " + scheme)
	}

	// A press that comes at once was meant for something else.
	page.settled("#pending-list")
	second := chat.begin(2, "coda_update_row", noteTo("two"))
	page.wait("the second", chromedp.Evaluate[string](`String(document.querySelectorAll("#pending-list > li").length)`), func(s string) bool { return s == "2" })
	page.eval(`document.querySelector("#pending-list li:nth-child(2) .primary").click(); ""`)
	if n := p.await("both wait", func(s app.State) bool { return s.Changes.Waiting == 2 }).Changes.Waiting; n != 2 {
		t.Error("it was taken for a yes")
	}
	page.settled("#pending-list")
	page.tabTo("#pending-list li:nth-child(1) form input")
	page.keys("n", "o", "t", " ", "n", "o", "w", "\r")
	if said := <-answer; !strings.Contains(said, "the owner said no") || !strings.Contains(said, "not now") {
		t.Errorf("no: %s", said)
	}
	page.wait("the second alone", chromedp.Evaluate[string](`String(document.querySelectorAll("#pending-list > li").length)`), func(s string) bool { return s == "1" })
	page.settled("#pending-list")
	if on := page.eval(`document.activeElement.closest("#pending-list li") ? "next" : document.activeElement.tagName`); on != "next" {
		t.Errorf("after an answer the keyboard is at %s", on)
	}
	page.tabTo("#pending-list .primary")
	page.keys("\r")
	if said := <-second; !strings.Contains(said, "ch-") || w.coda.Count("updateRow") != 1 {
		t.Errorf("yes: %s", said)
	}
	page.see("Nothing waits any more")
	page.see("Changed 1 cell") // in the list below, at once

	// For a while, after which nothing is asked.
	third := chat.begin(1, "coda_update_row", noteTo("three"))
	page.settled("#pending-list")
	page.tabTo("#pending-list select")
	page.keys("for 3")
	page.eval(`document.activeElement.closest("li").querySelector("select").previousElementSibling.focus(); ""`)
	page.keys("\r")
	if said := <-third; !strings.Contains(said, "ch-") {
		t.Errorf("yes for a while: %s", said)
	}
	policyIs(p, "ask", true)
	if !recorded(chat.said) {
		t.Error("it asks still")
	}
	if narrow := openBrowser(t, w.edge, 320, 640); true {
		p.must("allow", s0(t, p), "ask")
		fourth := chat.begin(1, "coda_update_row", noteTo(hostile))
		narrow.open(p.link("changes"))
		narrow.see("Yes, once")
		narrow.fits("a change that waits")
		narrow.shot("pending-narrow")
		p.must("refuse-change", "--word", "no", pendingID(t, p))
		<-fourth
		narrow.see("was answered elsewhere")
		narrow.unhurt()
	}
}

// pendingID is the id of the one change that waits.
func pendingID(t *testing.T, p *program) string {
	t.Helper()
	for line := range strings.Lines(p.must("pending")) {
		if strings.HasPrefix(line, "ask-") {
			return strings.Fields(line)[0]
		}
	}
	t.Fatal("nothing waits")
	return ""
}

// TestTwoAnswersToOneChange: of two tabs and a terminal one is first, and the
// others say so; nothing is done twice.
func TestTwoAnswersToOneChange(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := asks(t, p, s)
	one := openBrowser(t, w.edge, 900, 900)
	one.open(p.link("changes"))
	two := one.second()
	two.open(p.link("changes"))
	answer := chat.begin(1, "coda_update_row", noteTo("once"))
	for _, tab := range []*tab{one, two} {
		tab.see("Yes, once")
		tab.settled("#pending-list")
	}
	id := pendingID(t, p)
	no := `window.codabridge.post("/changes/answer", { id: "` + id + `", yes: "%v", for: "", word: "" }).then((a) => JSON.stringify(a))`
	first := one.eval(fmt.Sprintf(no, true))
	late := two.eval(fmt.Sprintf(no, false))
	if !strings.Contains(first, "allowed") || !strings.Contains(late, "waits for an answer any more") {
		t.Errorf("the first: %s, the second: %s", first, late)
	}
	if out, code := p.run("refuse-change", id); code != 1 || !strings.Contains(out, "any more") {
		t.Errorf("the terminal: %d %s", code, out)
	}
	if said := <-answer; !strings.Contains(said, "ch-") || w.coda.Count("updateRow") != 1 {
		t.Errorf("it was told %s", said)
	}
	for _, tab := range []*tab{one, two} {
		tab.see("was answered elsewhere")
		tab.see("Nothing waits any more")
	}
}
