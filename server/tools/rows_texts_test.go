package tools_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// withPeople adds a table as people keep them: names, related rows, choices,
// remarks that come again and again, two people and two shops of one name, one who
// has left and one shop that Coda does not find.
func withPeople(s *settings) {
	plan := s.fake.Workspace.Docs[0]
	goals := plan.Tables[1]
	for i, name := range []string{"Berg Velo", "Berg Velo", "Harbour Office"} {
		goals.Rows = append(goals.Rows, &codatest.Row{ID: fmt.Sprint("i-shop", i+1), Values: []any{name}})
	}
	t := &codatest.Table{ID: "grid-people0001", Name: "People", Columns: []*codatest.Column{
		{ID: "c-pe-name", Name: "Task", Display: true}, {ID: "c-pe-who", Name: "Owner", Type: "person"}, {ID: "c-pe-shop", Name: "Shop", Type: "lookup", Table: goalsTable},
		{ID: "c-pe-stat", Name: "Status", Type: "select", Options: []string{"Waiting for the customer", "Handed to the workshop"}}, {ID: "c-pe-tags", Name: "Tags", Type: "select", Multi: true, Options: []string{"red", "green"}},
		{ID: "c-pe-due", Name: "Due", Type: "date"}, {ID: "c-pe-at", Name: "Met", Type: "dateTime"}, {ID: "c-pe-done", Name: "Done", Type: "checkbox"}, {ID: "c-pe-cost", Name: "Cost", Type: "currency"},
		{ID: "c-pe-share", Name: "Share", Type: "percent"}, {ID: "c-pe-note", Name: "Notes", Type: "canvas"}, {ID: "c-pe-rem", Name: "Remark", Type: "text"}, {ID: "c-pe-link", Name: "Link", Type: "link"},
		{ID: "c-pe-sum", Name: "Sum", Type: "number", Calculated: true, Formula: "1+1"}}}
	who := []codatest.Person{{Name: "Alex Kim", Email: "alex.kim@fernhill.example"}, {Name: "Alex Kim", Email: "a.kim@fernhill.example"}, {Name: "Gone Away", Email: "gone@fernhill.example"}, {Name: "Mina Okafor", Email: "mina.okafor@fernhill.example"}}
	remarks := []any{"waits for an answer of the customer", nil, "moved here from the list of last week", "see the notes of Monday"}
	for i := range 120 {
		var tags []any
		for k := range i % 3 {
			tags = append(tags, t.Columns[4].Options[k])
		}
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-peop%06d", i), Values: []any{fmt.Sprintf("Repair the bicycle number %d", i/3), who[i%4], codatest.Ref([]string{"i-shop1", "i-shop2", "i-shop3"}[i%3]),
			t.Columns[3].Options[i%2], tags, fmt.Sprintf("2026-11-%02d", 1+i%28), fmt.Sprintf("2026-11-%02dT09:30:00.000-07:00", 1+i%28), i%2 == 0, float64(i) * 12.25, float64(i%100) / 100,
			"What was agreed with the owner stands in the minutes.", remarks[i%4], "https://fernhill.example/minutes/2026/november", 2.0}})
	}
	plan.Tables = append(plan.Tables, t)
}

type textRows struct {
	Columns []string
	Rows    [][]any
	Texts   map[string]string
	Same    map[string]any
	Units   map[string]string
	Note    string
}

// meant is a cell as a reader understands it.
func (g textRows) meant(v any) any {
	if s, ok := v.(string); ok && g.Texts[s] != "" {
		return g.Texts[s]
	}
	return v
}

// TestLongTextsThatComeOftenAreSaidOnce in large answers for a model, by the same
// key in each; what a person reads a table by stays where it is.
func TestLongTextsThatComeOftenAreSaidOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withPeople, full)
	list := func(tool string, more object) (got textRows, size int) {
		args := object{"document": planDoc, "table": "People"}
		maps.Copy(args, more)
		a := r.call(tool, args)
		a.ok(&got)
		return got, len(a.text)
	}
	short, _ := list("coda_list_rows", object{"limit": 20})
	large, size := list("coda_list_rows", object{"limit": 100})
	shown, plain := list("coda_show_table", object{"limit": 100})
	t.Logf("%d bytes, %d without keys: %v", size, plain, large.Texts)
	if len(short.Texts)+len(shown.Texts) != 0 || strings.Contains(mustJSON(short), `"^`) {
		t.Errorf("keys where all is said: %v, %v", short.Texts, shown.Texts)
	}
	if len(large.Texts) != 7 || len(large.Rows) != 100 || len(shown.Rows) < 95 || size > plain-1500 || !strings.Contains(large.Note, "key") {
		t.Errorf("%v, %d and %d bytes", large.Texts, size, plain)
	}
	for i, row := range large.Rows[:min(len(large.Rows), len(shown.Rows))] { // without keys less fits
		for at, v := range row {
			if want := shown.Rows[i][at]; mustJSON(large.meant(v)) != mustJSON(want) {
				t.Fatalf("row %d, %s: %v, not %v", i, large.Columns[at], v, want)
			}
		}
	}
	for key, text := range large.Texts {
		if name, _, told := strings.Cut(text, " <"); told && !strings.HasPrefix(key, name+" ^") {
			t.Errorf("%q stands for %q", key, text)
		}
	}
	for _, args := range []object{{"limit": 100, "columns": []string{"Remark", "Task"}}, {"limit": 100, "sort": "updated", "descending": true}} {
		again, _ := list("coda_list_rows", args)
		for key, text := range again.Texts {
			if large.Texts[key] != text {
				t.Errorf("%s stands for %q and for %q", key, text, large.Texts[key])
			}
		}
	}
	r.call("coda_update_row", object{"document": planDoc, "table": "People", "row": "i-peop000001", "values": object{"Remark": "2^10 is 1024"}}).ok(nil)
	if got, _ := list("coda_list_rows", object{"limit": 100}); len(got.Texts) != 0 {
		t.Errorf("keys beside a text with their sign: %v", got.Texts)
	}
}

// valuesOf are the cells of rows as a write takes them, by row and column; of a
// person the address, since the far end knows no name of those that it never met.
func (r *harness) valuesOf(table string, rows [][]any) map[string]string {
	r.Helper()
	out := map[string]string{}
	for _, row := range rows {
		var got struct{ Values map[string]any }
		r.call("coda_get_row", object{"document": planDoc, "table": table, "row": row[0]}).ok(&got)
		for column, v := range got.Values {
			s := strings.Trim(fmt.Sprint(v), "[]") // a list of one is the same as that one
			if _, mail, ok := strings.Cut(strings.TrimSuffix(s, ">"), " <"); ok {
				s = mail
			}
			out[fmt.Sprint(row[0], " ", column)] = s
		}
	}
	return out
}

// TestARowThatWasReadIsWrittenBack whole, cell by cell as it was shown, and nothing
// changes: by its name where one is, with people who have left, and with keys.
func TestARowThatWasReadIsWrittenBack(t *testing.T) {
	t.Parallel()
	for what, args := range map[string]object{"large": {"limit": 100}, "small": {"limit": 20}, "query": {"limit": 30}} {
		r := newHarness(t, withPeople)
		tool := map[bool]string{true: "coda_query_rows", false: "coda_list_rows"}[what == "query"]
		args["document"], args["table"] = planDoc, "People"
		var got textRows
		r.call(tool, args).ok(&got)
		before := r.valuesOf("People", got.Rows[:12])
		for _, row := range got.Rows[:12] {
			values := object{}
			for i, name := range got.Columns[1:] {
				values[name] = row[i+1]
			}
			maps.Copy(values, got.Same)
			if what == "query" { // a time is the owner's there
				delete(values, "Met")
			}
			r.call("coda_update_row", object{"document": planDoc, "table": "People", "row": row[0], "values": values}).ok(nil)
		}
		for id, is := range r.valuesOf("People", got.Rows[:12]) {
			if is != before[id] {
				t.Errorf("%s: %s is %s, was %s", what, id, is, before[id])
			}
		}
	}
}

// TestAKeyIsNoText: nothing else takes it for one.
func TestAKeyIsNoText(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withPeople, full)
	var got textRows
	in := func(more object) object {
		more["document"], more["table"] = planDoc, "People"
		return more
	}
	r.call("coda_list_rows", in(object{"limit": 100})).ok(&got)
	keys := slices.Sorted(maps.Keys(got.Texts))
	for _, key := range keys {
		column := "Remark"
		if strings.HasPrefix(key, "Alex") {
			column = "Owner"
		}
		r.call("coda_create_rows", in(object{"rows": []object{{"Task": "New", column: key}}})).fails("texts", "Nothing was written")
		r.call("coda_upsert_rows", in(object{"rows": []object{{"Task": "New", column: key}}, "key_columns": []string{"Task"}})).fails("texts")
		r.call("coda_list_rows", in(object{"filter": object{"column": column, "equals": key}})).fails("texts")
		r.call("coda_query_rows", in(object{"where": []object{{"any": []object{{"column": column, "is": "in", "value": []string{key}}}}}})).fails("texts")
		r.call("coda_query_rows", in(object{"group_by": []string{column}, "having": []object{{"column": column, "value": key}}})).fails("texts")
	}
	r.call("coda_update_row", in(object{"row": "i-peop000001", "values": object{"Remark": " ^a4c"}})).fails("texts", "Nothing was written")
	r.call("coda_update_row", in(object{"row": "i-peop000001", "values": object{"Remark": "^a4c"}, "disable_parsing": true})).ok(nil)
	r.call("coda_update_row", in(object{"row": "i-peop000001", "values": object{"Remark": "^a4c of it"}})).ok(nil)
	r.call("coda_query_rows", in(object{"where": []object{{"column": "Remark", "is": "contains", "value": "^abc"}}})).ok(nil)
}

// TestNamesakesOfPartsBeforeAreToldApart: who was met by name alone in an earlier
// part is named with the part in which a namesake comes.
func TestNamesakesOfPartsBeforeAreToldApart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withPeople)
	cursor := ""
	var owners, notes []string
	for range 4 {
		var got compactRows
		r.call("coda_list_rows", object{"document": planDoc, "table": "People", "columns": []string{"Owner", "Shop"}, "limit": 1, "cursor": cursor}).ok(&got)
		owners, notes, cursor = append(owners, fmt.Sprint(got.Rows[0][1:])), append(notes, got.Note), got.Next_cursor
	}
	want := "[Alex Kim Berg Velo] [Alex Kim <a.kim@fernhill.example> Berg Velo (i-shop2)] [Gone Away Harbour Office] [Mina Okafor Berg Velo (i-shop1)]"
	if got := strings.Join(owners, " "); got != want {
		t.Errorf("%s", got)
	}
	if notes[1] != `In the parts before, "Alex Kim" is alex.kim@fernhill.example, "Berg Velo" is i-shop1.` || notes[0]+notes[2]+notes[3] != "" {
		t.Errorf("%q", notes)
	}
}
