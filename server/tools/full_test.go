package tools_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestEveryToolDoesItsWork calls each tool once with good arguments, each on a
// workspace of its own.
func TestEveryToolDoesItsWork(t *testing.T) {
	t.Parallel()
	calls := everyTool(planDoc, overviewPage, tasksTable, "i-launch")
	for name, args := range elsewhere {
		calls[name] = args
	}
	needs := map[string]func(r *harness){ // what must be there first
		"coda_unshare_document": func(r *harness) {
			r.call("coda_share_document", calls["coda_share_document"]).ok(nil)
			var got struct{ Shared_with []struct{ ID, With string } }
			r.call("coda_get_sharing", object{"document": planDoc}).ok(&got)
			calls := got.Shared_with[len(got.Shared_with)-1]
			r.call("coda_unshare_document", object{"document": planDoc, "permission": calls.ID}).ok(nil)
		},
		"coda_unpublish_document": func(r *harness) { r.call("coda_publish_document", calls["coda_publish_document"]).ok(nil) },
		"coda_update_folder":      func(r *harness) { folderCall(r, "coda_update_folder", object{"name": "Crate"}) },
		"coda_delete_folder":      func(r *harness) { folderCall(r, "coda_delete_folder", object{}) },
		"coda_undo_change": func(r *harness) {
			r = newHarness(r.TB, full, recorded(r.TB))
			var made struct{ Change string }
			r.call("coda_create_page", calls["coda_create_page"]).ok(&made)
			if out := r.undo(made.Change, ""); !out.Done {
				r.Errorf("%+v", out)
			}
		},
		"coda_get_mutation_status": func(r *harness) {
			r = newHarness(r.TB, full, outOfTime)
			r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
			var made, got changed
			r.call("coda_create_page", calls["coda_create_page"]).ok(&made)
			r.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = false })
			r.call("coda_get_mutation_status", object{"request_id": made.Request_id}).ok(&got)
			if made.Request_id == "" || got.Request_id != made.Request_id || got.Status != "applied" {
				r.Errorf("after %+v: %+v", made, got)
			}
		},
	}
	fresh := newHarness(t, full)
	for _, d := range fresh.listTools() {
		args, ok := calls[d.Name]
		if !ok {
			t.Errorf("nobody has a good call of %s", d.Name)
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full)
			before, special := needs[d.Name]
			if special {
				before(r)
			}
			if special && d.Name != "coda_unpublish_document" {
				return
			}
			a := r.call(d.Name, args).ok(nil)
			if len(a.text) > 24000 {
				t.Errorf("the answer has %d bytes", len(a.text))
			}
			if n := r.fake.Count(""); n > 12 {
				t.Errorf("one call made %d requests", n)
			}
		})
	}
}

// folderCall makes a folder and calls a tool with it.
func folderCall(r *harness, tool string, args object) {
	r.Helper()
	var made struct{ ID string }
	r.call("coda_create_folder", object{"name": "Box", "description": "d"}).ok(&made)
	args["folder"] = made.ID
	var got changed
	r.call(tool, args).ok(&got)
	if !strings.Contains(strings.Join(got.Was, " "), "Box") {
		r.Errorf("%s does not say what it was: %+v", tool, got)
	}
}

type changed struct {
	Status, ID, Name, URL, Diff, Note, Request_id string
	Was                                           []string
	Document                                      ref
}

func TestDeletingAsksForIdsAndSaysWhatWas(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for tool, args := range map[string]object{
		"coda_delete_document": {"document": "Launch plan"},
		"coda_delete_page":     {"document": planDoc, "page": "Overview"},
		"coda_delete_rows":     {"document": planDoc, "table": "Tasks", "rows": []string{"i-launch", "Launch"}},
		"coda_delete_folder":   {"folder": "My docs"},
	} {
		r.call(tool, args).fails("id", "Nothing was written")
	}
	r.call("coda_delete_document", object{"document": "https://docs.superhuman.com/d/_d" + planDoc}).fails("must be an id")
	r.call("coda_delete_rows", object{"document": planDoc, "table": "Tasks", "rows": []string{"i-none", "i-launch", "i-nope"}}).fails(`"i-none", "i-nope"`, "Nothing was written")
	var got changed
	r.call("coda_delete_rows", object{"document": planDoc, "table": "Open tasks", "rows": []string{"i-launch", "i-paint"}}).ok(&got)
	if len(got.Was) != 2 || !strings.Contains(got.Was[0], `i-launch "Launch"`) || got.Status != "applied" {
		t.Errorf("rows: %+v", got)
	}
	r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": "i-launch"}).fails("404")
	r.call("coda_delete_page", object{"document": planDoc, "page": overviewPage}).ok(&got)
	if was := strings.Join(got.Was, ", "); !strings.HasPrefix(was, `page "Overview", subpage "Risks", table "Tasks"`) {
		t.Errorf("page: %s", was)
	}
	r.call("coda_delete_document", object{"document": menuDoc}).ok(&got)
	if !strings.Contains(got.Was[0], `"Café menu"`) {
		t.Errorf("document: %v", got.Was)
	}
	r.call("coda_get_document", object{"document": menuDoc}).fails("There is no document", "coda_list_documents")
}

func TestPagesAreEditedInPlace(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	var lines struct {
		Lines [][]any
		Note  string
	}
	page := object{"document": planDoc, "page": "Overview"}
	r.call("coda_get_page_lines", page).ok(&lines)
	first := lines.Lines[0][0].(string)
	edit := func(more object) answer {
		for k, v := range page {
			more[k] = v
		}
		return r.call("coda_edit_page", more)
	}
	edit(object{"mode": "replace", "content": "x"}).fails("element", "coda_replace_page")
	edit(object{"mode": "delete"}).fails("element")
	edit(object{"mode": "append", "content": " "}).fails("empty")
	edit(object{"mode": "append", "element": "cl-nope", "content": "x"}).fails("cl-nope", "coda_get_page")
	var got changed
	edit(object{"mode": "replace", "element": first, "content": "# Aims"}).ok(&got)
	if len(got.Was) != 1 || !strings.Contains(got.Was[0], "Goals") {
		t.Errorf("was: %v", got.Was)
	}
	edit(object{"mode": "prepend", "content": "Before it all"}).ok(nil)
	edit(object{"mode": "append", "element": first, "content": "Right below"}).ok(nil)
	r.call("coda_get_page_lines", page).ok(&lines)
	if texts := mustJSON(lines.Lines[:3]); !strings.Contains(texts, `"Before it all"]`) || !strings.Contains(texts, first+`","h1",0,"Aims"`) || !strings.Contains(texts, `"Right below"`) {
		t.Errorf("lines: %s", texts)
	}
	r.call("coda_insert_table", object{"document": planDoc, "page": "Overview", "columns": []string{"A<", "B"}, "rows": [][]any{{"x & y", 2}, {nil, []any{"p", "q"}}}}).ok(nil)
	sent := lastBody(r, "updatePage")
	if want := `<table><tr><th>A&lt;</th><th>B</th></tr><tr><td>x &amp; y</td><td>2</td></tr><tr><td></td><td>p, q</td></tr></table>`; !strings.Contains(sent, mustJSON(want)) {
		t.Errorf("sent %s", sent)
	}
	r.call("coda_insert_table", object{"document": planDoc, "page": "Overview", "columns": []string{"A"}, "rows": [][]any{{1, 2}}}).fails("Row 1", "2 values for 1 column")
	r.call("coda_delete_page_elements", object{"document": planDoc, "page": "Overview", "elements": []string{first}}).ok(&got)
	if !strings.Contains(got.Was[0], "Aims") {
		t.Errorf("was: %v", got.Was)
	}
}

func lastBody(r *harness, operation string) string {
	reqs := r.fake.Requests()
	for _, q := range slices.Backward(reqs) {
		if q.Operation == operation {
			var v any
			_ = json.Unmarshal(q.Body, &v)
			return mustJSON(v)
		}
	}
	return ""
}

func TestReplacingAPageShowsTheDifferenceFirst(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	args := object{"document": planDoc, "page": "Overview", "content": "# Overview\n\n# Goals\n\nShip in June.", "dry_run": true}
	var got changed
	r.call("coda_replace_page", args).ok(&got)
	if got.Status != "dry_run" || !strings.Contains(got.Diff, "+ Ship in June.") || !strings.Contains(got.Diff, "- > quoted") || !strings.Contains(mustJSON(got.Was), "Tasks") {
		t.Errorf("%+v", got)
	}
	if n := r.fake.Count("updatePage"); n != 0 {
		t.Errorf("the dry run wrote %d times", n)
	}
	args["dry_run"] = false
	r.call("coda_replace_page", args).ok(&got)
	var page struct{ Text string }
	r.call("coda_get_page", object{"document": planDoc, "page": "Overview"}).ok(&page)
	if got.Status != "applied" || !strings.Contains(page.Text, "June") || strings.Contains(page.Text, "quoted") {
		t.Errorf("%+v %s", got, page.Text)
	}
	r.call("coda_replace_page", object{"document": planDoc, "page": "Board", "content": "x", "dry_run": false}).fails("Nothing was written")
	r.call("coda_replace_page", object{"document": planDoc, "page": "Overview", "content": "x"}).fails("dry_run")
}

func TestCreatedPageIsUsableAtOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	r.fake.Set(func(k *codatest.Knobs) { k.MutationPolls = 4 })
	var got changed
	r.call("coda_create_page", object{"document": planDoc, "name": "Fresh", "parent": "Overview", "content": "# Hi\n\nthere"}).ok(&got)
	if got.Status != "applied" || got.URL == "" {
		t.Errorf("%+v", got)
	}
	r.call("coda_edit_page", object{"document": planDoc, "page": "Fresh", "mode": "append", "content": "more"}).ok(nil)
	// A page whose creation outlasts the wait: the next call waits for it.
	slow := newHarness(t, full, outOfTime)
	slow.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = true })
	slow.call("coda_create_page", object{"document": planDoc, "name": "Late"}).ok(&got)
	if got.Status != "queued" || got.Request_id == "" {
		t.Fatalf("%+v", got)
	}
	edit := object{"document": planDoc, "page": got.ID, "mode": "append", "content": "more"}
	slow.call("coda_edit_page", edit).fails("a moment ago", "do not create it again")
	slow.call("coda_get_mutation_status", object{"request_id": got.Request_id}).ok(&got)
	if got.Status != "queued" {
		t.Errorf("%+v", got)
	}
	slow.fake.Set(func(k *codatest.Knobs) { k.MutationStuck = false })
	slow.call("coda_edit_page", edit).ok(nil)
	slow.call("coda_get_mutation_status", object{"request_id": got.Request_id}).ok(&got)
	if got.Status != "applied" {
		t.Errorf("%+v", got)
	}
	slow.call("coda_get_mutation_status", object{"request_id": "mutate:nobody"}).fails("no write", "Read the row or page")
}

// TestAllRowsOfAFilterComeInOneCall though Coda hands them out in pages.
func TestAllRowsOfAFilterComeInOneCall(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.ClampRows = 90 })
	var got struct {
		Rows        [][]any
		Next_cursor string
		Note        string
	}
	args := object{"document": planDoc, "table": "Wide", "filter": object{"column": "Column 2", "equals": "Open"}, "columns": []string{"Column 1"}}
	r.call("coda_list_rows", args).ok(&got)
	if len(got.Rows) != 250 || got.Next_cursor != "" {
		t.Errorf("%d rows, cursor %q", len(got.Rows), got.Next_cursor)
	}
	// The second page times out: what is there comes, and the rest can follow.
	r.fake.Set(func(k *codatest.Knobs) { k.FailAfter, k.Fail, k.FailStatus, k.FailOperation = 1, 1, 504, "listRows" })
	r.call("coda_list_rows", args).ok(&got)
	if len(got.Rows) != 90 || got.Next_cursor == "" || !strings.Contains(got.Note, "504") {
		t.Fatalf("%d rows, cursor %q, %s", len(got.Rows), got.Next_cursor, got.Note)
	}
	args["cursor"] = got.Next_cursor
	r.call("coda_list_rows", args).ok(&got)
	if len(got.Rows) != 160 || got.Rows[0][1] != "Task number 90" {
		t.Errorf("then %d rows from %v", len(got.Rows), got.Rows[0])
	}
}

func TestWholeDocumentAtAGlance(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	var got struct {
		Pages  string
		Tables []struct {
			Name, View_of string
			Rows          int
			Columns       []string
		}
	}
	a := r.call("coda_get_document_schema", object{"document": "Launch plan"}).ok(&got)
	if len(a.text) > 6000 || len(got.Tables) != 4 || got.Tables[0].Rows != 4 || !strings.Contains(got.Pages, "  - Risks (canvas-risks00001)") {
		t.Errorf("%d bytes: %s", len(a.text), a.text)
	}
	columns := strings.Join(got.Tables[0].Columns, "\n")
	for _, want := range []string{"Name* (c-name) text", "Status (c-status) select: Open, In progress, Done", "Goal (c-goal) lookup -> Goals", "Total! (c-total) number", "Go! (c-go) button"} {
		if !strings.Contains(columns, want) {
			t.Errorf("no %q in\n%s", want, columns)
		}
	}
	if last := got.Tables[3]; last.View_of != "Tasks" || len(last.Columns) != 0 {
		t.Errorf("the view is %+v", last)
	}
	r.call("coda_get_document_schema", object{"document": planDoc, "tables": []string{"Tsks"}}).fails("Tasks", "coda_list_tables")
}
