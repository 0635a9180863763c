package tools_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"codabridge/server/caller"
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
		"coda_show_table":           in(object{"table": table}),
		"coda_query_rows":           in(object{"table": table, "where": []object{{"column": "Name", "is": "contains", "value": "a"}}, "group_by": []string{"Name"}}),
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
		"coda_recent_changes":       in(object{"since": "2020-01-01"}),
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
	"coda_list_changes": {}, "coda_undo_change": {"changes": []string{"ch-nothing"}},
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
	r := newHarness(t, full, func(s *settings) { s.tools.Documents = func() []string { return []string{planDoc, menuDoc} } })
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
		if slices.Contains(coreNames, name) && name != "coda_delete_rows" {
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
	r := newHarness(t, full, func(s *settings) {
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
		r.asCaller(caller.Caller{ID: "grant-2", Name: "Reader"})
		a := r.call(name, all[name])
		a.fails("may only read", "owner")
		if mustJSON(a.meta["mcp/www_authenticate"]) != `["Bearer error=\"insufficient_scope\", scope=\"coda.write\""]` {
			t.Errorf("%s: the challenge is %v", name, a.meta)
		}
		if got := r.lastCall(); got.Status != caller.StatusRefused || got.Caller.Name != "Reader" {
			t.Errorf("the record is %+v", got)
		}
		r.asCaller(caller.Caller{ID: "grant-1", Reach: caller.Reach{Write: true}})
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
