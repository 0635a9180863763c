package tools_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/tools"
)

// everyTool is a good call of each tool that is about a document, on the
// private document or, with its ids replaced, on any other.
func everyTool(doc, page, table, row string) map[string]object {
	in := func(more object) object {
		args := object{"document": doc}
		for k, v := range more {
			args[k] = v
		}
		return args
	}
	element := "cl-" + page + "-0"
	return map[string]object{
		"search":                    {"query": "https://coda.io/d/_d" + doc},
		"fetch":                     {"id": "page:" + doc + "/" + page},
		"coda_get_document":         in(nil),
		"coda_list_pages":           in(nil),
		"coda_get_page":             in(object{"page": page}),
		"coda_list_tables":          in(nil),
		"coda_get_table":            in(object{"table": table}),
		"coda_list_rows":            in(object{"table": table}),
		"coda_get_row":              in(object{"table": table, "row": row}),
		"coda_create_rows":          in(object{"table": table, "rows": []object{{"Name": "x"}}}),
		"coda_update_row":           in(object{"table": table, "row": row, "values": object{"Name": "x"}}),
		"coda_append_to_page":       in(object{"page": page, "content": "x"}),
		"coda_get_document_schema":  in(nil),
		"coda_create_document":      {"title": "New", "copy_of": doc},
		"coda_update_document":      in(object{"title": "Renamed"}),
		"coda_delete_document":      in(nil),
		"coda_create_page":          in(object{"name": "Fresh", "parent": page, "content": "Hello"}),
		"coda_update_page":          in(object{"page": page, "subtitle": "s"}),
		"coda_delete_page":          in(object{"page": page}),
		"coda_get_page_lines":       in(object{"page": page}),
		"coda_edit_page":            in(object{"page": page, "mode": "replace", "element": element, "content": "x"}),
		"coda_insert_table":         in(object{"page": page, "columns": []string{"A", "B"}, "rows": [][]any{{"<1>", 2}}}),
		"coda_delete_page_elements": in(object{"page": page, "elements": []string{element}}),
		"coda_replace_page":         in(object{"page": page, "content": "x", "dry_run": false}),
		"coda_get_column":           in(object{"table": table, "column": "Name"}),
		"coda_upsert_rows":          in(object{"table": table, "rows": []object{{"Name": "x"}}, "key_columns": []string{"Name"}}),
		"coda_delete_rows":          in(object{"table": table, "rows": []string{row}}),
		"coda_push_button":          in(object{"table": table, "row": row, "column": "Go"}),
		"coda_list_formulas":        in(nil),
		"coda_get_formula":          in(object{"formula": "Total points"}),
		"coda_list_controls":        in(nil),
		"coda_get_control":          in(object{"control": "ctrl-team"}),
		"coda_trigger_automation":   in(object{"automation": "grid-auto-weekly", "payload": object{"a": 1}}),
		"coda_get_sharing":          in(nil),
		"coda_search_people":        in(object{"query": "mina"}),
		"coda_share_document":       in(object{"access": "comment", "with": "email", "who": "a@b.example"}),
		"coda_unshare_document":     in(object{"permission": "owner-" + doc}),
		"coda_update_sharing":       in(object{"allow_copying": false}),
		"coda_publish_document":     in(object{"slug": "plan", "categories": []string{"Sales"}}),
		"coda_unpublish_document":   in(nil),
		"coda_get_analytics":        in(object{"of": "documents"}),
		"coda_resolve_link":         {"link": "https://docs.superhuman.com/d/_d" + doc},
		"coda_api_call":             {"operation": "getDoc", "arguments": object{"docId": doc}},
	}
}

// elsewhere are good calls of the tools that are about no document.
var elsewhere = map[string]object{
	"coda_list_documents": {}, "coda_list_folders": {}, "coda_create_folder": {"name": "Box"},
	"coda_update_folder": {"folder": "fl-nothing", "name": "Crate"}, "coda_delete_folder": {"folder": "fl-nothing"},
	"coda_list_categories": {}, "coda_get_account": {}, "coda_get_mutation_status": {"request_id": "mutate:nothing"},
	"coda_list_workspace_members": {}, "coda_api_describe": {"query": "sharing"},
}

// full offers every tool.
func full(s *settings) {
	s.tools.Toolset = func() tools.Toolset { return tools.Toolset{Name: tools.FullTools, Admin: true} }
}

// daily is the full set without what administrators need.
func daily(s *settings) {
	s.tools.Toolset = func() tools.Toolset { return tools.Toolset{Name: tools.FullTools} }
}

func TestAllowListBindsEveryTool(t *testing.T) {
	t.Parallel()
	r := newRig(t, full, func(s *settings) { s.tools.Documents = func() []string { return []string{planDoc, menuDoc} } })
	for name, args := range everyTool(otherDoc, "canvas-secret0001", "grid-secret00001", "i-secret") {
		r.call(name, args).fails("allows")
	}
	for _, name := range []string{"coda_list_folders", "coda_create_folder", "coda_update_folder", "coda_delete_folder", "coda_list_workspace_members"} {
		r.call(name, elsewhere[name]).fails("allows only some documents")
	}
	for _, k := range []object{
		{"operation": "listDocs"}, {"operation": "listFolders"}, {"operation": "createDoc", "arguments": object{"title": "x", "sourceDoc": otherDoc}},
		{"operation": "resolveBrowserLink", "arguments": object{"url": "https://coda.io/d/_d" + otherDoc}},
		{"operation": "createPage", "arguments": object{"docId": planDoc, "pageContent": object{"type": "syncPage", "mode": "document", "sourceDocId": otherDoc}}},
		{"operation": "listDocAnalytics", "arguments": object{"docIds": []string{otherDoc}}},
		{"operation": "listPackLogs", "arguments": object{"packId": 1, "docId": otherDoc}},
	} {
		r.call("coda_api_call", k).fails("allows")
	}
	for name, args := range everyTool(planDoc, overviewPage, tasksTable, "i-launch") {
		if slices.Contains(coreNames, name) {
			r.call(name, args).ok(nil)
		}
	}
	r.call("coda_get_document", object{"document": "Private diary"}).fails("coda_list_documents")
	for _, id := range []string{"table:" + otherDoc + "/grid-secret00001", "row:" + otherDoc + "/grid-secret00001/i-secret", "doc:" + otherDoc, "https://docs.superhuman.com/d/Private-diary_d" + otherDoc + "/Secrets_sut0001"} {
		r.call("fetch", object{"id": id}).fails("allows")
	}
	var docs struct{ Documents []ref }
	r.call("coda_list_documents", object{}).ok(&docs)
	var found struct{ Results []ref }
	r.call("search", object{"query": "secret private diary secrets"}).ok(&found)
	if len(docs.Documents) != 2 || len(found.Results) != 0 {
		t.Errorf("documents %v, found %v", docs, found)
	}
	for _, q := range r.fake.Requests() {
		if strings.Contains(q.Path, otherDoc) || q.Operation == "listDocs" {
			t.Errorf("Coda was asked for %s", q.Path)
		}
	}
}

func TestWritesAreRefusedToReaders(t *testing.T) {
	t.Parallel()
	readOnly := false
	r := newRig(t, full, func(s *settings) {
		s.tools.ReadOnly = func() bool { return readOnly }
		s.tools.Challenge = func(_ context.Context, scope string) string {
			return `Bearer error="insufficient_scope", scope="` + scope + `"`
		}
	})
	var writes []string
	for _, d := range r.listTools() {
		if d.Annotations["readOnlyHint"] == false && d.Name != "coda_api_call" {
			writes = append(writes, d.Name)
		}
	}
	all := everyTool(planDoc, overviewPage, tasksTable, "i-launch")
	for name, args := range elsewhere {
		all[name] = args
	}
	for _, name := range writes {
		r.asCaller(tools.Caller{ID: "grant-2", Name: "Reader"})
		a := r.call(name, all[name])
		a.fails("may only read", "owner")
		if mustJSON(a.meta["mcp/www_authenticate"]) != `["Bearer error=\"insufficient_scope\", scope=\"coda.write\""]` {
			t.Errorf("%s: the challenge is %v", name, a.meta)
		}
		if got := r.lastCall(); got.Status != tools.StatusRefused || got.Caller.Name != "Reader" {
			t.Errorf("the record is %+v", got)
		}
		r.asCaller(tools.Caller{ID: "grant-1", Write: true})
		readOnly = true
		if a := r.call(name, all[name]); a.meta["mcp/www_authenticate"] != nil || !strings.Contains(a.text, "Read-only") {
			t.Errorf("%s: logging in again does not help against the owner's switch: %s %v", name, a.text, a.meta)
		}
		readOnly = false
	}
	for _, q := range r.fake.Requests() {
		t.Errorf("%s %s reached Coda", q.Method, q.Path)
	}
}

// TestErrorsNameTheNextStep: each answer of Coda becomes one sentence that a
// model can act on, with Coda's own words in it.
func TestErrorsNameTheNextStep(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		status int
		say    []string
		owner  bool
	}{
		"a revoked token":       {401, []string{"401", "owner", "codabridge login coda"}, true},
		"a token without right": {403, []string{"403", "owner"}, true},
		"something gone":        {404, []string{"404", "coda_list_tables"}, false},
		"something deleted":     {410, []string{"410", "deleted"}, false},
		"a limit that stays":    {429, []string{"429", "Stop for some minutes"}, true},
		"Coda in trouble":       {500, []string{"500", "Try again"}, false},
		"a gateway's timeout":   {504, []string{"504", "smaller limit"}, false},
		"a bad request":         {400, []string{"400", "Change the arguments"}, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.fake.Set(func(k *codatest.Knobs) {
				k.Fail, k.FailStatus, k.FailOperation, k.FailMessage = -1, c.status, "listRows", "The\u202e reason "+codatest.Token
				if c.status == 429 {
					k.Refuse, k.Fail = -1, 0
				}
			})
			a := r.call("coda_list_rows", object{"document": planDoc, "table": tasksTable})
			a.fails(c.say...)
			if strings.Contains(a.text, "\u202e") || c.status != 429 && !strings.Contains(a.text, "The reason") {
				t.Errorf("Coda's words are not clean or not there: %s", a.text)
			}
			if (len(r.faults) > 0) != c.owner {
				t.Errorf("the owner heard of %v", r.faults)
			}
		})
	}
}

func TestNoNetworkAndNoToken(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *settings) {
		s.tools.Ready = func() (string, bool) { return "There is no Coda token yet. Run codabridge login coda.", false }
	})
	if len(r.listTools()) != 13 {
		t.Error("without a token the tools are not listed")
	}
	r.call("search", object{"query": "x"}).fails("codabridge login coda")
	broken := newRig(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return "", errors.New("the keyring is locked") }
	})
	broken.call("coda_list_documents", object{}).fails("keyring is locked")
	down := newRig(t)
	if err := down.fake.Close(); err != nil {
		t.Fatal(err)
	}
	down.call("coda_list_documents", object{}).fails("could not be reached")
	down.call("coda_append_to_page", object{"document": planDoc, "page": overviewPage, "content": "x"}).fails("could not be reached")
}

func TestDeadlineTellsHowToNarrow(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *settings) { s.tools.Deadline = 60 * time.Millisecond })
	r.fake.Set(func(k *codatest.Knobs) { k.Delay = patient })
	r.call("coda_list_rows", object{"document": planDoc, "table": tasksTable}).fails("longer than 60ms", "smaller limit")
	if got := r.lastCall(); got.Status != tools.StatusTimeout || got.Tool != "coda_list_rows" || got.BytesIn == 0 || got.BytesOut == 0 {
		t.Errorf("%+v", got)
	}
}

func TestPanicIsNotShown(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	r := newRig(t, func(s *settings) {
		s.coda.Token = func() (string, error) {
			if asked.Add(1) == 2 {
				panic("boom secret=abc")
			}
			return codatest.Token, nil
		}
	})
	for _, name := range []string{"coda_get_document", "search", "coda_list_pages"} {
		r.tools.Forget()
		asked.Store(0)
		if a := r.call(name, everyTool(planDoc, "", "", "")[name]); strings.Contains(a.text, "boom") || !a.isError && name != "search" {
			t.Errorf("%s: %s", name, a.text)
		}
	}
}

// badArguments are answered in one sentence, which holds the given words.
var badArguments = map[string]struct {
	tool string
	args any
	say  []string
}{
	"a missing argument":             {"coda_list_rows", object{"document": planDoc}, []string{`"table"`, "missing", "coda_list_rows takes"}},
	"an argument nobody knows":       {"search", object{"query": "x", "top": 3}, []string{`"top"`, "query"}},
	"a limit out of bounds":          {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": 5000}, []string{"limit", "500"}},
	"words for a number":             {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": "many"}, []string{"limit", "whole number"}},
	"a filter without its value":     {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "filter": object{"column": "Name"}}, []string{"equals", "filter"}},
	"words for a filter":             {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "filter": "Name = x"}, []string{"an object with", "column", "equals"}},
	"a path as a document":           {"coda_get_document", object{"document": "../../whoami"}, []string{"document", "not a path"}},
	"a path as a page":               {"coda_get_page", object{"document": planDoc, "page": ".."}, []string{"page", "not a path"}},
	"a path as a row":                {"coda_get_row", object{"document": planDoc, "table": tasksTable, "row": "i-1/../../x"}, []string{"row", "not a path"}},
	"a path inside a search id":      {"fetch", object{"id": "page:../whoami/.."}, []string{"not a path"}},
	"a link to somewhere else":       {"fetch", object{"id": "https://evil.example/d/x_dAbCdEf"}, []string{"not a link to a Coda document"}},
	"an empty name":                  {"coda_get_document", object{"document": " "}, []string{"empty"}},
	"two documents of one name":      {"coda_get_document", object{"document": "twin"}, []string{"TwinDoc004", "TwinDoc005"}},
	"two pages of one name":          {"coda_get_page", object{"document": planDoc, "page": "notes"}, []string{"2 pages", "canvas-"}},
	"a page that is not there":       {"coda_get_page", object{"document": planDoc, "page": "Overvew"}, []string{"Near it", overviewPage, "coda_list_pages"}},
	"an unknown document id":         {"coda_get_document", object{"document": "AbCdEfGhIj"}, []string{"coda_list_documents"}},
	"an unknown page id":             {"coda_get_page", object{"document": planDoc, "page": "canvas-nothere"}, []string{"coda_list_pages"}},
	"a page name without document":   {"coda_get_page", object{"page": "Overview"}, []string{"document", "missing"}},
	"a table id where a page is due": {"coda_get_page", object{"page": "table:" + planDoc + "/" + tasksTable}, []string{"table", "not to a page"}},
}

// oddArguments are not quite right, but plain in meaning.
var oddArguments = map[string]struct {
	tool string
	args any
}{
	"a number as text":            {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": "3"}},
	"a number with a point":       {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": 3.0}},
	"null for nothing":            {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": nil, "filter": nil}},
	"an object as text":           {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "filter": `{"column":"Name","equals":"Launch"}`}},
	"a list as text":              {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "columns": `["Name","Due"]`}},
	"names of other servers":      {"coda_list_rows", object{"tableId": tasksTable, "docId": planDoc}},
	"a truth value as text":       {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "visible_only": "true"}},
	"an accent left out":          {"coda_get_document", object{"document": "cafe MENU"}},
	"a search id as an argument":  {"coda_get_table", object{"table": "table:" + planDoc + "/" + tasksTable}},
	"no arguments object at all":  {"coda_list_documents", nil},
	"a link of the old host":      {"coda_get_document", object{"document": "https://coda.io/d/Launch-plan_d" + planDoc}},
	"a link of the new host":      {"coda_get_document", object{"document": "https://docs.superhuman.com/d/_d" + planDoc}},
	"a page by its own link":      {"coda_get_page", object{"page": "https://coda.io/d/Launch-plan_d" + planDoc + "/Overview_suview01"}},
	"a page of a document's link": {"coda_get_page", object{"document": "https://coda.io/d/Launch-plan_d" + planDoc, "page": "Overview"}},
}

// TestArguments: models err in small ways, and hear of the rest in one
// sentence.
func TestArguments(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for what, c := range badArguments {
		t.Run(what, func(t *testing.T) { r.call(c.tool, c.args).fails(c.say...) })
	}
	for what, c := range oddArguments {
		t.Run(what, func(t *testing.T) { r.call(c.tool, c.args).ok(nil) })
	}
}

func TestTokenOfOneDocument(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return codatest.TokenOneDoc, nil }
	})
	r.call("coda_list_documents", object{}).fails("limited to one", "link")
	r.call("coda_get_document", object{"document": planDoc}).ok(nil)
	r.call("coda_get_document", object{"document": "Launch plan"}).fails("limited to one")
	r.call("coda_get_document", object{"document": menuDoc}).fails("403")
}

func TestTokenThatMayOnlyRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return codatest.TokenReadOnly, nil }
	})
	r.call("coda_append_to_page", object{"document": planDoc, "page": overviewPage, "content": "x"}).fails("403", "Nothing was written")
	if len(r.faults) != 1 {
		t.Errorf("the owner heard of %v", r.faults)
	}
}
