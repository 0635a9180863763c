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
