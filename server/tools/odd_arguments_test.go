package tools_test

import (
	"slices"
	"strings"
	"testing"
)

// badArguments are answered in one sentence, which holds the given words.
var badArguments = map[string]struct {
	tool string
	args any
	say  []string
}{
	"a missing argument":       {"coda_list_rows", object{"document": planDoc}, []string{`"table"`, "missing", "coda_list_rows takes"}},
	"an argument nobody knows": {"search", object{"query": "x", "top": 3}, []string{`"top"`, "query"}},
	"a limit out of bounds":    {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": 5000}, []string{"limit", "500"}},
	"words for a number":       {"coda_list_rows", object{"table": tasksTable, "document": planDoc, "limit": "many"}, []string{"limit", "whole number"}},
	"an empty list of rows":    {"coda_create_rows", object{"document": planDoc, "table": tasksTable, "rows": []any{}}, []string{`"rows" must have at least 1`}},
	"a name that is too long":  {"coda_create_page", object{"document": planDoc, "name": strings.Repeat("ä", 301)}, []string{`"name" has 301 characters, and may have 300`}},
	"too many rows": {"coda_delete_rows", object{"document": planDoc, "table": tasksTable, "rows": slices.Repeat([]any{"i-1"}, 101)},
		[]string{`"rows" has 101 in it, and may have 100 at once`, "another call"}},
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
	"a document that is unseen":      {"coda_get_document", object{"document": "\u200b"}, []string{`called "\u200b"`, "coda_list_documents"}},
	"a document of nothing":          {"coda_get_document", object{"document": "\x00"}, []string{"control characters", `unlike "\x00"`}},
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
	r := newHarness(t)
	for what, c := range badArguments {
		t.Run(what, func(t *testing.T) { r.call(c.tool, c.args).fails(c.say...) })
	}
	for what, c := range oddArguments {
		t.Run(what, func(t *testing.T) { r.call(c.tool, c.args).ok(nil) })
	}
}
