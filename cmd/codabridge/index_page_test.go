package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/tunnel/tunneltest"
)

// TestAllDocsOfALargeAccountAreListed: a view that shows some of the docs says
// so and how to see the others.
func TestAllDocsOfALargeAccountAreListed(t *testing.T) {
	t.Parallel()
	const many = 305
	var work codatest.Workspace
	for i := range many {
		work.Docs = append(work.Docs, &codatest.Doc{ID: fmt.Sprintf("LargeDoc%03d", i), Name: fmt.Sprint("Doc ", i)})
	}
	w := &harness{coda: codaspec.Start(t, codatest.Options{Workspace: work}), edge: tunneltest.Start(t, tunneltest.Options{})}
	p := newProgram(t, "CODABRIDGE_CODA_TOKEN="+codaCanary, "CODABRIDGE_CODA_URL="+w.coda.URL(), "CODABRIDGE_TUNNEL=none")
	p.start("serve")
	p.await("the list of docs", func(s app.State) bool { return s.Index.Known() == many })
	if out := p.must("index", "status"); !strings.Contains(out, "300 of 305 docs") || strings.Count(out, "LargeDoc") != 300 {
		t.Errorf("status: %s", out)
	}
	if out := p.must("index", "status", "--all"); strings.Count(out, "LargeDoc") != many || strings.Contains(out, "--all") {
		t.Errorf("status --all: %s", out)
	}
	page := openBrowser(t, w.edge, 760, 900)
	page.open(p.link("search"))
	page.see("Search index")
	page.press("#s-index summary")
	page.see("300 of 305 docs")
}

// TestTheIndexCard shows the owner's page in each state of the index.
func TestTheIndexCard(t *testing.T) {
	t.Parallel()
	w := newSmallWorld(t)
	w.edge = tunneltest.Start(t, tunneltest.Options{})
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 700 * time.Millisecond })
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	p.await("the crawler at work", func(s app.State) bool { return s.Index.Docs > 0 && s.Index.Work != "" })
	page := openBrowser(t, w.edge, 760, 900)
	page.open(p.link("search"))
	page.see("Reading the")
	page.shot("index-being-made")
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 0 })
	p.await("a complete index", indexComplete)
	page.see("Complete")
	page.press("#s-index summary")
	page.shot("index-complete")
	page.press(`form[data-post="/index/pause"] button`)
	page.see("Paused")
	if offered := page.eval(`String(document.querySelectorAll('form[data-post="/index/rebuild"]').length)`); offered != "0" {
		t.Error("a paused index is offered for a rebuild that would be refused")
	}
	page.shot("index-paused")
	w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "listDocs", 500 })
	page.press(`form[data-post="/index/pause"] button`)
	p.await("trouble", func(s app.State) bool { return s.Index.Trouble != "" })
	page.see("goes on by itself")
	page.see("last checked")
	page.shot("index-trouble")
	p.must("index", "off")
	page.see("Off: ")
	page.shot("index-off")
}
