package tools_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

type found struct {
	Results []struct{ ID, Title, URL string }
	Note    string
}

func TestSearchFindsNames(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	for _, c := range []struct{ what, query, first string }{
		{"the whole name of a document", "Launch plan", "doc:" + planDoc},
		{"case and accents do not count", "cafe MENU", "doc:" + menuDoc},
		{"an accent in the name of a page", "creme brulee", "page:" + menuDoc + "/"},
		{"the beginning of a word", "over", "page:" + planDoc + "/" + overviewPage},
		{"a slip of the finger", "overveiw", "page:" + planDoc + "/" + overviewPage},
		{"a table", "goals", "table:" + planDoc + "/" + goalsTable},
		{"filler words around a name", "the tasks table", "table:" + planDoc + "/" + tasksTable},
		{"a page by its document", "launch risks", "page:" + planDoc + "/canvas-risks00001"},
		{"a link", "https://docs.superhuman.com/d/Launch-plan_d" + planDoc, "doc:" + planDoc},
	} {
		var got found
		r.call("search", object{"query": c.query}).ok(&got)
		if len(got.Results) == 0 || !strings.HasPrefix(got.Results[0].ID, c.first) {
			t.Errorf("%s: %q found %v", c.what, c.query, got.Results)
			continue
		}
		if !strings.HasPrefix(got.Results[0].URL, "https://") {
			t.Errorf("%s: no absolute address: %v", c.what, got.Results[0])
		}
		// Whatever search gives, fetch must take.
		var one struct{ ID, Title, Text, URL string }
		r.call("fetch", object{"id": got.Results[0].ID}).ok(&one)
		if one.ID != got.Results[0].ID || one.Title == "" || one.Text == "" || one.URL == "" {
			t.Errorf("fetch of %s gave %+v", got.Results[0].ID, one)
		}
	}
	var none found
	r.call("search", object{"query": "zzzz qqqq"}).ok(&none)
	if len(none.Results) != 0 || !strings.Contains(none.Note, "Searched the names of 5 documents, 8 pages and 5 tables") {
		t.Errorf("%+v", none)
	}
	r.call("search", object{"query": "  "}).fails("empty")
}

func TestFetchOfEveryKind(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var got struct {
		Text, Title string
		Metadata    map[string]string
	}
	r.call("fetch", object{"id": "table:" + planDoc + "/" + tasksTable}).ok(&got)
	if !strings.Contains(got.Text, `| Paint \| it |`) || !strings.Contains(got.Text, "Status (select)") || got.Metadata["rows"] != "4" {
		t.Errorf("a table: %s %v", got.Text, got.Metadata)
	}
	r.call("fetch", object{"id": "row:" + planDoc + "/" + tasksTable + "/i-launch"}).ok(&got)
	if !strings.Contains(got.Text, "- Owner: Mina Okafor <mina") || got.Title != "Launch" {
		t.Errorf("a row: %+v", got)
	}
	r.call("fetch", object{"id": "page:" + planDoc + "/" + longPage}).ok(&got)
	if !strings.Contains(got.Metadata["more"], "coda_get_page") {
		t.Errorf("a long page does not say how to read on: %v", got.Metadata)
	}
	r.call("fetch", object{"id": "table:" + planDoc + "/" + wideTable}).ok(&got)
	if !strings.Contains(got.Metadata["more"], "coda_list_rows") {
		t.Errorf("a long table does not say how to read on: %v", got.Metadata)
	}
	r.call("fetch", object{"id": "page:" + planDoc + "/" + embedPage}).ok(&got)
	if !strings.Contains(got.Text, `of the type "embed"`) || got.Metadata["note"] != "" {
		t.Errorf("a page without a text says so once: %+v", got)
	}
}

func TestSearchSaysWhatItDidNotReach(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		s.coda.Limits = coda.NoLimits()
		s.coda.Limits.Read = coda.Rate{N: 3, Per: time.Hour}
	})
	var got found
	r.call("search", object{"query": "launch"}).ok(&got)
	if len(got.Results) == 0 || !strings.Contains(got.Note, "search again") {
		t.Errorf("%+v", got)
	}
}

// TestSearchKeepsOlderNamesWhenCodaIsSlow: a refresh that times out must not
// lose what an earlier search had read.
func TestSearchKeepsOlderNamesWhenCodaIsSlow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newHarness(t, func(s *settings) {
		s.tools.SearchBudget = 300 * time.Millisecond
		s.tools.Now = func() time.Time { return now }
		s.tools.Documents = func() []string { return []string{planDoc} }
	})
	var got found
	for { // a busy machine may take several searches to read them
		if a := r.call("search", object{"query": "risks"}); !a.isError && !strings.Contains(a.text, "search again") {
			break
		}
	}
	now = now.Add(5 * time.Minute)
	r.fake.Set(func(k *codatest.Knobs) { k.Delay = patient })
	for range 2 {
		r.call("search", object{"query": "risks"}).ok(&got)
		if len(got.Results) == 0 || got.Results[0].ID != "page:"+planDoc+"/canvas-risks00001" {
			t.Errorf("%+v", got)
		}
	}
}

// TestAListAskedForAgainAtOnceComesFromMemory, says how old it is, and is read
// anew after some seconds or when a document was made.
func TestAListAskedForAgainAtOnceComesFromMemory(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newHarness(t, full, func(s *settings) { s.tools.Now = func() time.Time { return now } })
	type listed struct {
		Documents []ref
		Note      string
	}
	list := func(args object, requests int, note string) listed {
		t.Helper()
		r.fake.ClearLog()
		var got listed
		r.call("coda_list_documents", args).ok(&got)
		if n := r.fake.Count("listDocs"); n != requests || got.Note != note || len(got.Documents) == 0 {
			t.Errorf("%v: %d requests, %d documents, note %q", args, n, len(got.Documents), got.Note)
		}
		return got
	}
	first := list(object{}, 1, "")
	list(object{}, 0, "")
	now = now.Add(4200 * time.Millisecond)
	again := list(object{}, 0, "This list is 4s old: it was asked for a moment ago, and Coda allows few.")
	if len(again.Documents) != len(first.Documents) {
		t.Errorf("%d documents, and %d again", len(first.Documents), len(again.Documents))
	}
	list(object{"query": "plan"}, 1, "")
	list(object{"limit": 1}, 1, "")
	now = now.Add(2 * time.Second)
	list(object{}, 1, "")
	r.call("coda_update_document", object{"document": planDoc, "title": "Renamed plan"}).ok(nil)
	if got := list(object{}, 1, ""); !strings.Contains(fmt.Sprint(got.Documents), "Renamed plan") {
		t.Errorf("the list is older than our own change: %v", got.Documents)
	}
	now = now.Add(3 * time.Second)
	list(object{}, 1, "") // Coda may not have had it a moment ago
	now = now.Add(30 * time.Second)
	list(object{}, 1, "")
	list(object{}, 0, "")
}

// TestAListThatCodaGaveSlowlyIsNotOld: it waited for its turn, not in memory.
func TestAListThatCodaGaveSlowlyIsNotOld(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	began := time.Now()
	r := newHarness(t, func(s *settings) {
		s.tools.Now = func() time.Time { return began.Add(time.Duration(passed.Load())) }
		s.fake.Check = func(*http.Request, []byte) error { passed.Add(int64(5 * time.Second)); return nil }
	})
	var got struct{ Note string }
	r.call("coda_list_documents", object{}).ok(&got)
	if got.Note != "" {
		t.Errorf("a new list has the note %q", got.Note)
	}
}

// Coda allows four lists of docs in six seconds. A search behind a list must
// not wait for the right to a second one.
func TestASearchUsesTheListThatWasJustGiven(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.call("coda_list_documents", object{}).ok(&struct{}{})
	r.call("search", object{"query": "Launch plan"}).ok(&found{})
	lists := 0
	for _, q := range r.fake.Requests() {
		if strings.HasSuffix(q.Path, "/docs") && !strings.Contains(q.Query, "query=") {
			lists++
		}
	}
	if lists != 1 {
		t.Errorf("%d lists of all documents", lists)
	}
}

// TestASearchKeepsNoOtherCallerWaiting: one search a caller is at work, and one
// of another caller beside it.
func TestASearchKeepsNoOtherCallerWaiting(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}, 10), make(chan struct{})
	r := newHarness(t, func(s *settings) {
		s.tools.Index = index.New(index.Options{SearchTime: time.Hour, Path: filepath.Join(t.TempDir(), "none.db"), Owner: func() string {
			begun <- struct{}{}
			<-release
			return ""
		}})
	})
	var all sync.WaitGroup
	for _, who := range []string{"greedy", "patient"} {
		r.asCaller(caller.Caller{ID: who, Name: who})
		all.Go(func() {
			if _, err := r.try(t.Context(), "search", object{"query": "launch"}); err != nil {
				t.Error(err)
			}
		})
		select {
		case <-begun:
		case <-time.After(patient):
			t.Errorf("the search of the %s caller does not begin", who)
		}
	}
	close(release)
	all.Wait()
}

// TestSearchOfNamesTakesWordsInOtherForms as the index does, and where no name has
// all words those that have the most, which is said.
func TestSearchOfNamesTakesWordsInOtherForms(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) { s.fake = codatest.Options{Workspace: codatest.Sample()} })
	for query, c := range map[string]struct {
		first string // none where it is empty
		some  bool
	}{
		"escalation": {"When to escalate · Team Handbook", false}, "escalations": {"When to escalate · Team Handbook", false},
		"who handles escalations?": {"When to escalate · Team Handbook", true}, "vacation": {"Time off · Team Handbook", false},
		"vacation policy": {"Time off · Team Handbook", true}, "leave policy": {"Time off · Team Handbook", true},
		"team handbook": {"Team Handbook", false}, "candidates hiring": {"Candidates · Hiring", false},
		"Umbrella Corp": {"", false}, "zeppelin insurance": {"", false}, "umbrella -handbook": {"", false}, "policy type:row": {"", false},
	} {
		var got found
		r.call("search", object{"query": query}).ok(&got)
		first := ""
		if len(got.Results) > 0 {
			first = got.Results[0].Title
		}
		if some := strings.Contains(got.Note, "No name has all the words; these have some."); first != c.first || some != c.some {
			t.Errorf("%s found %q, some: %v (%s)", query, first, some, got.Note)
		}
	}
}

// TestSearchOfNamesTakesOtherForms: what the index finds in texts is found in
// names where there is none, and behind names that have the words themselves.
func TestSearchOfNamesTakesOtherForms(t *testing.T) {
	t.Parallel()
	names := []string{"Ship 🚀", "Of mice", "getUserById", "v2.10.3", "Call +1 (555) 123-4567", "Rechnungsnummer", "خطة الاجتماع", "mouse"}
	r := newHarness(t, func(s *settings) {
		doc := &codatest.Doc{ID: "forms00001", Name: "Forms"}
		for i, name := range names {
			doc.Pages = append(doc.Pages, &codatest.Page{ID: fmt.Sprintf("canvas-%d", i), Name: name})
		}
		s.fake = codatest.Options{Workspace: codatest.Workspace{Docs: []*codatest.Doc{doc}}}
	})
	for _, c := range []struct{ query, found string }{
		{"🚀", "Ship 🚀"}, {"mouse", "mouse, Of mice"}, {"user by id", "getUserById"}, {"2.10.3", "v2.10.3"}, {"5551234567", "Call +1 (555) 123-4567"},
		{"nummer", "Rechnungsnummer"}, {"اجتماع", "خطة الاجتماع"}, {"?!", ""}, {"🧪", ""},
	} {
		var got found
		r.call("search", object{"query": c.query}).ok(&got)
		var titles []string
		for _, x := range got.Results {
			titles = append(titles, strings.TrimSuffix(x.Title, " · Forms"))
		}
		if strings.Join(titles, ", ") != c.found {
			t.Errorf("%s found %q, want %s (%s)", c.query, titles, c.found, got.Note)
		}
	}
}
