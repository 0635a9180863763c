//go:build !race

package tools_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/tools/changes"
)

// TestAnySequencePutBackInReverseIsTheBeginning: random writes by three
// connections, put back the last first, leave the workspace as it was.
func TestAnySequencePutBackInReverseIsTheBeginning(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := newHarness(t, full, recorded(t))
			random := rand.New(rand.NewPCG(seed, 7))
			before := r.fake.Snapshot()
			var log []string
			for range 14 {
				tool, args := r.anyWrite(random)
				r.asCaller(caller.Caller{ID: fmt.Sprint("grant-", random.IntN(3)), Name: "one of three", Reach: caller.Reach{Write: true}})
				a := r.call(tool, args)
				log = append(log, fmt.Sprint(tool, " ", mustJSON(args), " ", a.isError))
			}
			for _, c := range r.changes() {
				out, err := r.journal.Undo(changes.AsOwner(t.Context()), c.ID, changes.All)
				if err != nil || !out.Done {
					t.Errorf("%s (%s): %+v %v", c.Sentence, c.State, out, err)
				}
			}
			if d := differences(before, r.fake.Snapshot()); len(d) > 0 {
				t.Errorf("not as in the beginning:\n%s\nafter:\n%s", strings.Join(d, "\n"), strings.Join(log, "\n"))
			}
		})
	}
}

// anyWrite is a write of one of the kinds that can be put back: to rows, lines,
// pages, facts, sharing or publishing of the plan.
func (r *harness) anyWrite(random *rand.Rand) (string, object) {
	in := func(more object) object {
		more["document"] = planDoc
		return more
	}
	name := fmt.Sprint("New ", random.IntN(1000))
	switch random.IntN(24) {
	case 0:
		return "coda_create_rows", in(object{"table": tasksTable, "rows": []object{{"Name": name, "Points": random.IntN(50)}}})
	case 1:
		return "coda_upsert_rows", in(object{"table": tasksTable, "rows": []object{{"Name": "Launch", "Points": random.IntN(50)}, {"Name": name}}, "key_columns": []string{"Name"}})
	case 2, 3:
		return "coda_update_row", in(object{"table": tasksTable, "row": r.anyRow(random), "values": object{"Points": random.IntN(50), "Status": "Done", "Due": "2026-12-01"}})
	case 4:
		return "coda_delete_rows", in(object{"table": tasksTable, "rows": []string{r.anyRow(random)}})
	case 5:
		return "coda_append_to_page", in(object{"page": overviewPage, "content": "Line " + name})
	case 6:
		return "coda_update_page", in(object{"page": overviewPage, "subtitle": name, "hidden": random.IntN(2) == 0})
	case 8:
		return "coda_create_page", in(object{"name": name, "content": "Text of " + name})
	case 9:
		return "coda_create_document", object{"title": name}
	case 10:
		return "coda_create_folder", object{"name": name}
	case 11:
		return "coda_publish_document", in(object{"slug": strings.ReplaceAll(strings.ToLower(name), " ", "-")})
	case 12:
		return "coda_update_sharing", in(object{"allow_copying": random.IntN(2) == 0})
	case 13:
		return "coda_edit_page", in(object{"page": overviewPage, "mode": "prepend", "content": "Top " + name})
	case 14:
		return "coda_create_rows", in(object{"table": tasksTable, "rows": []object{{"Name": "Launch", "Points": random.IntN(50)}, {"Name": name}}, "key_columns": []string{"Name"}})
	case 16:
		return "coda_insert_table", in(object{"page": overviewPage, "columns": []string{"A", "B"}, "rows": [][]any{{name, "2"}}})
	case 17:
		return "coda_edit_page", in(object{"page": overviewPage, "mode": "replace", "element": r.anyLine(random), "content": "Instead " + name})
	case 18:
		return "coda_delete_page_elements", in(object{"page": overviewPage, "elements": []string{r.anyLine(random)}})
	case 19:
		return "coda_replace_page", in(object{"page": overviewPage, "content": "# All new\n\nText " + name, "dry_run": false})
	case 20:
		return "coda_unshare_document", in(object{"permission": r.anyPermission()})
	case 21:
		return "coda_unpublish_document", in(object{})
	case 22:
		return "coda_api_call", object{"operation": "updateFolder", "arguments": object{"folderId": r.anyFolder(), "name": name, "description": name}}
	case 23:
		return "coda_update_page", in(object{"page": overviewPage, "icon": []string{"rocket", "star"}[random.IntN(2)]})
	case 7:
		return "coda_share_document", in(object{"access": "comment", "with": "email", "who": strings.ReplaceAll(strings.ToLower(name), " ", "") + "@b.example"})
	}
	return "coda_update_document", in(object{"title": name})
}

// anyLine is the id of a line of the page that is written to.
func (r *harness) anyLine(random *rand.Rand) string {
	r.Helper()
	lines, err := r.client.PageContent(r.Context(), planDoc, overviewPage, coda.ListOptions{Limit: 500})
	if err != nil {
		r.Fatal(err)
	}
	if len(lines.Items) == 0 {
		return "cl-gone"
	}
	return lines.Items[random.IntN(len(lines.Items))].ID
}

// anyPermission is the id of the last access to the plan that was given.
func (r *harness) anyPermission() string {
	r.Helper()
	var sharing struct {
		Shared []struct{ ID string } `json:"shared_with"`
	}
	r.call("coda_get_sharing", object{"document": planDoc}).ok(&sharing)
	if len(sharing.Shared) == 0 {
		return "none"
	}
	return sharing.Shared[len(sharing.Shared)-1].ID
}

// anyFolder is the id of the last folder.
func (r *harness) anyFolder() string {
	r.Helper()
	var folders struct{ Folders []ref }
	r.call("coda_list_folders", object{}).ok(&folders)
	if len(folders.Folders) == 0 {
		return "fl-none"
	}
	return folders.Folders[len(folders.Folders)-1].ID
}

func (r *harness) anyRow(random *rand.Rand) string {
	var list struct {
		Columns []string
		Rows    [][]any
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": tasksTable, "columns": []string{"Name"}}).ok(&list)
	if len(list.Rows) == 0 {
		return "i-gone"
	}
	id, _ := list.Rows[random.IntN(len(list.Rows))][0].(string)
	return id
}
