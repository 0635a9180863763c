package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
)

func indexComplete(s app.State) bool {
	return s.Index.Percent == 100 && s.Index.Work == "" && s.Index.Docs > 0 && !s.Index.Oldest.IsZero()
}

// newSmallWorld has the two smallest docs of the sample, since the crawler
// keeps to Coda's limits here too.
func newSmallWorld(t *testing.T) *harness {
	t.Helper()
	docs := codatest.Sample().Docs
	slices.SortFunc(docs, func(a, b *codatest.Doc) int {
		return cmp.Compare(len(a.Pages)+3*len(a.Tables), len(b.Pages)+3*len(b.Tables))
	})
	fake := codaspec.Start(t, codatest.Options{Workspace: codatest.Workspace{Docs: docs[:2]}})
	return &harness{coda: fake, env: []string{"CODABRIDGE_CODA_URL=" + fake.URL(), "CODABRIDGE_TUNNEL=none"}}
}

// TestTheIndexFromATerminal walks through everything the owner may do with
// the search index, and sees it go when it should.
func TestTheIndexFromATerminal(t *testing.T) {
	t.Parallel()
	w := newSmallWorld(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	s := p.await("a complete index", indexComplete)
	file := filepath.Join(p.dir, "index.db")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	var status struct {
		Index struct {
			Percent int
			Rows    int
		}
	}
	if err := json.Unmarshal([]byte(p.must("status", "--json")), &status); err != nil || status.Index.Percent != 100 || status.Index.Rows == 0 {
		t.Errorf("status --json: %+v %v", status, err)
	}
	if out := p.must("index", "status"); !strings.Contains(out, "100 %") || !strings.Contains(out, s.Index.Documents[0].ID) {
		t.Errorf("index status: %s", out)
	}
	out := p.must("search", `"`+s.Index.Documents[0].Name+`"`, "type:doc")
	if !strings.Contains(out, "https://") || !strings.Contains(out, "100 % of pages") {
		t.Errorf("search: %s", out)
	}
	if out := p.must("search", "type:row"); strings.Contains(out, "Searched") {
		t.Errorf("nothing was searched, and it says so: %s", out)
	}
	doc := s.Index.Documents[0]
	if out := p.must("search", "doc:"+doc.Name, `"`+doc.Name+`"`); !strings.Contains(out, doc.Name) {
		t.Errorf("search for %s: %s", doc.Name, out)
	}
	p.must("index", "exclude", doc.ID)
	if out := p.must("search", `"`+doc.Name+`"`, "type:doc"); strings.Contains(out, "https://") {
		t.Errorf("an excluded doc is found: %s", out)
	}
	for _, bad := range []string{"a title", "", "../x", doc.Name} {
		if out, code := p.run("index", "exclude", bad); code != 1 {
			t.Errorf("exclude %q: exit %d %s", bad, code, out)
		}
	}
	p.must("index", "include", doc.ID)
	p.must("index", "rebuild")
	p.await("the index made anew", indexComplete)
	if out := p.must("search", `"`+doc.Name+`"`, "type:doc"); !strings.Contains(out, "https://") {
		t.Errorf("let in again: %s", out)
	}

	p.must("index", "pause")
	for _, what := range [][]string{{"index", "rebuild"}, {"index", "rebuild", doc.ID}} {
		if out, code := p.run(what...); code != 1 || !strings.Contains(out, "codabridge index resume") {
			t.Errorf("%v while paused: %d %s", what, code, out)
		}
	}
	p.stop(syscall.SIGTERM)
	p.start("serve")
	p.await("the index, still paused", func(s app.State) bool { return s.Index.Paused && s.Index.Percent == 100 })
	if out := p.must("index", "status"); !strings.Contains(out, "Paused") || !strings.Contains(out, "100 %") {
		t.Errorf("the pause did not outlive a restart: %s", out)
	}
	if out := p.must("search", `"`+doc.Name+`"`, "type:doc"); !strings.Contains(out, "https://") {
		t.Errorf("search while paused: %s", out)
	}
	p.must("index", "resume")
	p.await("the crawler at work or done", func(s app.State) bool { return !s.Index.Paused && indexComplete(s) })

	p.must("index", "off")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("said to be removed, and still there: %v", err)
	}
	if out, code := p.run("index", "pause"); code != 1 || !strings.Contains(out, "switched off") {
		t.Errorf("a pause of what is off: %d %s", code, out)
	}
	if out, code := p.run("search", "roadmap"); code != 1 || !strings.Contains(out, "index on") {
		t.Errorf("search while off: %d %s", code, out)
	}
	p.stop(syscall.SIGTERM)
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if s, _ := p.state(); s.Index.Enabled {
		t.Error("off did not outlive a restart")
	}
	p.must("index", "on")
	p.await("an index again", indexComplete)
	p.stop(syscall.SIGKILL)
	p.start("serve")
	p.await("the index after kill -9", indexComplete)
}

// TestStdioReadsTheIndexOfTheApp: both have the same token, so both have the
// same index, and only one of them writes it.
func TestStdioReadsTheIndexOfTheApp(t *testing.T) {
	t.Parallel()
	w := newSmallWorld(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	p.await("a complete index", indexComplete)
	ask := `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"query":"type:row a"},` + modernMeta + `}}`
	session := startStdio(p)
	if out := flat(session.ask(ask)); !strings.Contains(out, "of pages and the rows of") {
		t.Errorf("stdio did not use the index: %s", out)
	}
	other := &program{t: t, dir: p.dir, env: append(append([]string{}, p.env...), "CODABRIDGE_CODA_TOKEN=another-token")}
	strange := startStdio(other)
	if out := flat(strange.ask(ask)); strings.Contains(out, "of pages and the rows of") || strings.Contains(out, "row:") {
		t.Errorf("another token saw the index: %s", out)
	}
	p.must("index", "off")
	if out := flat(session.ask(ask)); strings.Contains(out, "row:") {
		t.Errorf("stdio searches an index that is switched off: %s", out)
	}
	strange.end()
	session.end()
}

// TestDecisionsAtOnceAreAllKept: decisions at the same moment must not be
// written over each other, neither in config.json nor in what is in force.
func TestDecisionsAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start("serve")
	const many = 6
	s := p.await("the list of docs", func(s app.State) bool { return len(s.Index.Documents) >= many })
	var ids []string
	for _, d := range s.Index.Documents[:many] {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	client := control.NewClient(p.dir)
	for _, on := range []bool{true, false, true, false, true} {
		var all sync.WaitGroup
		decide := func(do func() error) {
			all.Go(func() {
				if err := do(); err != nil {
					t.Error(err)
				}
			})
		}
		for _, id := range ids {
			decide(func() error { return client.Do(t.Context(), "index/exclude", nil, "doc", id, "on", fmt.Sprint(on)) })
		}
		decide(func() error { return client.Do(t.Context(), "index/pause", nil, "on", fmt.Sprint(on)) })
		decide(func() error { return client.Do(t.Context(), "read-only", nil, "on", fmt.Sprint(on)) })
		all.Wait()
		var kept struct {
			Index    string
			Exclude  []string `json:"index_exclude"`
			ReadOnly bool     `json:"read_only"`
		}
		b, err := os.ReadFile(filepath.Join(p.dir, "config.json"))
		if err != nil || json.Unmarshal(b, &kept) != nil {
			t.Fatalf("%v %s", err, b)
		}
		slices.Sort(kept.Exclude)
		if on && !slices.Equal(kept.Exclude, ids) || !on && kept.Exclude != nil || (kept.Index == "paused") != on || kept.ReadOnly != on {
			t.Fatalf("decided %v, and config.json has lost some of it: %s", on, b)
		}
	}
	if s := p.await("all of it in force", func(s app.State) bool { return s.Index.Excluded == many }); !s.Index.Paused || !s.ReadOnly {
		t.Errorf("in force: %+v", s.Index)
	}
}

// TestAPrivateDocIsNeverRead: the owner leaves one out in config.json before
// the first start, and another before the index has seen any.
func TestAPrivateDocIsNeverRead(t *testing.T) {
	t.Parallel()
	doc := func(id string) *codatest.Doc {
		return &codatest.Doc{ID: id, Name: "Doc " + id, Pages: []*codatest.Page{{Name: "Home", Body: "some words"}}}
	}
	fake := codaspec.Start(t, codatest.Options{Workspace: codatest.Workspace{Docs: []*codatest.Doc{doc("PrivateOne"), doc("PrivateTwo"), doc("OpenToAll1")}}})
	fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailOperation, k.FailStatus = -1, "listDocs", 403 })
	p := newProgram(t, "CODABRIDGE_CODA_TOKEN="+codaCanary, "CODABRIDGE_CODA_URL="+fake.URL(), "CODABRIDGE_TUNNEL=none")
	if err := errors.Join(os.Mkdir(p.dir, 0o700), os.WriteFile(filepath.Join(p.dir, "config.json"), []byte(`{"index_exclude":["PrivateOne"]}`), 0o600)); err != nil {
		t.Fatal(err)
	}
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if out := p.must("index", "exclude", "https://coda.io/d/My-diary_dPrivateTwo/Home_su123"); !strings.Contains(out, "does not know this doc yet") {
		t.Errorf("exclude: %s", out)
	}
	if out := p.must("index", "status"); strings.Count(out, "not seen yet") != 2 || !strings.Contains(out, "PrivateTwo") {
		t.Errorf("status: %s", out)
	}
	fake.Set(func(k *codatest.Knobs) { k.Fail = 0 })
	p.must("index", "resume")
	if s := p.await("a complete index", indexComplete); s.Index.Docs != 1 || s.Index.Excluded != 2 {
		t.Errorf("%+v", s.Index)
	}
	for _, r := range fake.Requests() {
		if strings.Contains(r.Path, "Private") {
			t.Errorf("a doc that was left out was asked for: %s", r.Path)
		}
	}
	if out := p.must("index", "include", "PrivateTwo"); !strings.Contains(out, "Let in") {
		t.Errorf("include: %s", out)
	}
	if out, code := p.run("index", "include", "PrivateTwo"); code != 1 || !strings.Contains(out, "is left out") {
		t.Errorf("include what is in: %d %s", code, out)
	}
}
