package tools_test

import "testing"

// TestTheFreeCallDeletesByIdOnly: what the tools for deleting refuse must not
// be done by way of the free call.
func TestTheFreeCallDeletesByIdOnly(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	r.call("coda_create_document", object{"title": "NamedLikeAnId"}).ok(nil)
	r.fake.ClearLog()
	row := func(more object) object {
		more["docId"], more["tableIdOrName"] = planDoc, tasksTable
		return more
	}
	page := func(more object) object {
		more["docId"], more["pageIdOrName"] = planDoc, overviewPage
		return more
	}
	for what, c := range map[string]struct {
		operation string
		args      object
		say       []string
	}{
		"a document by name":             {"deleteDoc", object{"docId": "Launch plan"}, []string{"docId", "Launch plan", "coda_delete_document"}},
		"a document by link":             {"deleteDoc", object{"docId": "https://coda.io/d/_d" + planDoc}, []string{"docId", "coda_delete_document"}},
		"a name that looks like an id":   {"deleteDoc", object{"docId": "NamedLikeAnId"}, []string{"docId", "coda_delete_document"}},
		"a page by name":                 {"deletePage", object{"docId": planDoc, "pageIdOrName": "Notes"}, []string{"pageIdOrName", "coda_delete_page"}},
		"a page in a document by name":   {"deletePage", object{"docId": "Launch plan", "pageIdOrName": overviewPage}, []string{"docId", "coda_delete_page"}},
		"one of two rows of a name":      {"deleteRow", row(object{"rowIdOrName": "Twin"}), []string{"rowIdOrName", "coda_delete_rows"}},
		"rows of a table by name":        {"deleteRows", object{"docId": planDoc, "tableIdOrName": "Tasks", "rowIds": []string{"i-twin1"}}, []string{"tableIdOrName", "coda_delete_rows"}},
		"rows by name":                   {"deleteRows", row(object{"rowIds": []string{"i-twin1", "Launch"}}), []string{"rowIds", "Launch", "coda_delete_rows"}},
		"no rows":                        {"deleteRows", row(object{"rowIds": []string{}}), []string{"rowIds", "coda_delete_rows"}},
		"all lines of a page":            {"deletePageContent", page(object{}), []string{"elementIds", "coda_delete_page_elements"}},
		"an empty list of lines":         {"deletePageContent", page(object{"elementIds": []string{}}), []string{"elementIds", "coda_delete_page_elements"}},
		"lines that are nothing":         {"deletePageContent", page(object{"elementIds": nil}), []string{"elementIds", "coda_delete_page_elements"}},
		"a line without an id":           {"deletePageContent", page(object{"elementIds": []string{""}}), []string{"elementIds", "coda_delete_page_elements"}},
		"a folder by name":               {"deleteFolder", object{"folderId": "My docs"}, []string{"folderId", "coda_delete_folder"}},
		"a number for a document":        {"deleteDoc", object{"docId": 1234567}, []string{"docId"}},
		"a whole page rewritten":         {"updatePage", page(object{"contentUpdate": object{"insertionMode": "replace", "canvasContent": object{"format": "markdown", "content": "x"}}}), []string{"elementId", "coda_replace_page"}},
		"a whole page by an empty line":  {"updatePage", page(object{"contentUpdate": object{"insertionMode": "replace", "elementId": " ", "canvasContent": object{"format": "markdown", "content": "x"}}}), []string{"coda_replace_page"}},
		"a page taken off by its name":   {"unpublishDoc", object{"docId": "Launch plan"}, []string{"docId", "coda_unpublish_document"}},
		"an access of a document's name": {"deletePermission", object{"docId": "Launch plan", "permissionId": "x"}, []string{"docId", "coda_unshare_document"}},
	} {
		t.Run(what, func(t *testing.T) {
			r.call("coda_api_call", object{"operation": c.operation, "arguments": c.args}).fails(append(c.say, "Nothing was written")...)
		})
	}
	for _, q := range r.fake.Requests() {
		if q.Method != "GET" {
			t.Errorf("%s %s reached Coda", q.Method, q.Path)
		}
	}
	var lines struct{ Lines [][]any }
	r.call("coda_get_page_lines", object{"document": planDoc, "page": overviewPage}).ok(&lines)
	for operation, args := range map[string]object{
		"deletePageContent": page(object{"elementIds": []any{lines.Lines[0][0]}}),
		"deleteRow":         row(object{"rowIdOrName": "i-twin1"}),
		"deleteRows":        row(object{"rowIds": []string{"i-twin2"}}),
		"updatePage":        page(object{"contentUpdate": object{"insertionMode": "append", "canvasContent": object{"format": "markdown", "content": "x"}}}),
		"deleteDoc":         {"docId": menuDoc},
	} {
		r.call("coda_api_call", object{"operation": operation, "arguments": args}).ok(nil)
	}
}

func TestOperationsNameTheToolThatDoesThemBetter(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for operation, want := range map[string]string{"deleteDoc": "coda_delete_document", "updateDoc": "coda_update_document", "createDoc": "coda_create_document",
		"addPermission": "coda_share_document", "publishDoc": "coda_publish_document", "listFolders": "coda_list_folders", "deleteFolder": "coda_delete_folder"} {
		var got struct{ Tool string }
		r.call("coda_api_describe", object{"operation": operation}).ok(&got)
		if got.Tool != want {
			t.Errorf("%s is said to be done by %q", operation, got.Tool)
		}
	}
}
