package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/server/coda/codatest"
	changestore "codabridge/server/store/changes"
	statestore "codabridge/server/store/state"
)

// widths are those of windows that people have.
var widths = []int64{320, 380, 700, 1000, 1600}

// cut names what is cut off: what is wider or higher than a box that hides the
// rest. A box that scrolls and can be reached by the keyboard is none, nor is a
// choice or a field, which end in an ellipsis or move with the cursor.
const cut = `[...document.querySelectorAll("body *")].filter((e) => {
	if (!e.offsetParent || e.closest("svg, .visually-hidden, select, input, textarea, .switch") || e.closest("thead")?.offsetWidth === 1) return false;
	const style = getComputedStyle(e), over = [style.overflowX, style.overflowY];
	if (style.display === "inline") return false;
	const wide = e.scrollWidth > e.clientWidth + 1, high = e.scrollHeight > e.clientHeight + 1;
	if (over[0] === "hidden" && wide || over[1] === "hidden" && high || over[0] === "clip" && wide) return true;
	return wide && over[0] !== "visible" && e.tagName !== "PRE";
}).map((e) => e.outerHTML.slice(0, 160)).join("\n")`

// longDocs are docs whose names leave a page no place to break a line, and one
// that is read from the right.
func longDocs(t *testing.T) *harness {
	t.Helper()
	right := strings.Repeat("תוכנית_", 17)
	return withDocs(t, []*codatest.Doc{smallDoc(alpha, strings.Repeat("Averylongname", 9)+"end", alphaRow), smallDoc(beta, right, strings.Repeat("x", 300))})
}

// crowd is what an owner has after years: many connections with long names, and a
// long record of calls and of changes.
func crowd(t *testing.T, p *program, docs []string) {
	t.Helper()
	for i := range 12 {
		p.act("keys/add", "name", fmt.Sprintf("%s%d", strings.Repeat("Schlüssel", 8), i), "policy", "ask")
	}
	record, _, err := statestore.Open(filepath.Join(p.dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	history, _, err := changestore.Open(filepath.Join(p.dir, "changes.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer history.Close()
	now, calls := time.Now(), []statestore.Activity{}
	for i := range 120 {
		at, doc, who := now.Add(-time.Duration(i)*time.Second), docs[i%2], strings.Repeat("LangerName", 8)
		call := statestore.Activity{Time: at, Caller: fmt.Sprintf("c%d", i%9), Connection: who, Tool: "coda_list_documents", Doc: doc, DocName: doc,
			Status: []string{"ok", "error", "timeout", "fault"}[i%4], Duration: time.Duration(i*i) * time.Millisecond, Out: i * i * 100}
		calls = append(calls, call)
		change := changestore.Record{ID: fmt.Sprintf("ch-%06d", i), Time: at, Connection: "c1", Client: who, Tool: "coda_update_row", Operation: "updateRow",
			Doc: alpha, DocName: doc, Sentence: "Changed 1 cell of the row \"" + strings.Repeat("שורה", 20) + "\"", State: []changestore.State{"applied", "failed", "half"}[i%3]}
		if err := history.Add(t.Context(), change, "", changestore.Lives{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := record.AddActivity(t.Context(), now, calls...); err != nil {
		t.Fatal(err)
	}
}

// TestNothingIsCutAtAnyWidth: no view of the page scrolls sideways or hides
// anything without a sign, from a small phone to a wide screen, whatever is in it.
func TestNothingIsCutAtAnyWidth(t *testing.T) {
	t.Parallel()
	w := longDocs(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.connect(func(code string) { p.must("approve", "--write", code) })
	p.must("allow", s0(t, p), "ask")
	answer := make(chan string, 1)
	go func() {
		answer <- chat.said("coda_update_row", map[string]any{"document": beta, "table": "Things", "row": "First", "values": map[string]any{"Note": strings.Repeat("y", 300)}})
	}()
	p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == 1 })
	p.await("a complete index", indexComplete)
	docs := []string{strings.Repeat("Averylongname", 9) + "end", strings.Repeat("תוכנית_", 17)}
	crowd(t, p, docs)
	chat.call("coda_list_documents", map[string]any{})
	p.home(homeFiles) // with programs to connect
	page := openBrowser(t, w.edge, 1000, 800)
	signIn := page.asked(s.LocalURL)
	page.open(p.link("doctor"))
	page.fillWith(signIn.text("#code"))
	page.view("search")
	page.fill("#try-query", "Home")
	page.press("#try-search button")
	page.see("hit")
	page.eval(`for (const d of document.querySelectorAll("details")) d.open = true; ""`)
	for i, width := range widths {
		scheme := []string{"light", "dark"}[i%2]
		page.window(width, 800, scheme)
		for _, view := range app.Views {
			page.view(view)
			page.wide(fmt.Sprintf("wide-%s-%d-%s", view, width, scheme))
		}
		signIn.window(width, 800, scheme)
		signIn.wide(fmt.Sprintf("wide-signin-%d-%s", width, scheme))
	}
	p.must("refuse-change", pendingID(t, p))
	<-answer
}

// wide wants the page as it stands to hide nothing.
func (b *tab) wide(name string) {
	b.t.Helper()
	b.shot(name)
	b.fits(name)
	if out := b.eval("[" + cut + "," + sticksOut + "].filter(Boolean).join()"); out != "" {
		b.t.Errorf("%s: cut off or sticking out: %s", name, out)
	}
}
