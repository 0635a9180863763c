package tools_test

import (
	"maps"
	"strings"
	"testing"
)

// clientFields are what clients were seen to add to the arguments of a call.
var clientFields = object{"sessionId": "s-1", "action": "sendMessage", "chatInput": "hi", "toolCallId": "call_1", "random_string": "dummy",
	"session_id": "s", "_meta": object{"a": 1}, "_requestId": 7, "__typename": "x"}

// TestClientsOwnFieldsAreDropped: no model can take them out again, so that
// every call of such a client would fail.
func TestClientsOwnFieldsAreDropped(t *testing.T) {
	t.Parallel()
	calls := goodCalls()
	r := newHarness(t, full)
	for _, d := range r.listTools() {
		if d.Annotations["readOnlyHint"] != true || d.Name == "coda_get_mutation_status" {
			continue
		}
		args := maps.Clone(calls[d.Name])
		maps.Copy(args, clientFields)
		r.call(d.Name, args).ok(nil)
	}
	args := spoiled(calls["coda_create_rows"], "sessionId", "x")
	r.call("coda_create_rows", args).ok(nil)
	r.call("coda_update_row", spoiled(calls["coda_update_row"], "_x", 1)).ok(nil)
}

// TestAMisspeltArgumentIsRefused: left out in silence, it would change what is
// done.
func TestAMisspeltArgumentIsRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	r.listTools()
	r.fake.ClearLog()
	rows := []object{{"Name": "x"}}
	for given, want := range map[string]string{"key_column": "key_columns", "keyColumns": "key_columns", "_key_columns": "key_columns",
		"keys_columns": "key_columns", "documnet": "document", "tabel": "table", "disableParsing": "disable_parsing", "Rows": "rows"} {
		args := object{"document": planDoc, "table": "Tasks", "rows": rows}
		args[given] = "x"
		r.call("coda_create_rows", args).fails(`"`+given+`"`, `Did you mean "`+want+`"?`, "coda_create_rows takes: disable_parsing, document, key_columns, rows, table", "Nothing was written")
	}
	r.call("coda_get_account", object{"verbose": true}).fails("coda_get_account takes no arguments", `"verbose"`)
	r.call("coda_list_rows", object{"table": "Tasks", "document": planDoc, "filter": object{"column": "Name", "equals": "x", "operator": "is"}}).
		fails(`"operator"`, `inside "filter"`, `only "column", "equals"`)
	many := object{"document": planDoc, "table": "Tasks", "rows": rows}
	for i := range 300 {
		many[strings.Repeat("x", i+1)] = 1
	}
	r.call("coda_create_rows", many).helpful("300 strange arguments")
	if n := r.fake.Count(""); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	// What is wrong first is the same every time.
	wrong := object{"table": 5, "document": object{}, "limit": "many", "fresh": "perhaps", "sort": "odd", "zzz": 1, "aaa": 2}
	delete(wrong, "zzz")
	delete(wrong, "aaa")
	first := r.call("coda_list_rows", wrong).text
	for range 30 {
		if again := r.call("coda_list_rows", wrong).text; again != first {
			t.Fatalf("%q and %q", first, again)
		}
	}
	wrong["zzz"], wrong["aaa"] = 1, 2
	r.call("coda_list_rows", wrong).fails(`"aaa", "zzz"`)
}

// TestRequiredArgumentsMayNotBeEmpty, and a filter half filled in is no filter
// left out.
func TestRequiredArgumentsMayNotBeEmpty(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for what, c := range map[string]struct {
		tool string
		args object
		say  string
	}{
		"a table":          {"coda_list_rows", object{"document": planDoc, "table": ""}, "table"},
		"rows":             {"coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{}}, "rows"},
		"values":           {"coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{}}, "values"},
		"values as a list": {"coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": []any{}}, "values"},
		"key columns":      {"coda_upsert_rows", object{"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "x"}}, "key_columns": []any{}}, "key_columns"},
		"half a filter":    {"coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "", "equals": "x"}}, "column"},
		"a mode":           {"coda_edit_page", object{"document": planDoc, "page": overviewPage, "mode": "", "content": "x"}, "mode"},
		"a dry run":        {"coda_replace_page", object{"document": planDoc, "page": overviewPage, "dry_run": "", "content": "x"}, "dry_run"},
	} {
		t.Run(what, func(t *testing.T) { r.call(c.tool, c.args).fails(c.say) })
	}
	var got struct{ Rows [][]any }
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "", "equals": ""}}).ok(&got)
	if len(got.Rows) != 4 {
		t.Errorf("an empty filter let %d rows through", len(got.Rows))
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Link", "equals": ""}}).ok(nil)
	r.call("coda_query_rows", object{"document": planDoc, "table": "Tasks", "sort": []object{{"column": "", "descending": false}}}).ok(nil)
	r.call("coda_update_page", object{"document": planDoc, "page": overviewPage, "subtitle": "Was here"}).ok(nil)
	r.call("coda_update_page", object{"document": planDoc, "page": overviewPage, "subtitle": "", "name": "", "icon": ""}).ok(nil)
	if body := lastBody(r, "updatePage"); body != `{"subtitle":""}` {
		t.Errorf("an empty subtitle takes it away, and nothing else: %s", body)
	}
}

// TestEmptyListsOfPHP: it has one empty value for lists and objects.
func TestEmptyListsOfPHP(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	r.call("coda_list_documents", []any{}).ok(nil)
	r.call("coda_get_account", []any{}).ok(nil)
	r.call("coda_get_account", "{}").ok(nil)
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": []any{}}).ok(nil)
	r.call("coda_api_call", object{"operation": "listDocs", "arguments": []any{}}).ok(nil)
	r.call("coda_trigger_automation", object{"document": planDoc, "automation": "grid-auto-weekly", "payload": []any{}}).ok(nil)
	r.call("coda_list_documents", []any{1}).fails("one JSON object")
	r.call("coda_create_rows", object{"document": planDoc, "table": "Tasks", "rows": []any{[]any{}}}).fails("no values")
	r.call("search", []any{}).fails(`"query"`, "missing")
}
