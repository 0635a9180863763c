package main

import (
	"strings"
	"testing"

	"codabridge/app"
)

// turned finds the marks that turn the order of letters around, wherever the
// page shows a text: an element, an option, a label, a title.
const turned = `[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].map((a) => a.name + "=" + a.value)
	.concat([...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)))
	.concat(document.title).filter((t) => /[\u202a-\u202e\u2066-\u2069]/.test(t)).map((t) => JSON.stringify(t.slice(0, 100))).join("\n")`

// TestNoNameTurnsThePageAround: names of docs, tables, rows, programs and keys
// come from outside, and a mark in one could make "exe.cod" read as "doc.exe", or a
// stranger as somebody known. It is shown as what it is, in every view and in every
// list of a terminal.
func TestNoNameTurnsThePageAround(t *testing.T) {
	t.Parallel()
	w := hostileDocs(t)
	p, s := serving(t, w)
	const who = "Claude\u202e\u2067 elif"
	pipe := startStdio(p, "--client", who)
	pipe.said("coda_list_tables", map[string]any{"document": beta})
	pipe.said("coda_update_row", map[string]any{"document": beta, "table": "Things", "row": "First", "values": map[string]any{"Note": "now\u202e" + hostile}})
	chat := asks(t, p, s)
	p.act("allow/docs", "connection", s0(t, p), "docs", beta)
	answer := chat.begin(1, "coda_update_row", map[string]any{"document": beta, "table": "Things", "row": "First", "values": map[string]any{"Note": "asked\u202e"}})
	p.awaitRecord(2)
	p.await("a complete index", indexComplete)
	page := openBrowser(t, w.edge, 1000, 800)
	page.open(p.link("changes"))
	page.see("Waits for your yes")
	page.see("Changed 1 cell")
	page.press(`#changes-list button[aria-label^="Look"]`)
	page.see(`\u202e`)
	page.press("#pending-list summary")
	if args := page.text("#pending-list pre"); !strings.Contains(args, `"asked\u202e"`) {
		t.Errorf("the exact arguments read %s", args)
	}
	page.view("connections")
	page.press(`button[data-docs="` + s0(t, p) + `"]`)
	page.says("#docs-count", func(s string) bool { return strings.Contains(s, "1 chosen") })
	page.axe("a choice with a hostile name")
	page.press("#docs-cancel")
	page.view("search")
	page.tabTo("#try-query")
	page.typed("Averyveryverylongword")
	page.press("#try-search button")
	page.eval(`for (const d of document.querySelectorAll("details")) d.open = true; ""`)
	for _, view := range app.Views {
		page.view(view)
		page.shot("hostile-" + view)
		page.fits("a hostile name in " + view)
		page.unhurt()
		if out := page.eval(turned); out != "" {
			t.Errorf("in %s the order of letters is turned by %s", view, out)
		}
	}
	for _, list := range [][]string{{"activity"}, {"changes"}, {"pending"}, {"connections"}, {"status"}, {"index", "status", "--all"}, {"search", "Averyveryverylongword"}, {"logs"}, {"keys", "list"}} {
		if out := p.must(list...); strings.ContainsAny(out, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
			t.Errorf("codabridge %v turns the order of letters: %q", list, out)
		}
	}
	p.must("refuse-change", pendingID(t, p))
	<-answer
	pipe.end()
}
