package tools_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"codabridge/server/caller"
)

// chosenDocs are what the owner chooses for each caller while it is connected.
type chosenDocs struct {
	mu sync.Mutex // guards by
	by map[string][]string
}

func (c *chosenDocs) choose(id string, docs ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[id] = docs
}

// choosing lets the owner choose docs.
func choosing(c *chosenDocs) func(*settings) {
	c.by = map[string][]string{}
	return func(s *settings) {
		s.tools.Reach = func(id string) ([]string, bool) {
			c.mu.Lock()
			defer c.mu.Unlock()
			docs, ok := c.by[id]
			return docs, ok
		}
	}
}

// TestAChosenDocBindsEveryRoad: after the owner has chosen docs, another is to
// the caller as one that does not exist, by every tool, form of name, cursor and
// id that it learned before.
func TestAChosenDocBindsEveryRoad(t *testing.T) {
	t.Parallel()
	var chosen chosenDocs
	r := newHarness(t, full, recorded(t), choosing(&chosen))
	secret := everyTool(otherDoc, "canvas-secret0001", "grid-secret00001", "i-secret")
	delete(secret, "coda_get_analytics") // not about this document
	list := r.listTools()
	for _, d := range list { // all caches are filled by the caller itself
		if args, ok := secret[d.Name]; ok && d.Annotations["readOnlyHint"] == true {
			r.call(d.Name, args)
		}
	}
	row := object{"document": otherDoc, "table": "grid-secret00001", "rows": []object{{"Name": "Badger"}}}
	var done struct{ Change string }
	r.call("coda_create_rows", row).ok(&done)
	if done.Change == "" {
		t.Fatal("the change is not recorded")
	}
	chosen.choose("grant-1", planDoc)
	r.fake.ClearLog()
	silent := func(what string, a answer) {
		t.Helper()
		told := strings.NewReplacer("Private-diary", "", `called "Private diary"`, "").Replace(a.text) // as it was asked for
		if !a.isError || strings.Contains(told, "diary") || strings.Contains(a.text, "Badger") || strings.Contains(a.text, "Nobody may read this") {
			t.Errorf("%s: %s", what, a.text)
		}
	}
	for _, d := range list {
		if args, ok := secret[d.Name]; ok {
			silent(d.Name, r.call(d.Name, args))
		}
	}
	silent("the same write again", r.call("coda_create_rows", row))
	silent("looking at its change", r.call("coda_list_changes", object{"change": done.Change}))
	silent("putting it back", r.call("coda_undo_change", object{"changes": []string{done.Change}}))
	link := "https://coda.io/d/Private-diary_d" + otherDoc
	for what, args := range map[string]object{
		"a link": {"document": link}, "a link to a page": {"document": link + "/Secrets_su0001"}, "its name": {"document": "Private diary"},
		"blanks around": {"document": " " + otherDoc + "\n"}, "other letters": {"document": strings.ToUpper("private diary")},
	} {
		silent(what, r.call("coda_get_document", args))
	}
	for _, args := range []object{
		{"operation": "getDoc", "arguments": object{"docId": otherDoc}},
		{"operation": "getDoc", "arguments": `{"docId":"` + otherDoc + `"}`},
		{"operation": "listDocs"},
		{"operation": "resolveBrowserLink", "arguments": object{"url": link}},
		{"operation": "createPage", "arguments": object{"docId": planDoc, "name": "x", "pageContent": object{"type": "syncPage", "mode": "document", "sourceDocId": otherDoc}}},
	} {
		silent(fmt.Sprint(args), r.call("coda_api_call", args))
	}
	for tool, args := range map[string]object{"search": {"query": "Secrets diary"}, "coda_list_documents": {}, "coda_list_changes": {}} {
		if a := r.call(tool, args); strings.Contains(a.text, otherDoc) || strings.Contains(a.text, `diary"`) || strings.Contains(a.text, done.Change) {
			t.Errorf("%s shows what is out of reach: %s", tool, a.text)
		}
	}
	var page contents
	if said := r.ask("resources/read", object{"uri": "coda://doc/" + otherDoc}, &page); said == "" || len(page.Contents) != 0 {
		t.Errorf("as a resource: %q %+v", said, page)
	}
	for _, q := range r.fake.Requests() {
		if strings.Contains(q.Path, otherDoc) {
			t.Errorf("%s %s was asked for", q.Method, q.Path)
		}
	}
	// As one that does not exist: the same words, but for the id.
	nowhere := strings.Repeat("Z", len(otherDoc))
	for _, tool := range []string{"coda_get_document", "coda_list_pages", "coda_list_tables"} {
		here, gone := r.call(tool, object{"document": otherDoc}).text, r.call(tool, object{"document": nowhere}).text
		if strings.ReplaceAll(here, otherDoc, nowhere) != gone {
			t.Errorf("%s tells the two apart:\n%s\n%s", tool, here, gone)
		}
	}
	chosen.choose("grant-1") // all again, without a new sign-in
	r.call("coda_get_page", secret["coda_get_page"]).ok(nil)
	r.call("coda_undo_change", object{"changes": []string{done.Change}}).ok(nil)
}

// TestAChoiceWidensWhatAKeyWasMadeWith, and not what everybody is denied, nor
// what a program over stdio was started with.
func TestAChoiceWidensWhatAKeyWasMadeWith(t *testing.T) {
	t.Parallel()
	var chosen chosenDocs
	both := func(s *settings) { s.tools.Documents = func() []string { return []string{planDoc, menuDoc} } }
	r := newHarness(t, full, choosing(&chosen), both)
	sees := func(want ...string) {
		t.Helper()
		var docs struct{ Documents []ref }
		r.call("coda_list_documents", object{}).ok(&docs)
		var got []string
		for _, d := range docs.Documents {
			got = append(got, d.ID)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("it sees %v, want %v", got, want)
		}
	}
	r.asCaller(caller.Caller{ID: "key", Reach: caller.Reach{Documents: []string{menuDoc}}})
	sees(menuDoc)
	chosen.choose("key", planDoc, otherDoc)
	sees(planDoc)
	chosen.choose("key")
	sees(planDoc, menuDoc)
	r.asCaller(caller.Local("Cursor", caller.Reach{Documents: []string{menuDoc}}))
	chosen.choose("stdio:cursor", planDoc)
	sees()
	chosen.choose("stdio:cursor", planDoc, menuDoc)
	sees(menuDoc)
}

// TestAChoiceActsOnCallsInHand: a doc that is taken away before the write is sent
// is not written to.
func TestAChoiceActsOnCallsInHand(t *testing.T) {
	t.Parallel()
	var chosen chosenDocs
	r := newHarness(t, full, recorded(t), choosing(&chosen), func(s *settings) {
		s.fake.Check = func(q *http.Request, _ []byte) error {
			if strings.HasSuffix(q.URL.Path, "/rows") && q.Method == http.MethodGet { // how it is before is being read
				chosen.choose("grant-1", menuDoc)
			}
			return nil
		}
	})
	rows := object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "Launch", "Points": 9}}, "key_columns": []string{"Name"}}
	r.call("coda_upsert_rows", rows).
		fails("not among those the owner allows")
	if r.writes() != 0 {
		t.Errorf("%d writes were sent", r.writes())
	}
}
