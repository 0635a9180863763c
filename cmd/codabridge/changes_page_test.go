package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// badger is a text of a doc; it must stand in the record of changes and nowhere
// else.
const badger = "Badger-4711"

// setNote changes a cell as an assistant does.
func setNote(chat interface {
	said(string, map[string]any) string
}, text string) {
	chat.said("coda_update_row", map[string]any{"document": alpha, "table": "Things", "row": "First", "values": map[string]any{"Note": text}})
}

// listedChanges is what the command lists.
func listedChanges(t *testing.T, p *program, more ...string) (all []app.Change) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.must(append([]string{"changes", "--json"}, more...)...)), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTheOwnerPutsChangesBack on the page, with the keyboard where it can be, and
// from a terminal.
func TestTheOwnerPutsChangesBack(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := p.local(s.LocalURL)
	before := w.coda.Snapshot()
	setNote(chat, badger)
	page := openBrowser(t, w.edge, 760, 900)
	page.open(p.link("changes"))
	page.see(`Changed 1 cell of the row "First"`)
	page.press(`#changes-list button[aria-label^="Look"]`)
	page.see(badger)
	page.press(`#changes-list button[aria-label^="Look"]`)
	page.press(`#changes-list button[aria-label^="Put back"]`)
	page.see("Put back.")
	if now := w.coda.Snapshot(); !sameWorkspace(before, now) {
		t.Errorf("it is not as before: %v", now)
	}
	// Changed since: the page asks, the keyboard answers.
	setNote(chat, "once")
	setNote(chat, "twice")
	page.eval(`document.querySelector("#changes-filter button").click(); ""`)
	page.wait("two more", chromedp.Evaluate[string](`String(document.querySelectorAll('#changes-list button[aria-label^="Put back"]').length)`), func(n string) bool { return n >= "3" })
	page.eval(`[...document.querySelectorAll('#changes-list button[aria-label^="Put back"]')][1].click(); ""`)
	page.see("It was changed since")
	page.see("now: twice")
	if on := page.eval(`document.activeElement.className`); !strings.Contains(on, "question") {
		t.Errorf("the question has not got the keyboard: %q", on)
	}
	page.eval(`document.activeElement.querySelector("button").focus(); ""`)
	page.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent("\r")) })
	page.fits("the owner's page with a question answered")
	page.wait("it is put back", chromedp.Evaluate[string](`document.getElementById("changes-said").textContent`), func(s string) bool { return strings.Contains(s, "Put back.") })
	if now := w.coda.Snapshot(); !sameWorkspace(before, now) {
		t.Errorf("it is not as before: %v", now)
	}
	wantNoContents(t, p)
}

func sameWorkspace(a, b map[string]string) bool {
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return len(a) == len(b)
}

// wantNoContents looks for what stands in docs in every file but the record.
func wantNoContents(t *testing.T, p *program) {
	t.Helper()
	found := []string{}
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil && strings.Contains(string(b), badger) {
			found = append(found, filepath.Base(f))
		}
	}
	for _, f := range found {
		if !strings.HasPrefix(f, "changes.db") && !strings.HasPrefix(f, "index.db") {
			t.Errorf("contents stand in %s", f)
		}
	}
	if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, "changes.db") }) {
		t.Error("how it was is not in the record")
	}
}

// TestChangesFromATerminal: list, show, undo with a question, undo without, and
// after a restart of the program.
func TestChangesFromATerminal(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	before := w.coda.Snapshot()
	chat := p.local(s.LocalURL)
	setNote(chat, "once")
	setNote(chat, "twice")
	all := listedChanges(t, p)
	if len(all) != 2 || all[0].State != "applied" || all[0].Tool != "coda_update_row" || all[0].DocName != "Alpha" {
		t.Fatalf("%+v", all)
	}
	if out := p.must("changes", "show", all[1].ID); !strings.Contains(out, "once") || !strings.Contains(out, "twice") {
		t.Errorf("show: %s", out)
	}
	if len(listedChanges(t, p, "--since", "1h")) != 2 {
		t.Error("the filters do not hold")
	}
	if out, code := p.run("changes", "--since", "Whenever"); code != 2 || !strings.Contains(out, `"Whenever" is no time`) {
		t.Errorf("a time that is none: %d %s", code, out)
	}
	if out, code := p.run("undo", all[1].ID); code != 1 || !strings.Contains(out, "Nothing was put back") {
		t.Errorf("a question that nobody answers: %d %s", code, out)
	}
	p.stop(syscall.SIGTERM)
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if out := p.must("undo", all[0].ID, all[1].ID); strings.Count(out, "Put back.") != 2 || !sameWorkspace(before, w.coda.Snapshot()) {
		t.Errorf("undo: %s", out)
	}
	if out := p.must("changes"); strings.Count(out, "undone") != 2 {
		t.Errorf("changes: %s", out)
	}
}

// TestSeveralChangesArePutBackAtOnce on the page: the chosen, and all that one
// connection did since a time. Where one was changed since, it shows how it was,
// what was written and how it is, and asks.
func TestSeveralChangesArePutBackAtOnce(t *testing.T) {
	t.Parallel()
	w := hostileDocs(t)
	p, s := serving(t, w)
	before := w.coda.Snapshot()
	chat := p.local(s.LocalURL)
	in := func(doc, text string) {
		chat.said("coda_update_row", map[string]any{"document": doc, "table": "Things", "row": "First", "values": map[string]any{"Note": text}})
	}
	page := openBrowser(t, w.edge, 1000, 900)
	page.open(p.link("changes"))
	in(alpha, "in alpha")
	in(beta, "in beta")
	boxes := func(n string) {
		t.Helper()
		page.wait(n+" changes to choose", chromedp.Evaluate[string](`String(document.querySelectorAll("#changes-list input").length)`), func(s string) bool { return s == n })
	}
	boxes("2")
	page.unhurt()
	page.tabTo("#changes-list li:nth-child(1) input")
	page.keys(" ")
	page.tabTo("#changes-list li:nth-child(2) input")
	page.keys(" ")
	page.tabTo("#changes-chosen")
	page.keys("\r")
	page.wait("both are put back", textOf("changes-said"), func(s string) bool { return strings.Contains(s, "2") && strings.Contains(s, "ut back") })
	if !sameWorkspace(before, w.coda.Snapshot()) {
		t.Error("it is not as before")
	}

	// All since a time, one of which somebody has changed since.
	in(alpha, "once")
	in(alpha, "twice")
	in(beta, "once more")
	other := p.local(s.LocalURL)
	other.said("coda_update_row", map[string]any{"document": alpha, "table": "Things", "row": "First", "values": map[string]any{"Note": "by another"}})
	page.eval(`document.querySelector("#changes-filter button").click(); ""`)
	page.wait("the connections to choose from", chromedp.Evaluate[string](`String(document.getElementById("changes-who").options.length)`), func(s string) bool { return s >= "2" })
	mine := p.await("two connections", func(s app.State) bool { return len(s.Connections) == 2 }).Connections[1].ID
	page.eval(`document.getElementById("changes-who").value = "` + mine + `"; ""`)
	page.tabTo("#changes-all summary")
	page.keys("\r")
	page.tabTo("#changes-when")
	page.typed("1h")
	page.keys("\r")
	page.see("It was changed since")
	page.see("now: by another")
	if shown := page.text("#changes-list .question"); !strings.Contains(shown, "twice") {
		t.Errorf("the question shows %s", shown)
	}
	page.shot("undo-since")
	page.axe("a question about a change")
	page.eval(`document.querySelector("#changes-list .question button").focus(); ""`)
	page.keys("\r")
	page.wait("it is put back", textOf("changes-said"), func(s string) bool { return strings.Contains(s, "ut back") })
	page.unhurt()
}
