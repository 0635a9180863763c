package tools_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

type deepFound struct {
	Results []struct{ ID, Title, URL, Text, Doc, Kind, Updated string }
	Note    string
}

// indexed makes a harness with an index that has crawled its workspace.
func indexed(t *testing.T, ready func(index.Status) bool, prepare ...func(*settings)) (*harness, *index.Index, string) {
	t.Helper()
	var r *harness
	var excluded []string
	h := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(h.CloseIdleConnections)
	path := filepath.Join(t.TempDir(), "index.db")
	x := index.New(index.Options{SearchTime: time.Hour, Path: path, Owner: func() string { return "me" },
		Every: time.Hour, Excluded: func() []string { return excluded },
		Coda: coda.New(coda.Options{Base: func() string { return r.fake.URL() }, HTTP: h, Limits: coda.NoLimits(),
			Token: func() (string, error) { return codatest.Token, nil }})})
	r = newHarness(t, append(prepare, func(s *settings) { s.tools.Index, excluded = x, s.excluded })...)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { x.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		s, err := x.Status(context.Background())
		if err == nil && ready(s) {
			return r, x, path
		}
		if time.Now().After(deadline) {
			t.Fatalf("the index is not ready: %+v %v", s, err)
		}
	}
}

func complete(s index.Status) bool {
	return s.Work == "" && s.Coverage.Docs > 0 && s.Coverage.Complete() && !s.Coverage.Oldest.IsZero()
}

func TestSearchFindsWhatStandsInside(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete)
	before := r.fake.Count("")
	var got deepFound
	r.call("search", object{"query": "mina launch type:row"}).ok(&got)
	if len(got.Results) == 0 || got.Results[0].ID != "row:"+planDoc+"/"+tasksTable+"/i-launch" ||
		got.Results[0].Kind != "row" || !strings.Contains(got.Results[0].Text, "**") {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.Note, "100 % of pages") || !strings.Contains(got.Note, "oldest 1 min") {
		t.Errorf("the note does not say how complete and old it is: %s", got.Note)
	}
	r.asCaller(caller.Caller{ID: "grant-1", Reach: caller.Reach{Write: true, Documents: []string{}}}) // all, as a database reads it
	r.call("search", object{"query": "mina launch type:row"}).ok(&got)
	if len(got.Results) == 0 {
		t.Errorf("a caller with an empty list of documents finds nothing: %s", got.Note)
	}
	if n := r.fake.Count("") - before; n != 0 {
		t.Errorf("a search over a complete index made %d requests", n)
	}
	var one struct{ ID, Title, Text, URL string }
	r.call("fetch", object{"id": got.Results[0].ID}).ok(&one)
	if one.Title != "Launch" {
		t.Errorf("%+v", one)
	}
	r.call("search", object{"query": "zzzz qqqq"}).ok(&got)
	if len(got.Results) != 0 || !strings.Contains(got.Note, "Nothing fits") {
		t.Errorf("%+v", got)
	}
}

func TestSearchKeepsToTheAllowList(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete, func(s *settings) { s.tools.Documents = func() []string { return []string{menuDoc} } })
	var got deepFound
	r.call("search", object{"query": "launch"}).ok(&got)
	for _, x := range got.Results {
		if !strings.Contains(x.ID, menuDoc) {
			t.Errorf("a doc off the allow-list: %+v", x)
		}
	}
}

// TestExclusionsHoldForLiveNames: neither an index with nothing but docs that
// are left out nor one that is not there makes them findable by name.
func TestExclusionsHoldForLiveNames(t *testing.T) {
	t.Parallel()
	some, every := []string{planDoc}, []string{}
	for _, d := range workspace().Docs {
		every = append(every, d.ID)
	}
	all, _, _ := indexed(t, func(s index.Status) bool { return s.Work == "" && s.Coverage.Excluded == len(every) },
		func(s *settings) { s.excluded = every })
	none := newHarness(t, func(s *settings) {
		s.tools.Index = index.New(index.Options{SearchTime: time.Hour, Path: filepath.Join(t.TempDir(), "index.db"),
			Owner: func() string { return "me" }, Excluded: func() []string { return some }})
	})
	for _, c := range []struct {
		where string
		r     *harness
		note  string
	}{{"all are left out", all, "The owner left 5 documents out"}, {"there is no index", none, "The owner left 1 document out"}} {
		for _, query := range []string{"launch", "launch risks", "doc:" + planDoc} {
			var got deepFound
			c.r.call("search", object{"query": query}).ok(&got)
			for _, id := range idsOf(got) {
				if strings.Contains(id, planDoc) {
					t.Errorf("%s: %q found %s", c.where, query, id)
				}
			}
			if !strings.Contains(got.Note, c.note) {
				t.Errorf("%s: %q does not say it: %s", c.where, query, got.Note)
			}
		}
	}
}

// TestSearchAsksLiveForWhatIsNotIndexed: while the crawler has only the
// titles, names come from Coda, and the note says so.
func TestSearchAsksLiveForWhatIsNotIndexed(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, func(s index.Status) bool { return s.Trouble != "" && s.Coverage.Docs > 0 }, func(s *settings) {
		s.fake.Knobs = codatest.Knobs{Fail: 5, FailStatus: 500, FailOperation: "listPages"}
	})
	before := r.fake.Count("listDocs")
	var got deepFound
	r.call("search", object{"query": "launch risks"}).ok(&got)
	if len(got.Results) == 0 || !strings.Contains(got.Note, "not in the index yet") {
		t.Errorf("%+v", got)
	}
	seen := map[string]int{}
	for _, x := range got.Results {
		seen[x.ID]++
	}
	if seen["page:"+planDoc+"/canvas-risks00001"] != 1 {
		t.Errorf("the page was not found live: %+v", got)
	}
	r.call("search", object{"query": "launch plan"}).ok(&got)
	if ids := idsOf(got); len(ids) == 0 || len(slices.Compact(ids)) != len(got.Results) {
		t.Errorf("a doc whose title is in the index is given twice: %+v", got)
	}
	if n := r.fake.Count("listDocs") - before; n > 0 {
		t.Errorf("all docs were listed, though the index has their titles")
	}
}

func idsOf(found deepFound) []string {
	var ids []string
	for _, x := range found.Results {
		ids = append(ids, x.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestSearchSaysThatTheIndexIsBroken: a fault is said, and names are searched
// instead; it is never "nothing found".
func TestSearchSaysThatTheIndexIsBroken(t *testing.T) {
	t.Parallel()
	r, _, path := indexed(t, complete)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		raw[i] = 0xaa
	}
	for _, p := range []string{path, path + "-wal"} {
		if err := os.WriteFile(p, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got deepFound
	for range 3 { // what is in memory may still answer once
		r.call("search", object{"query": "overview"}).ok(&got)
		if len(got.Results) == 0 {
			t.Errorf("nothing found, instead of names or the fault: %+v", got)
		}
	}
}

// TestSearchNarrowsLiveNamesToo: what narrows a query counts for names that
// Coda is asked for as it does in the index.
func TestSearchNarrowsLiveNamesToo(t *testing.T) {
	t.Parallel()
	half, _, _ := indexed(t, func(s index.Status) bool { return s.Trouble != "" && s.Coverage.Docs > 0 }, func(s *settings) {
		s.fake.Knobs = codatest.Knobs{Fail: 5, FailStatus: 500, FailOperation: "listPages"}
	})
	none := newHarness(t)
	for _, c := range []struct{ why, query, has, hasNot string }{
		{"a word left out", "launch risks -risks", "", "canvas-risks00001"},
		{"another doc", `risks doc:"private diary"`, "", "canvas-risks00001"},
		{"its doc", "risks doc:launch", "canvas-risks00001", ""},
		{"its doc, by id", "risks doc:" + planDoc, "canvas-risks00001", ""},
		{"its doc left out", "risks -doc:launch", "", "canvas-risks00001"},
		{"another kind", "risks type:table", "", "canvas-risks00001"},
		{"rows, of which no names are asked for", "risks type:row", "", "canvas-risks00001"},
		{"a doc alone lists it", "doc:launch type:page", "canvas-risks00001", "doc:"},
	} {
		for where, r := range map[string]*harness{"half an index": half, "no index": none} {
			var got deepFound
			r.call("search", object{"query": c.query}).ok(&got)
			ids := ""
			for _, x := range got.Results {
				ids += x.ID + " "
			}
			if !strings.Contains(ids, c.has) || (c.hasNot != "" && strings.Contains(ids, c.hasNot)) {
				t.Errorf("%s, %s: %q found %s(%s)", where, c.why, c.query, ids, got.Note)
			}
		}
	}
}

func TestSearchSaysWhenThereIsNothingToLookFor(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.call("search", object{"query": " "}).fails("The query is empty.")
	r.call("search", object{"query": "type:row"}).fails("Words are needed too")
	r.call("search", object{"query": "-zebra"}).fails("Words are needed too")
}

// TestWhatWasJustWrittenIsFound by the next searches, though the crawler looks
// for changes an hour later.
func TestWhatWasJustWrittenIsFound(t *testing.T) {
	t.Parallel()
	r, x, _ := indexed(t, complete)
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "Order zirconium"}}}).ok(nil)
	r.call("coda_append_to_page", object{"document": planDoc, "page": "canvas-risks00001", "content": "The palladium is late."}).ok(nil)
	for query, id := range map[string]string{"zirconium": "row:" + planDoc + "/" + tasksTable + "/", "palladium": "page:" + planDoc + "/canvas-risks00001"} {
		var got deepFound
		for deadline := time.Now().Add(patient); ; time.Sleep(5 * time.Millisecond) {
			r.call("search", object{"query": query}).ok(&got)
			if len(got.Results) > 0 && strings.HasPrefix(got.Results[0].ID, id) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%q: %+v", query, got)
			}
		}
	}
	if s, err := x.Status(context.Background()); err != nil || s.Work != "" {
		t.Errorf("%+v %v", s, err)
	}
}
