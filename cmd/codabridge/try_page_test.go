package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/server/coda/codatest"
)

// TestTheOwnerTriesWhatAnAssistantGets: a search and any tool that reads, with
// their answers and errors to the letter, for all docs and for those of one
// connection; by the keyboard, and never writing.
func TestTheOwnerTriesWhatAnAssistantGets(t *testing.T) {
	t.Parallel()
	w := hostileDocs(t)
	p, s := serving(t, w)
	p.await("a complete index", indexComplete)
	p.local(s.LocalURL)
	id := s0(t, p)
	p.act("allow/docs", "connection", id, "docs", alpha)
	page := openBrowser(t, w.edge, 1200, 900)
	page.open(p.link("search"))
	page.see("Try it")
	page.tabTo("#try-query")
	page.keys(strings.Split(alphaRow, "")...)
	page.keys("\r")
	page.says("#try-hits", func(s string) bool { return strings.Contains(s, alphaRow) })
	page.press("#try-raw summary")
	raw := page.text("#try-raw pre")
	var found struct{ Results []struct{ ID, Text string } }
	if err := json.Unmarshal([]byte(raw), &found); err != nil || len(found.Results) == 0 {
		t.Errorf("the model gets %s (%v)", raw, err)
	}
	page.shot("try")

	// What a doc holds is not taken for the page.
	page.eval(`document.getElementById("try-query").value = "Averyveryverylongwordwithoutanyblanksinitsothatnothingcanbreakitanywhereatall"; ""`)
	page.press("#try-search button")
	page.says("#try-hits", func(s string) bool { return strings.Contains(s, "onerror") })
	page.unhurt()
	page.fits("hits")
	page.eval(`document.getElementById("try-as").value = "` + id + `"; document.querySelector("#try-search button").click(); ""`)
	page.says("#try-note", func(s string) bool { return strings.HasPrefix(s, "0 hits") })

	// A tool, with a form made from its schema.
	page.eval(`document.getElementById("try-as").value = ""; document.querySelector("#try-call").closest("details").open = true; ""`)
	page.eval(`const c = document.getElementById("try-tool"); c.value = "coda_list_rows"; c.dispatchEvent(new Event("change")); ""`)
	page.tabTo("#try-arg-document")
	page.keys("A", "l", "p", "h", "a")
	page.tabTo("#try-arg-table")
	page.keys("T", "h", "i", "n", "g", "s")
	page.tabTo("#try-arg-limit")
	page.keys("1")
	page.tabTo("#try-call button")
	page.keys("\r")
	page.says("#try-answer pre", func(s string) bool { return strings.Contains(s, alphaRow) && json.Valid([]byte(s)) })
	page.eval(`document.getElementById("try-arg-table").value = "Nothing"; document.getElementById("try-arg-limit").value = "many"; ""`)
	page.press("#try-call button")
	page.says("#try-answer", func(s string) bool { return strings.Contains(s, "told this instead") && strings.Contains(s, "limit") })
	page.shot("try-tool")
	page.axe("a tool that was tried")
	page.unhurt()
	if names := page.eval(`[...document.getElementById("try-tool").options].map((o) => o.value).join()`); strings.Contains(names, "create") || strings.Contains(names, "update") ||
		strings.Contains(names, "delete") || !strings.Contains(names, "coda_get_page") {
		t.Errorf("it offers %s", names)
	}
	narrow := openBrowser(t, w.edge, 320, 640)
	narrow.open(p.link("search"))
	narrow.see("Try it")
	narrow.fits("the view of search")
	narrow.look(320, "dark")
	narrow.shot("try-narrow-dark")

	// Never a write, however it is asked for; and it is no assistant's call.
	do := control.NewClient(p.dir).Do
	for _, tool := range []string{"coda_create_rows", "coda_undo_change", "coda_api_call", "nothing"} {
		if err := do(t.Context(), "try", nil, "tool", tool, "arguments", `{"operation":"deleteDoc","arguments":{"docId":"`+alpha+`"}}`); err == nil {
			t.Errorf("%s was tried", tool)
		}
	}
	p.act("toolset", "toolset", "full")
	p.act("allow", "connection", "stdio", "policy", "write")
	var out struct{ Answer, Status string }
	err := do(t.Context(), "try", &out, "tool", "coda_api_call", "arguments", `{"operation":"deleteDoc","arguments":{"docId":"`+alpha+`"}}`)
	if err == nil && out.Status == "ok" || w.coda.Count("deleteDoc") != 0 {
		t.Errorf("a doc was deleted: %v %+v", err, out)
	}
	if n := p.awaitPhase(app.PhaseLocal).Activity.CallsToday; n != 0 || strings.Contains(p.must("activity"), "coda_list_rows") {
		t.Errorf("%d calls are in the activity", n)
	}
}

// TestAReloadFindsWhatWasTried: the words, for whom, and the tool with its
// arguments; nothing is asked by itself, and a locked page knows nothing of it.
func TestAReloadFindsWhatWasTried(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	p.local(s.LocalURL)
	page := openBrowser(t, w.edge, 1000, 800)
	page.open(p.link("search"))
	page.see("Try it")
	page.evaluated("the connection is offered", `String([...document.getElementById("try-as").options].some((o) => o.value === "`+s0(t, p)+`"))`, "true")
	page.choose("try-as", s0(t, p))
	page.eval(`document.querySelector("#try-call").closest("details").open = true; ""`)
	page.choose("try-tool", "coda_list_rows")
	page.tabTo("#try-arg-document")
	page.keys(strings.Split("Beta", "")...)
	page.tabTo("#try-query")
	page.keys(strings.Split("badger", "")...)
	page.keys("\r")
	page.says("#try-note", func(s string) bool { return strings.Contains(s, "hit") })
	typed := `["try-query", "try-as", "try-tool", "try-arg-document"].map((id) => document.getElementById(id)?.value).join()`
	want := "badger," + s0(t, p) + ",coda_list_rows,Beta"
	page.evaluated("what was typed", typed, want)
	page.reload()
	page.see("Try it")
	page.evaluated("what was typed, after a reload", typed, want)
	page.evaluated("nothing is asked", `document.getElementById("try-hits").children.length + document.getElementById("try-note").textContent`, "0")
	p.must("restart")
	page.see("locked")
	page.evaluated("nothing is kept", `(sessionStorage.getItem("codabridge-kept") || "") + document.getElementById("try-query").value`, "")
}

// TestADocOfTheIndexIsFoundByItsName: in any letters, also when the list is drawn
// anew, which it is though something stands in the box.
func TestADocOfTheIndexIsFoundByItsName(t *testing.T) {
	t.Parallel()
	w := withDocs(t, []*codatest.Doc{smallDoc(alpha, "Crème brûlée", badger), smallDoc(beta, "Plan of 2026", badger)})
	p, _ := serving(t, w)
	p.await("a complete index", indexComplete)
	page := openBrowser(t, w.edge, 900, 800)
	page.open(p.link("search"))
	page.see("Search index")
	page.press("#s-index details summary")
	shown := `[...document.querySelectorAll("#index-docs li")].filter((li) => li.offsetParent).map((li) => li.querySelector("strong").textContent).join()`
	for _, c := range [][2]string{{"BRULEE creme", "Crème brûlée"}, {"plan", "Plan of 2026"}, {beta, "Plan of 2026"}, {"zzqq", ""}} {
		page.tabTo("#index-filter")
		page.eval(`document.getElementById("index-filter").value = ""; ""`)
		page.keys(strings.Split(c[0], "")...)
		page.evaluated(c[0], shown, c[1])
	}
	page.evaluated("none fits", `document.getElementById("index-found").textContent`, "0 docs.")
	page.axe("a filtered list")
	page.eval(`const f = document.getElementById("index-filter"); f.value = "plan"; f.dispatchEvent(new Event("input", { bubbles: true })); f.blur(); ""`)
	p.act("index/exclude", "doc", beta, "on", "true")
	page.evaluated("the list is drawn anew", `document.querySelector("#index-docs").textContent.includes("left out")`, "true")
	page.evaluated("the box is as it was", `document.getElementById("index-filter").value + ": " + `+shown, "plan: Plan of 2026")
	page.shot("index-filter")
}

// TestADocBeyondTheListIsFoundByItsName: the page lists 300 docs of the index, and
// the box finds the others too, with what can be done with each.
func TestADocBeyondTheListIsFoundByItsName(t *testing.T) {
	t.Parallel()
	docs := make([]*codatest.Doc, 400)
	for i := range docs {
		docs[i] = &codatest.Doc{ID: fmt.Sprintf("Doc%07d", i), Name: fmt.Sprintf("Plan %d of Zürich", i)}
	}
	w := withDocs(t, docs)
	p, _ := serving(t, w)
	p.await("all docs", func(s app.State) bool { return s.Index.Known() == 400 && s.Index.More > 0 })
	p.act("index/pause", "on", "true")
	page := openBrowser(t, w.edge, 380, 800)
	page.open(p.link("search"))
	page.see("Search index")
	page.press("#s-index details summary")
	page.see("of 400 docs, those changed last")
	listed := page.eval(`[...document.querySelectorAll("#index-docs strong")].map((e) => e.textContent).join("|")`)
	beyond := -1
	for i := range docs {
		if !strings.Contains("|"+listed+"|", "|"+docs[i].Name+"|") {
			beyond = i
		}
	}
	if beyond < 0 {
		t.Fatal("all docs are listed")
	}
	page.fill("#index-filter", fmt.Sprintf("ZURICH %d", beyond))
	found := `[...document.querySelectorAll("#index-others > li, #index-docs > li")].filter((e) => e.offsetParent).map((e) => e.querySelector("strong").textContent).join("|")`
	page.wait("the doc", chromedp.Evaluate[string](found), func(s string) bool { return s == docs[beyond].Name })
	page.press(`#index-others button[aria-label^="Leave out"]`)
	page.evaluated("left out", `document.querySelector("#index-others").textContent.includes("left out")`, "true")
	p.await("it is left out", func(s app.State) bool { return s.Index.Excluded == 1 })
	page.axe("docs that were found")
	page.eval(`{ const f = document.getElementById("index-filter"); f.value = "plan"; f.dispatchEvent(new Event("input", { bubbles: true })); } ""`)
	page.see("400 docs, of which these are 100")
	page.eval(`{ const f = document.getElementById("index-filter"); f.value = ""; f.dispatchEvent(new Event("input", { bubbles: true })); } ""`)
	page.see("those changed last")
}
