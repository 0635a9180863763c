package tools_test

import (
	"maps"
	"strings"
	"testing"

	"codabridge/server/caller"
)

// TestReachBindsEveryTool: what a caller may see travels with the call, so
// that neither another caller's reach nor what it asked for before opens more.
func TestReachBindsEveryTool(t *testing.T) {
	t.Parallel()
	only := func(docs ...string) caller.Caller {
		return caller.Caller{ID: "grant-" + strings.Join(docs, "-"), Reach: caller.Reach{Write: true, Documents: docs}}
	}
	secret := everyTool(otherDoc, "canvas-secret0001", "grid-secret00001", "i-secret")
	delete(secret, "coda_get_analytics") // not about this document
	r := newHarness(t, full)
	list := r.listTools()
	for _, d := range list { // a caller who may see all of it fills every cache
		if args, ok := secret[d.Name]; ok && d.Annotations["readOnlyHint"] == true {
			r.call(d.Name, args)
		}
	}
	r.call("search", object{"query": "Secrets"}).ok(nil)
	r.asCaller(only(planDoc))
	r.fake.ClearLog()
	for _, d := range list {
		args, ok := secret[d.Name]
		if !ok {
			continue
		}
		a := r.call(d.Name, args)
		if !a.isError || strings.Contains(a.text, "Private diary") || strings.Contains(a.text, "Nobody may read this") {
			t.Errorf("%s: %s", d.Name, a.text)
		}
	}
	for _, q := range r.fake.Requests() {
		if strings.Contains(q.Path, otherDoc) {
			t.Errorf("%s %s was asked for", q.Method, q.Path)
		}
	}
	for tool, args := range map[string]object{"search": {"query": "Secrets diary"}, "coda_list_documents": {}, "coda_get_analytics": {"of": "documents"}} {
		if a := r.call(tool, args); strings.Contains(a.text, otherDoc) || strings.Contains(a.text, "diary\"") {
			t.Errorf("%s shows what is out of reach: %s", tool, a.text)
		}
	}
	r.call("coda_list_folders", object{}).fails("allows only some documents")
	good := maps.Clone(goodCalls())
	r.call("coda_list_rows", good["coda_list_rows"]).ok(nil)

	// The reach of the next caller is its own again.
	r.asCaller(only(otherDoc))
	r.call("coda_get_page", secret["coda_get_page"]).ok(nil)
	r.call("coda_list_rows", good["coda_list_rows"]).fails("allows only some documents")
	var docs struct{ Documents []ref }
	r.call("coda_list_documents", object{}).ok(&docs)
	if len(docs.Documents) != 1 || docs.Documents[0].ID != otherDoc {
		t.Errorf("it sees %v", docs.Documents)
	}
}

// TestReachWidensNothing: what the owner allows nobody, no reach opens; and
// where the two have nothing in common, nothing is left, not all.
func TestReachWidensNothing(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) { s.tools.Documents = func() []string { return []string{planDoc, menuDoc} } })
	r.asCaller(caller.Caller{ID: "g", Reach: caller.Reach{Write: true, Documents: []string{otherDoc, menuDoc}}})
	var docs struct{ Documents []ref }
	r.call("coda_list_documents", object{}).ok(&docs)
	if len(docs.Documents) != 1 || docs.Documents[0].ID != menuDoc {
		t.Errorf("it sees %v", docs.Documents)
	}
	r.call("coda_get_document", object{"document": planDoc}).fails("allows only some documents")
	r.call("coda_get_document", object{"document": otherDoc}).fails("allows only some documents")
	r.asCaller(caller.Caller{ID: "h", Reach: caller.Reach{Write: true, Documents: []string{otherDoc}}})
	r.fake.ClearLog()
	docs.Documents = nil
	r.call("coda_list_documents", object{}).ok(&docs)
	if len(docs.Documents) != 0 {
		t.Errorf("it sees %v", docs.Documents)
	}
	r.call("coda_get_analytics", object{"of": "documents"}).fails("allows no document")
	if a := r.call("search", object{"query": "plan diary menu"}); strings.Contains(a.text, planDoc) || strings.Contains(a.text, otherDoc) {
		t.Errorf("%s", a.text)
	}
	if n := r.fake.Count("listDocs"); n != 0 {
		t.Errorf("the account was listed %d times", n)
	}
}
