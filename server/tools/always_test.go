package tools_test

import (
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// always has some kinds of changes wait for the owner, for a moment only.
func always(kinds ...string) func(*settings) {
	return func(s *settings) {
		asking(s)
		s.tools.Policy = func(string) tools.Policy { return tools.PolicyWrite }
		s.tools.AskAlways = func() []string { return kinds }
	}
}

// TestWhatAlwaysAsks: each kind of change waits by whatever tool or call it comes,
// putting back included, and the others are made at once.
func TestWhatAlwaysAsks(t *testing.T) {
	t.Parallel()
	in := func(more object) object { more["document"] = planDoc; return more }
	call := func(operation string, more object) object {
		more["docId"] = planDoc
		return object{"operation": operation, "arguments": more}
	}
	roads := map[string][]struct {
		tool string
		args object
	}{
		changes.DeletesDocs: {
			{"coda_delete_document", object{"document": planDoc}}, {"coda_api_call", call("deleteDoc", object{})},
			{"coda_undo_change", object{"changes": []string{"coda_create_document"}}},
		},
		changes.Deletes: {
			{"coda_delete_rows", in(object{"table": tasksTable, "rows": []string{"i-launch"}})},
			{"coda_delete_page_elements", in(object{"page": overviewPage, "elements": []string{"cl-" + overviewPage + "-0"}})},
			{"coda_api_call", call("deleteRow", object{"tableIdOrName": tasksTable, "rowIdOrName": "i-paint"})},
			{"coda_undo_change", object{"changes": []string{"coda_create_rows"}}},
		},
		changes.Shares: {
			{"coda_share_document", in(object{"access": "comment", "with": "email", "who": "a@b.example"})},
			{"coda_update_sharing", in(object{"allow_copying": false})},
			{"coda_api_call", call("addPermission", object{"access": "readonly", "principal": object{"type": "anyone"}})},
			{"coda_undo_change", object{"changes": []string{"coda_share_document"}}},
		},
		changes.Publishes: {
			{"coda_publish_document", in(object{"slug": "plan"})},
			{"coda_api_call", call("publishDoc", object{"slug": "plan"})},
			{"coda_undo_change", object{"changes": []string{"coda_publish_document"}}}, {"coda_unpublish_document", in(object{})},
		},
		changes.Irreversible: {
			{"coda_delete_page", in(object{"page": overviewPage})}, {"coda_trigger_automation", in(object{"automation": "grid-auto-weekly"})},
			{"coda_push_button", goodCalls()["coda_push_button"]},
			{"coda_share_document", in(object{"access": "comment", "with": "email", "who": "a@b.example", "notify": true})},
			{"coda_api_call", call("deletePage", object{"pageIdOrName": overviewPage})},
		},
	}
	for kind, all := range roads {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			kinds := []string{}
			r := newHarness(t, full, recorded(t), always(), func(s *settings) { s.tools.AskAlways = func() []string { return kinds } })
			for _, road := range all {
				kinds = nil
				if named, ok := road.args["changes"].([]string); ok { // made by this tool
					var made struct{ Change string }
					r.call(named[0], goodCalls()[named[0]]).ok(&made)
					if made.Change == "" {
						t.Fatal(named[0], " has no change")
					}
					road.args = object{"changes": []string{made.Change}}
				}
				kinds = []string{kind}
				before := r.writes()
				r.call(road.tool, road.args).fails("Nothing was written yet", "always asks")
				waiting, err := r.journal.Pending(t.Context())
				if err != nil || len(waiting) != 1 || r.writes() != before || waiting[0].Tool != road.tool {
					t.Fatalf("%s: %d writes, %+v, %v", road.tool, r.writes()-before, waiting, err)
				}
				if err := r.journal.Answer(t.Context(), waiting[0].ID, false, "not now"); err != nil {
					t.Fatal(err)
				}
				r.call(road.tool, road.args).fails("the owner said no", "not now")
			}
			kinds = []string{kind}
			r.call("coda_create_rows", newRow("At once")).ok(nil)
		})
	}
}

// TestEveryWritingOperationHasItsKinds: an operation that is new to the table of
// operations shall not share, publish or delete unnoticed.
func TestEveryWritingOperationHasItsKinds(t *testing.T) {
	t.Parallel()
	for _, o := range coda.Operations() {
		if o.Access == coda.Reads {
			continue
		}
		kinds := changes.OperationKinds(o.ID)
		about := strings.ToLower(o.ID + " " + o.Path)
		for word, kind := range map[string]string{"permission": changes.Shares, "invitation": changes.Shares, "acl": changes.Shares, "maker": changes.Shares, "role": changes.Shares,
			"publish": changes.Publishes, "release": changes.Publishes, "domain": changes.Publishes} {
			if strings.Contains(about, word) && !slices.Contains(kinds, kind) {
				t.Errorf("%s (%s) is not of the kind %s but %v", o.ID, o.Path, kind, kinds)
			}
		}
		if o.Access == coda.Destroys && len(kinds) == 0 {
			t.Errorf("%s deletes, and is of no kind", o.ID)
		}
		if slices.Contains(kinds, changes.DeletesDocs) != (o.ID == "deleteDoc" || o.ID == "deleteFolder") {
			t.Errorf("%s: %v", o.ID, kinds)
		}
	}
}

// TestWithoutARecordNothingCanBePutBack, so all of it asks where that is asked.
func TestWithoutARecordNothingCanBePutBack(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, recorded(t), always(changes.Irreversible), func(s *settings) { s.changes.Enabled = func() bool { return false } })
	r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet", "cannot be put back always asks")
	waiting, err := r.journal.Pending(t.Context())
	if err != nil || len(waiting) != 1 || r.writes() != 0 {
		t.Fatalf("%+v %v", waiting, err)
	}
	if err := r.journal.Answer(t.Context(), waiting[0].ID, true, ""); err != nil {
		t.Fatal(err)
	}
	r.call("coda_create_rows", newRow("One")).ok(nil)
	r.tools.Forget() // the first answer is not given again
	r.call("coda_create_rows", newRow("One")).fails("Nothing was written yet")
	if r.writes() != 1 {
		t.Errorf("%d writes", r.writes())
	}
}

// TestTheModelIsToldWhatAsks in the instructions, as it is just then.
func TestTheModelIsToldWhatAsks(t *testing.T) {
	t.Parallel()
	policy, kinds := tools.PolicyWrite, []string{}
	r := newHarness(t, full, recorded(t), func(s *settings) {
		s.tools.Policy = func(string) tools.Policy { return policy }
		s.tools.AskAlways = func() []string { return kinds }
	})
	if said := r.instructions(true); strings.Contains(said, "owner's yes") {
		t.Errorf("nothing asks: %s", said)
	}
	kinds = []string{changes.DeletesDocs, changes.Shares}
	if said := r.instructions(true); !strings.Contains(said, "\nDeleting a document and sharing always wait for the owner's yes") {
		t.Errorf("some ask: %s", said)
	}
	policy = tools.PolicyAsk
	if said := r.instructions(false); !strings.Contains(said, "Each change waits for the owner's yes") {
		t.Errorf("all ask: %s", said)
	}
	policy = tools.PolicyRead
	if said := r.instructions(false); strings.Contains(said, "owner's yes") {
		t.Errorf("nothing may be written: %s", said)
	}
}
