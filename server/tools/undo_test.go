package tools_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/tools/changes"
)

// recorded keeps a record of changes in a folder of the test.
func recorded(t testing.TB) func(*settings) {
	return func(s *settings) {
		s.changes = &changes.Options{Path: filepath.Join(t.TempDir(), "changes.db"), Alone: true}
	}
}

// differences are the fields of two snapshots that are not the same.
func differences(before, after map[string]string) []string {
	var out []string
	keys := slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)))
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		if before[k] != after[k] {
			out = append(out, k+": "+before[k]+" -> "+after[k])
		}
	}
	return out
}

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

type undoAnswer struct {
	ID    string
	Done  bool `json:"put_back"`
	State string
	Note  string
	Parts []changes.Part
}

func (r *harness) undo(id, how string) undoAnswer {
	r.Helper()
	var out struct{ Changes []undoAnswer }
	args := object{"changes": []string{id}}
	if how != "" {
		args["if_changed"] = how
	}
	r.call("coda_undo_change", args).ok(&out)
	if len(out.Changes) != 1 {
		r.Fatalf("%+v", out)
	}
	return out.Changes[0]
}

// listed wants a change in the list, and its parts when it is looked at.
func (r *harness) listed(id, says string) {
	r.Helper()
	var list struct {
		Changes []struct{ ID, What, State string }
	}
	r.call("coda_list_changes", object{}).ok(&list)
	if len(list.Changes) == 0 || list.Changes[0].ID != id || !strings.Contains(list.Changes[0].What, says) || list.Changes[0].State != "applied" {
		r.Errorf("the list is %+v", list)
	}
	var one struct {
		Changes []struct{ Parts []changes.Part }
	}
	r.call("coda_list_changes", object{"change": id}).ok(&one)
	if len(one.Changes) != 1 || len(one.Changes[0].Parts) == 0 {
		r.Errorf("the change is %+v", one)
	}
}

// TestWhatCannotBePutBackIsSaid: deleted things, buttons and automations.
func TestWhatCannotBePutBackIsSaid(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	all := everyTool(planDoc, overviewPage, tasksTable, "i-launch")
	for _, c := range []struct{ tool, says string }{{"coda_push_button", "history"}, {"coda_trigger_automation", "history"}, {"coda_delete_page", "trash"}, {"coda_delete_document", "trash"}} {
		var done struct{ Change string }
		r.call(c.tool, all[c.tool]).ok(&done)
		if out := r.undo(done.Change, "overwrite"); out.Done || !strings.Contains(out.Note, c.says) {
			t.Errorf("%s: %+v", c.tool, out)
		}
		var list struct{ Changes []struct{ ID, Note string } }
		r.call("coda_list_changes", object{"limit": 1}).ok(&list)
		if list.Changes[0].ID != done.Change || !strings.Contains(list.Changes[0].Note, c.says) {
			t.Errorf("%s: the list does not say so: %+v", c.tool, list)
		}
	}
}

// TestNoToolWritesWithoutARecord: every request that writes, of every tool and of
// every operation of the API, has its change.
func TestNoToolWritesWithoutARecord(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	all := everyTool(planDoc, overviewPage, tasksTable, "i-launch")
	maps.Copy(all, elsewhere)
	last := []string{"coda_delete_rows", "coda_delete_page_elements", "coda_replace_page", "coda_delete_page", "coda_delete_document"}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(n string) bool { return slices.Contains(last, n) })
	for _, name := range append(names, last...) {
		before, sent := len(r.changes()), r.writes()
		r.call(name, all[name])
		if got := len(r.changes()) - before; got != r.writes()-sent {
			t.Errorf("%s: %d writes were sent and %d recorded", name, r.writes()-sent, got)
		}
	}
	if len(r.changes()) < 20 {
		t.Errorf("only %d changes are recorded", len(r.changes()))
	}
}

func (r *harness) changes() []changes.Entry {
	r.Helper()
	all, err := r.journal.List(changes.AsOwner(r.Context()), changes.Query{})
	if err != nil {
		r.Fatal(err)
	}
	return all
}

// writes counts the requests that write.
func (r *harness) writes() (n int) {
	for _, q := range r.fake.Requests() {
		if q.Method != "GET" && q.Operation != "beginPageContentExport" {
			n++
		}
	}
	return n
}

// TestChangesOfOthersDoNotExist: a connection lists and puts back its own alone.
func TestChangesOfOthersDoNotExist(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	var done struct{ Change string }
	r.call("coda_create_rows", object{"document": planDoc, "table": tasksTable, "rows": []object{{"Name": "x"}}}).ok(&done)
	r.asCaller(caller.Caller{ID: "grant-2", Name: "Claude", Reach: caller.Reach{Write: true}})
	r.call("coda_undo_change", object{"changes": []string{done.Change}}).fails("no change")
	r.call("coda_list_changes", object{"change": done.Change}).fails("no change")
	var list struct{ Changes []ref }
	r.call("coda_list_changes", object{}).ok(&list)
	if len(list.Changes) != 0 {
		t.Errorf("it sees %v", list)
	}
	r.asCaller(caller.Caller{ID: "grant-1", Name: "ChatGPT"})
	r.call("coda_undo_change", object{"changes": []string{done.Change}}).fails("may only read")
	r.asCaller(caller.Caller{ID: "grant-1", Name: "ChatGPT", Reach: caller.Reach{Write: true, Documents: []string{menuDoc}}})
	r.call("coda_undo_change", object{"changes": []string{done.Change}}).fails("no change")
}

// TestWhatWasChangedSinceIsAsked: all three values are shown, and each answer does
// what it says.
func TestWhatWasChangedSinceIsAsked(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	var done struct{ Change string }
	set := func(values object) {
		r.call("coda_update_row", object{"document": planDoc, "table": tasksTable, "row": "i-launch", "values": values}).ok(&done)
	}
	set(object{"Points": 8, "Status": "Done"})
	first := done.Change
	set(object{"Points": 13})
	out := r.undo(first, "")
	if out.Done || len(out.Parts) != 2 {
		t.Fatalf("it says %+v", out)
	}
	for _, p := range out.Parts {
		if want := strings.Contains(p.Name, "Points"); p.Changed != want || want && (p.Before != "3" || p.After != "8" || p.Now != "13") {
			t.Errorf("the part is %+v", p)
		}
	}
	row := func() (v struct{ Values object }) {
		r.call("coda_get_row", object{"document": planDoc, "table": tasksTable, "row": "i-launch"}).ok(&v)
		return v
	}
	if out := r.undo(first, "leave"); !out.Done || row().Values["Points"] != 13.0 || row().Values["Status"] != "Open" {
		t.Errorf("leave: %+v, %v", out, row())
	}
	set(object{"Points": 8})
	second := done.Change
	set(object{"Points": 1})
	if out := r.undo(second, "overwrite"); !out.Done || row().Values["Points"] != 13.0 {
		t.Errorf("overwrite: %+v, %v", out, row())
	}
}

// TestPuttingBackCanBePutBack: it is a change like any other.
func TestPuttingBackCanBePutBack(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t))
	before := r.fake.Snapshot()
	var done struct{ Change string }
	r.call("coda_update_row", object{"document": planDoc, "table": tasksTable, "row": "i-launch", "values": object{"Points": 8}}).ok(&done)
	changed := r.fake.Snapshot()
	for round := range 3 {
		if out := r.undo(done.Change, ""); !out.Done || len(differences(before, r.fake.Snapshot())) > 0 {
			t.Fatalf("round %d: %+v", round, out)
		}
		back := r.changes()[0]
		if back.Undoes != done.Change {
			t.Fatalf("the last change is %+v", back)
		}
		if out := r.undo(back.ID, ""); !out.Done || len(differences(changed, r.fake.Snapshot())) > 0 {
			t.Fatalf("round %d, again: %+v", round, out)
		}
	}
}
