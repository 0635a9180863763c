package tools_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/jsonrpc"
)

// TestTruthsAndLimitsAreTakenAsTheyAreMeant, but for what decides on a write.
func TestTruthsAndLimitsAreTakenAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for _, more := range []object{{"fresh": json.Number("1")}, {"fresh": "yes"}, {"visible_only": "no"}, {"visible_only": json.Number("0")}, {"fresh": "Off"},
		{"limit": "5e1"}, {"limit": 5.0}} {
		more["document"], more["table"] = planDoc, "Tasks"
		r.call("coda_list_rows", more).ok(nil)
	}
	for say, more := range map[string]object{"whole number": {"limit": 5.5}, "1 or more": {"limit": -3}, "500 or less": {"limit": json.Number("1e500")}, "true or false": {"fresh": "perhaps"}} {
		more["document"], more["table"] = planDoc, "Tasks"
		r.call("coda_list_rows", more).fails(say)
	}
	page := object{"document": planDoc, "page": overviewPage, "content": "x", "dry_run": "no"}
	r.call("coda_replace_page", page).fails("dry_run", "true or false", "Nothing was written")
	for _, odd := range []any{[]any{}, []any{true}, object{}, object{"a": 1}, 1, "yes"} {
		page["dry_run"] = odd
		r.call("coda_replace_page", page).fails("dry_run", "true or false", "Nothing was written")
	}
	page["dry_run"] = "true"
	r.call("coda_replace_page", page).ok(nil)
}

// TestAToolThatIsNotThereIsSaidInOneSentence.
func TestAToolThatIsNotThereIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	for _, name := range []string{"coda_nope", "it's 'quoted'", strings.Repeat("x", 5000)} {
		_, b, err := r.post(t.Context(), object{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": object{"name": name, "arguments": object{}}}, nil)
		messages, _, bad := jsonrpc.Read([]byte(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}`), "2025-11-25")
		if bad != nil || err != nil {
			t.Fatal(bad, err)
		}
		b = messages[0].Complete(b) // as every door does
		var m struct{ Error struct{ Message string } }
		if json.Unmarshal(b, &m) != nil || !strings.HasPrefix(m.Error.Message, `There is no tool called "`) || len(m.Error.Message) > 200 {
			t.Errorf("%s %v", b, err)
		}
	}
}

// TestAColumnOfOneValueTakesOne: Coda would store a list as it likes.
func TestAColumnOfOneValueTakesOne(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	row := object{"document": planDoc, "table": "Tasks", "row": "i-launch"}
	for column, list := range map[string][]any{"Name": {"a", "b"}, "Status": {"Open", "Done"}, "Points": {1, 2}, "Due": {"2026-11-20", "2026-11-21"}, "Done": {true, false},
		"Owner": {"a@b.example", "c@d.example"}} {
		row["values"] = object{column: list}
		r.call("coda_update_row", row).fails("one value", column, "Nothing was written")
		row["values"] = object{column: list[:1]}
		r.call("coda_update_row", row).ok(nil)
	}
	row["values"] = object{"Status": `["Open","Done"]`}
	r.call("coda_update_row", row).fails("one value")
	if n := r.fake.Count("updateRow"); n != 6 {
		t.Errorf("%d writes", n)
	}
}

// TestWhatModelsWriteForOtherToolsIsTaken where one thing can be meant, and
// answered as the right form is.
func TestWhatModelsWriteForOtherToolsIsTaken(t *testing.T) {
	t.Parallel()
	r, _, _ := indexed(t, complete)
	in := func(more object) object { more["document"], more["table"] = planDoc, "Tasks"; return more }
	for what, c := range map[string]struct {
		tool        string
		given, same any
	}{
		"a page by its search id":       {"coda_get_page", object{"id": "page:" + planDoc + "/" + overviewPage}, object{"document": planDoc, "page": "Overview"}},
		"a document by its link":        {"coda_get_document", object{"url": "https://coda.io/d/_d" + planDoc}, object{"document": planDoc}},
		"a bare document id":            {"fetch", object{"id": planDoc}, object{"id": "doc:" + planDoc}},
		"a document's name":             {"fetch", object{"id": "launch plan"}, object{"id": "doc:" + planDoc}},
		"a link to fetch":               {"fetch", object{"url": "https://coda.io/d/_d" + planDoc}, object{"id": "doc:" + planDoc}},
		"a title as search gives it":    {"coda_get_table", object{"table": "Tasks · Launch plan"}, object{"document": planDoc, "table": "Tasks"}},
		"a title beside its document":   {"coda_get_table", object{"document": "Launch plan", "table": "Tasks · Launch plan"}, object{"document": planDoc, "table": "Tasks"}},
		"the document before the table": {"coda_get_table", object{"document": planDoc, "table": "Launch plan: Tasks"}, object{"document": planDoc, "table": "Tasks"}},
		"a path":                        {"coda_get_page", object{"page": "Launch plan/Overview"}, object{"document": planDoc, "page": "Overview"}},
		"a page's title":                {"coda_get_page", object{"page": "Risks · Launch plan"}, object{"document": planDoc, "page": "Risks"}},
		"a row's title":                 {"coda_get_row", object{"row": "Launch · Tasks · Launch plan"}, in(object{"row": "Launch"})},
		"columns with commas":           {"coda_list_rows", in(object{"columns": "Name, status"}), in(object{"columns": []string{"Name", "Status"}})},
		"a filter by its column":        {"coda_list_rows", in(object{"filter": object{"Status": "Done"}}), in(object{"filter": object{"column": "Status", "equals": "Done"}})},
		"a filter in a list":            {"coda_list_rows", in(object{"filter": []object{{"column": "Status", "equals": "Done"}}}), in(object{"filter": object{"column": "Status", "equals": "Done"}})},
		"conditions of a question":      {"coda_list_rows", in(object{"where": []object{{"column": "Status", "is": "=", "value": "Done"}}}), in(object{"filter": object{"column": "Status", "equals": "Done"}})},
		"Coda's name of an order":       {"coda_list_rows", in(object{"sort": "updatedAt"}), in(object{"sort": "updated"})},
		"an order with its direction":   {"coda_list_rows", in(object{"sort": "created DESC"}), in(object{"sort": "created", "descending": true})},
		"an order with a minus":         {"coda_list_rows", in(object{"sort": "-updated_at"}), in(object{"sort": "updated", "descending": true})},
	} {
		want := r.call(c.tool, c.same).ok(nil)
		if got := r.call(c.tool, c.given).ok(nil); got.text != want.text {
			t.Errorf("%s:\n%s\nwant\n%s", what, got.text, want.text)
		}
	}
	var few deepFound
	r.call("search", object{"query": "launch", "limit": 2}).ok(&few)
	if len(few.Results) != 2 {
		t.Errorf("%d results, of which 2 were asked for", len(few.Results))
	}
	r.call("search", object{"query": "burn sugar", "doc": "Café menu"}).ok(&few)
	if len(few.Results) != 1 || few.Results[0].Doc != "Café menu" {
		t.Errorf("%+v", few)
	}
	r.call("search", object{"query": "launch", "document": "Café menu"}).ok(&few)
	if len(few.Results) != 0 {
		t.Errorf("a search of one document looks into others: %+v", few)
	}
	r.call("search", object{"query": "launch", "document": "Nowhere"}).fails("There is no document")
	r.call("coda_list_rows", in(object{"sort": "Due"})).fails("natural, created, updated", "coda_query_rows")
	r.call("coda_list_rows", in(object{"filter": []object{{"column": "Status", "equals": "Done"}, {"column": "Name", "equals": "x"}}})).fails("filter", "an object with")
	r.call("fetch", object{"id": overviewPage}).fails("is not an id from search")
	r.call("coda_get_table", object{"table": "Tasks · Twin"}).fails("missing")
	r.call("coda_get_table", object{"document": menuDoc, "table": "Tasks · Launch plan"}).fails("There is no table")
}

// TestCellsAsModelsWriteThem: one column an object, or its name called otherwise.
func TestCellsAsModelsWriteThem(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	r := newHarness(t, func(s *settings) { s.tools.Now = func() time.Time { return now } })
	row := object{"document": planDoc, "table": "Tasks", "row": "i-launch"}
	for _, values := range []any{[]object{{"Status": "Done"}}, []object{{"column_name": "Status", "value": "Done"}}, []object{{"columnId": "c-status", "value": "Done"}},
		[]object{{"column": "Status", "value": "Done"}}, object{"Status": "Done"}, `[{"Status":"Done"}]`} {
		row["values"] = values
		r.call("coda_update_row", row).ok(nil)
		if sent := lastBody(r, "updateRow"); !strings.Contains(sent, `[{"column":"c-status","value":"Done"}]`) {
			t.Errorf("%v sent %s", values, sent)
		}
	}
	for _, odd := range []any{[]any{"three things"}, []object{{"name": "Status", "value": "Done"}}, []object{{"column": "Status"}}} {
		row["values"] = odd
		r.call("coda_update_row", row).fails(`A cell is given as {"column":"Name","value":"Launch"}, not as `, "Nothing was written")
	}
	row["values"] = object{"Due": "next Friday"}
	r.call("coda_update_row", row).fails(`ISO 8601 date such as "2026-11-20"`, `not "next Friday"`, "Today is Friday, 2026-11-20.", "Nothing was written")
}

// TestSeveralOptionsInOneText where each part is one and the whole is none.
func TestSeveralOptionsInOneText(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		tasks := s.fake.Workspace.Docs[0].Tables[0]
		tasks.Columns = append(tasks.Columns, &codatest.Column{ID: "c-tags", Name: "Tags", Type: "select", Multi: true, Options: []string{"launch", "docs", "Paint, blue"}})
	})
	row := object{"document": planDoc, "table": "Tasks", "row": "i-launch"}
	for given, want := range map[string]string{"launch, Docs": `["launch","docs"]`, `["launch","docs"]`: `["launch","docs"]`, "Paint, blue": `"Paint, blue"`, "docs": `"docs"`} {
		row["values"] = object{"Tags": given}
		r.call("coda_update_row", row).ok(nil)
		if sent := lastBody(r, "updateRow"); !strings.Contains(sent, want) {
			t.Errorf("%s sent %s", given, sent)
		}
	}
	row["values"] = object{"Tags": "launch, lunch"}
	r.call("coda_update_row", row).fails(`one or a JSON list of its options (launch, docs, Paint, blue)`, "Nothing was written")
	var page struct{ ID, Name string }
	r.call("coda_create_page", object{"document": planDoc, "title": "Ideas", "body": "one", "parent_id": overviewPage}).ok(&page)
	if page.Name != "Ideas" {
		t.Errorf("%+v", page)
	}
}
