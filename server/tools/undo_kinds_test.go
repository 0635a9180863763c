//go:build !race

package tools_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// undoCase is one row of the table of what can be put back.
type undoCase struct {
	name, tool string
	args       object
	// how is what the owner answers; empty means that nothing is asked.
	how string
	// says stands in the change's sentence, and note in what putting back says.
	says, note string
	// lost are fields that do not come back.
	lost []string
	// prepare is done before, by hand.
	prepare func(r *harness)
}

func undoCases() []undoCase {
	in := func(more object) object {
		args := object{"document": planDoc}
		maps.Copy(args, more)
		return args
	}
	first := "cl-" + overviewPage + "-0"
	return []undoCase{
		{name: "cells of every type", tool: "coda_update_row", args: in(object{"table": tasksTable, "row": "i-launch", "values": object{
			"Name": "Lift off", "Status": "Done", "Owner": nil, "Due": "2026-12-24", "Done": true, "Points": 8, "Goal": "Rest", "Cost": "$99.50", "Link": "https://other.example"}}),
			says: `Changed 9 cells of the row "Launch" in "Tasks"`},
		{name: "upsert that matches", tool: "coda_upsert_rows", args: in(object{"table": tasksTable, "rows": []object{{"Name": "Launch", "Points": 9}, {"Name": "Quite new", "Points": 1}}, "key_columns": []string{"Name"}}),
			says: "Updated or added 2 rows"},
		{name: "rows of a key twice", tool: "coda_create_rows", args: in(object{"table": tasksTable, "rows": []object{{"Name": "Twin", "Status": "Done"}}, "key_columns": []string{"Name"}}), says: "1 row"},
		{name: "new rows", tool: "coda_create_rows", args: in(object{"table": tasksTable, "rows": []object{{"Name": "One", "Due": "2026-11-30"}, {"Name": "Two", "Owner": "mina.okafor@fernhill.example"}}}),
			says: `Added 2 rows to "Tasks"`},
		{name: "deleted rows", tool: "coda_delete_rows", args: in(object{"table": tasksTable, "rows": []string{"i-launch", "i-paint"}}),
			says: "Deleted 2 rows", note: "their ids, and links to them from other tables, are new"},
		{name: "append", tool: "coda_append_to_page", args: in(object{"page": overviewPage, "content": "## More\n\nWith **bold** and a [link](https://a.example).\n\n- item"}), says: "Added text to"},
		{name: "prepend", tool: "coda_edit_page", args: in(object{"page": overviewPage, "mode": "prepend", "content": "On top"}), says: "Added text at the top"},
		{name: "append at a line", tool: "coda_edit_page", args: in(object{"page": overviewPage, "mode": "append", "element": first, "content": "Behind the head"}), says: "Added text"},
		{name: "edit of a line", tool: "coda_edit_page", args: in(object{"page": overviewPage, "mode": "replace", "element": "cl-" + overviewPage + "-1", "content": "Ship never\n\nand again"}), says: "Replaced a line"},
		{name: "deleted lines", tool: "coda_delete_page_elements", args: in(object{"page": overviewPage, "elements": []string{first, "cl-" + overviewPage + "-2", "cl-" + overviewPage + "-3"}}), says: "Deleted 3 lines"},
		{name: "a whole page", tool: "coda_replace_page", args: in(object{"page": overviewPage, "content": "Nothing left", "dry_run": false}), how: "overwrite", says: "Rewrote"},
		{name: "a table on a page", tool: "coda_insert_table", args: in(object{"page": overviewPage, "columns": []string{"A", "B"}, "rows": [][]any{{"1", "2"}}}), how: "overwrite", says: "Put a table on"},
		{name: "new page", tool: "coda_create_page", args: in(object{"name": "Fresh", "content": "Hello\n\n- there"}), says: `Made the page "Fresh"`},
		{name: "new doc", tool: "coda_create_document", args: object{"title": "A new doc"}, says: `Made the doc "A new doc"`},
		{name: "new folder", tool: "coda_create_folder", args: object{"name": "Box"}, says: `Made the folder "Box"`},
		{name: "page facts", tool: "coda_update_page", args: in(object{"page": overviewPage, "name": "View", "subtitle": "s", "icon": "rocket", "hidden": true}), says: "Changed the name"},
		{name: "doc facts", tool: "coda_update_document", args: in(object{"title": "Other", "icon": "rocket"}), says: "Changed the title"},
		{name: "folder facts", tool: "coda_api_call", args: object{"operation": "updateFolder", "arguments": object{"name": "Crate", "description": "d"}}, says: "Changed the name",
			prepare: func(r *harness) {
				var made struct{ ID string }
				r.call("coda_create_folder", object{"name": "Mine"}).ok(&made)
			}},
		{name: "share", tool: "coda_share_document", args: in(object{"access": "comment", "with": "email", "who": "a@b.example"}), says: "Shared the doc"},
		{name: "share with a mail", tool: "coda_share_document", args: in(object{"access": "write", "with": "domain", "who": "b.example", "notify": true}), says: "Shared the doc", note: "cannot be called back"},
		{name: "unshare", tool: "coda_unshare_document", args: in(object{"permission": "?"}), says: "Took the access",
			prepare: func(r *harness) {
				r.call("coda_share_document", object{"document": planDoc, "access": "write", "with": "email", "who": "c@d.example"}).ok(nil)
			}},
		{name: "sharing settings", tool: "coda_update_sharing", args: in(object{"allow_copying": false, "allow_viewers_to_request_editing": true}), says: "may be copied"},
		{name: "publish", tool: "coda_publish_document", args: in(object{"slug": "plan", "categories": []string{"Sales"}}), says: "Published"},
		{name: "unpublish", tool: "coda_unpublish_document", args: in(nil), says: "off the web",
			prepare: func(r *harness) {
				r.call("coda_publish_document", object{"document": planDoc, "slug": "once", "mode": "play", "discoverable": true, "categories": []string{"Design"}}).ok(nil)
			}},
		{name: "any call", tool: "coda_api_call", args: object{"operation": "updateRow", "arguments": object{"docId": planDoc, "tableIdOrName": tasksTable, "rowIdOrName": "i-paint",
			"row": object{"cells": []object{{"column": "Points", "value": 77}}}}}, says: "Changed 1 cell"},
	}
}

// TestEachKindOfChangeIsPutBack: before, change, list, put back, and the same as
// before, compared field by field.
func TestEachKindOfChangeIsPutBack(t *testing.T) {
	t.Parallel()
	for _, c := range undoCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full, recorded(t))
			if c.prepare != nil {
				c.prepare(r)
				r.fillIn(c.args)
			}
			before := r.fake.Snapshot()
			var done struct{ Change string }
			r.call(c.tool, c.args).ok(&done)
			if done.Change == "" {
				t.Fatal("the answer names no change")
			}
			if len(differences(before, r.fake.Snapshot())) == 0 {
				t.Fatal("nothing was changed")
			}
			r.listed(done.Change, c.says)
			out := r.undo(done.Change, "")
			if c.how != "" {
				if out.Done || len(differences(before, r.fake.Snapshot())) == 0 {
					t.Errorf("nothing was asked: %+v", out)
				}
				out = r.undo(done.Change, c.how)
			}
			if !out.Done || out.State != "undone" || !strings.Contains(out.Note, c.note) {
				t.Errorf("putting back says %+v", out)
			}
			for _, d := range differences(before, r.fake.Snapshot()) {
				if !slices.ContainsFunc(c.lost, func(l string) bool { return strings.Contains(d, l) }) {
					t.Errorf("not as before: %s", d)
				}
			}
			if again := r.undo(done.Change, "overwrite"); again.Note != "It is put back already." {
				t.Errorf("a second time it says %+v", again)
			}
		})
	}
}

// fillIn completes arguments with ids that only the fake knows.
func (r *harness) fillIn(args object) {
	r.Helper()
	switch {
	case args["permission"] == "?":
		var sharing struct {
			Shared []struct{ ID, With string } `json:"shared_with"`
		}
		r.call("coda_get_sharing", object{"document": planDoc}).ok(&sharing)
		args["permission"] = sharing.Shared[len(sharing.Shared)-1].ID
	case args["operation"] == "updateFolder":
		var folders struct{ Folders []ref }
		r.call("coda_list_folders", object{}).ok(&folders)
		args["arguments"].(object)["folderId"] = folders.Folders[len(folders.Folders)-1].ID
	}
}
