package tools_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/golden"
	"codabridge/server/tools"
)

// coreNames is the default set.
var coreNames = []string{"search", "fetch", "coda_list_documents", "coda_get_document", "coda_list_pages", "coda_get_page",
	"coda_list_tables", "coda_get_table", "coda_list_rows", "coda_query_rows", "coda_get_row", "coda_create_rows", "coda_update_row",
	"coda_delete_rows", "coda_create_page", "coda_update_page", "coda_append_to_page", "coda_edit_page", "coda_recent_changes"}

// with offers a toolset.
func with(set tools.Toolset) func(*settings) {
	return func(s *settings) { s.tools.Toolset = func() tools.Toolset { return set } }
}

func names(list []listedTool) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Name)
	}
	return out
}

func TestToolsets(t *testing.T) {
	t.Parallel()
	core := newHarness(t)
	if got := names(core.listTools()); !slices.Equal(got, coreNames) {
		t.Errorf("core is %v", got)
	}
	core.call("coda_delete_document", object{"document": planDoc}).fails("does not offer", "nothing was written", "toolset")
	core.call("coda_get_sharing", object{"document": planDoc}).fails("does not offer", "toolset")
	if n := core.fake.Count(""); n != 0 {
		t.Errorf("a tool that is not offered made %d requests", n)
	}
	odd := newHarness(t, with(tools.Toolset{Name: "everything", Admin: true}))
	if got := names(odd.listTools()); !slices.Equal(got, coreNames) {
		t.Errorf("an unknown set is %v, not core", got)
	}
	person := newHarness(t, with(tools.Toolset{Name: tools.FullTools}))
	all := names(person.listTools())
	if len(all) < 40 || !slices.Equal(all[:len(coreNames)], coreNames) || slices.Contains(all, "coda_list_workspace_members") {
		t.Errorf("full is %d tools: %v", len(all), all)
	}
	person.call("coda_list_workspace_members", object{}).fails("admin")
	custom := newHarness(t, with(tools.Toolset{Name: tools.CustomTools, Tools: []string{"coda_get_page", "coda_edit_page", "nonsense", "coda_list_workspace_members"}}))
	if got := names(custom.listTools()); !slices.Equal(got, []string{"coda_get_page", "coda_edit_page"}) {
		t.Errorf("custom is %v", got)
	}
	custom.call("search", object{"query": "plan"}).fails("does not offer")
}

// TestFullSchemas keeps every tool as reviewed, and the rules for all.
func TestFullSchemas(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	list := r.listTools()
	kept := map[string]bool{}
	for _, d := range list {
		kept[d.Name+".json"] = true
		if !slices.Contains(coreNames, d.Name) {
			golden.Check(t, filepath.Join("testdata", "tools", d.Name+".json"), pretty(t, d))
		}
		checkTool(t, d)
	}
	files, err := os.ReadDir(filepath.Join("testdata", "tools"))
	for _, f := range files {
		if !kept[f.Name()] {
			t.Errorf("testdata/tools/%s is of a tool that is no more", f.Name())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	_, b, err := r.post(t.Context(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tools in %d bytes", len(list), len(b))
	r.asCaller(caller.Caller{ID: "grant-2", Name: "Reader"})
	for _, d := range r.listTools() {
		if d.Annotations["readOnlyHint"] != true || d.Annotations["destructiveHint"] == true {
			t.Errorf("a reader sees %s", d.Name)
		}
	}
}

// TestTheFreeCallIsBound: it reaches everything, so all that binds the other
// tools must bind it too.
func TestTheFreeCallIsBound(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	var got struct {
		Answer map[string]any
		Status string
	}
	r.call("coda_api_call", object{"operation": "getDoc", "arguments": object{"docId": "Launch plan"}}).ok(&got)
	if got.Answer["id"] != planDoc {
		t.Errorf("by name: %v", got.Answer)
	}
	r.call("coda_api_call", object{"operation": "updatePage", "arguments": `{"docId":"` + planDoc + `","pageIdOrName":"` + overviewPage + `","subtitle":"s"}`}).ok(&got)
	if got.Status != "applied" {
		t.Errorf("a queued write: %+v", got)
	}
	r.call("coda_api_call", object{"operation": "listPacks"}).ok(nil)
	r.call("coda_api_call", object{"operation": "listdocs"}).fails("listDocs")
	r.call("coda_api_call", object{"operation": "dropAll"}).fails("coda_api_describe")
	r.call("coda_api_call", object{"operation": "getRow", "arguments": object{"docId": planDoc}}).fails("tableIdOrName", "coda_api_describe")
	r.asCaller(caller.Caller{ID: "grant-2", Name: "Reader"})
	r.call("coda_api_call", object{"operation": "getDoc", "arguments": object{"docId": planDoc}}).ok(nil)
	r.fake.ClearLog()
	for _, op := range []string{"deleteDoc", "updateDoc", "publishDoc", " deleteDoc "} {
		r.call("coda_api_call", object{"operation": op, "arguments": object{"docId": planDoc}}).fails("Nothing was written")
	}
	if n := r.fake.Count(""); n != 0 {
		t.Errorf("refused writes made %d requests", n)
	}
	person := newHarness(t, with(tools.Toolset{Name: tools.FullTools}))
	person.call("coda_api_call", object{"operation": "listPacks"}).fails("admin")
	var described struct {
		Operations []string
		Note, Tool string
		Arguments  map[string]string
		Required   []string
	}
	person.call("coda_api_describe", object{}).ok(&described)
	if len(described.Operations) != 53 || !strings.Contains(described.Note, "72 operations") {
		t.Errorf("%d operations, %s", len(described.Operations), described.Note)
	}
	person.call("coda_api_describe", object{"operation": "addPermission"}).ok(&described)
	if !slices.Equal(described.Required, []string{"docId", "access", "principal"}) || !strings.Contains(described.Arguments["principal"], "groupId") {
		t.Errorf("%+v", described)
	}
}

// TestNobodyIsSentToAToolThatIsNotOffered: whatever goes wrong. Each answer is
// held against what is offered by the harness.
func TestNobodyIsSentToAToolThatIsNotOffered(t *testing.T) {
	t.Parallel()
	page := func(more object) object { more["document"], more["page"] = planDoc, "Overview"; return more }
	core := newHarness(t)
	core.call("coda_edit_page", page(object{"mode": "replace", "content": "x"})).fails("element")
	core.call("coda_append_to_page", page(object{"content": "| a | b |\n| --- | --- |\n| 1 | 2 |"})).ok(nil)
	core.call("coda_create_page", object{"document": planDoc, "name": "T", "content": "| a | b |\n| --- | --- |\n| 1 | 2 |"}).ok(nil)
	few := newHarness(t, with(tools.Toolset{Name: tools.CustomTools, Tools: []string{"coda_get_page", "coda_get_row", "coda_get_document", "coda_delete_page", "coda_create_folder"}}))
	few.call("coda_get_document", object{"document": "Lunch plan"}).fails("There is no document", "Near it")
	few.call("coda_get_page", object{"document": planDoc, "page": "Overvew"}).fails("There is no page", "Near it")
	few.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "Lanch"}).fails("There is no row", "Near it")
	few.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "i-nothere"}).fails("404")
	few.call("coda_delete_page", object{"document": planDoc, "page": "Overview"}).fails("must be")
}
