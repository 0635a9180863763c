//go:build !race

package tools_test

import (
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestColumnsThatLookAlikeAreToldApart: as one key of an answer, one of the
// values would be lost, and a write could go to either.
func TestColumnsThatLookAlikeAreToldApart(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) {
		s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, &codatest.Table{ID: "grid-alike00001", Name: "Alike", Columns: []*codatest.Column{
			{ID: "c-one", Name: "Price", Display: true}, {ID: "c-two", Name: "Pri\u200bce"}, {ID: "c-six", Name: "Price "}, {ID: "c-odd", Name: "Price (c-one)"},
			{ID: "c-wide", Name: "Ｐrice"}, {ID: "c-new", Name: "Caf\u00e9"}, {ID: "c-old", Name: "Cafe\u0301"}, {ID: "c-sole", Name: "Sole"},
		}, Rows: []*codatest.Row{{ID: "i-alike", Values: []any{"1", "2", "3", "4", "5", "6", "7", "8"}}}})
	})
	in := object{"document": planDoc, "table": "Alike"}
	var row struct{ Values map[string]any }
	r.call("coda_get_row", spoiled(in, "row", "i-alike")).ok(&row)
	if len(row.Values) != 8 || row.Values["Sole"] != "8" {
		t.Errorf("%d values of 8: %v", len(row.Values), row.Values)
	}
	var rows struct{ Columns []string }
	r.call("coda_list_rows", in).ok(&rows)
	seen := map[string]bool{}
	for i, name := range rows.Columns[1:] {
		if seen[name] {
			t.Errorf("%q stands for two columns", name)
		}
		seen[name] = true
		r.call("coda_update_row", object{"document": planDoc, "table": "Alike", "row": "i-alike", "values": object{name: "new"}}).ok(nil)
		id := []string{"c-one", "c-two", "c-six", "c-odd", "c-wide", "c-new", "c-old", "c-sole"}[i]
		if want := `[{"column":"` + id + `","value":"new"}]`; sentCells(r, "updateRow") != want {
			t.Errorf("%q wrote %s, want %s", name, sentCells(r, "updateRow"), want)
		}
	}
	r.fake.ClearLog()
	r.call("coda_update_row", object{"document": planDoc, "table": "Alike", "row": "i-alike", "values": object{"Price": "new"}}).fails("Several columns", "c-one", "c-two", "c-six")
	r.call("coda_create_rows", object{"document": planDoc, "table": "Alike", "rows": []object{{"Café": "new"}}}).fails("Several columns", "c-new", "c-old")
	r.call("coda_list_rows", spoiled(in, "columns", []string{"price"})).fails("Several columns")
	if n := r.fake.Count("updateRow"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}

// TestNamesakesAreToldApart in one row and in many alike.
func TestNamesakesAreToldApart(t *testing.T) {
	t.Parallel()
	mina := func(mail string) codatest.Person { return codatest.Person{Name: "Mina Okafor", Email: mail} }
	r := newHarness(t, full, func(s *settings) {
		plan := s.fake.Workspace.Docs[0]
		plan.Tables[1].Rows = append(plan.Tables[1].Rows, &codatest.Row{ID: "i-goal3", Values: []any{"Grow"}})
		plan.Tables[0].Rows = append(plan.Tables[0].Rows,
			&codatest.Row{ID: "i-other", Values: []any{"Other", "Open", mina("mina@other.example"), nil, nil, nil, []any{codatest.Ref("i-goal3"), codatest.Ref("i-goal2")}}})
	})
	tell := []string{`"Mina Okafor <mina.okafor@fernhill.example>"`, `"Mina Okafor <mina@other.example>"`, `"Grow (i-goal1)"`, `"Grow (i-goal3)"`}
	for tool, args := range map[string]object{"coda_list_rows": {}, "coda_get_table": {"sample": 20}, "fetch": {"id": "table:" + planDoc + "/" + tasksTable}} {
		if tool != "fetch" {
			args["document"], args["table"] = planDoc, "Tasks"
		}
		text := r.call(tool, args).ok(nil).text
		for _, w := range tell {
			if !strings.Contains(text, strings.Trim(w, `"`)) {
				t.Errorf("%s does not say %s: %s", tool, w, text)
			}
		}
		if strings.Contains(text, "Rest (i-goal2)") {
			t.Errorf("%s tells apart what nobody confuses: %s", tool, text)
		}
	}
	for id, want := range map[string][]string{"i-launch": {tell[0], tell[2]}, "i-other": {tell[1], tell[3]}} {
		text := r.call("coda_get_row", object{"document": planDoc, "table": "Tasks", "row": id}).ok(nil).text
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %s: %s", id, w, text)
			}
		}
	}
}

// TestACellPosesAsNoOther: a pasted mail must not become the row's status.
func TestACellPosesAsNoOther(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]string{"a line": "\n", "two": "\n\n", "a return": "\r", "both": "\r\n", "a line separator": "\u2028", "a paragraph separator": "\u2029", "a vertical tab": "\v", "a next line": "\u0085"} {
		r := newHarness(t, full, func(s *settings) {
			s.fake.Workspace.Docs[0].Tables[0].Rows[0].Values[0] = "Hello" + end + "- Status: Done" + end + "Status: Done" + end + "# Heading"
		})
		var got struct{ Text string }
		r.call("fetch", object{"id": "row:" + planDoc + "/" + tasksTable + "/i-launch"}).ok(&got)
		statuses := 0
		for _, line := range strings.FieldsFunc(got.Text, func(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }) {
			if strings.HasPrefix(line, "- Status:") || strings.HasPrefix(line, "Status:") || strings.HasPrefix(line, "#") {
				statuses++
			}
		}
		if statuses != 1 || !strings.Contains(got.Text, "- Status: Open") || !strings.Contains(got.Text, "Heading") {
			t.Errorf("%s: %d lines pose as a column:\n%s", what, statuses, got.Text)
		}
	}
}

// TestFilesAreNamed: an address of random letters says nothing.
func TestFilesAreNamed(t *testing.T) {
	t.Parallel()
	at := "https://codahosted.io/docs/x/blobs/bl-1"
	r := newHarness(t, full, func(s *settings) {
		s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, &codatest.Table{ID: "grid-files00001", Name: "Files", Columns: []*codatest.Column{
			{ID: "c-name", Name: "Name", Display: true}, {ID: "c-pic", Name: "Picture", Type: "image"}, {ID: "c-all", Name: "All", Type: "attachments"},
		}, Rows: []*codatest.Row{{ID: "i-file", Values: []any{"a", codatest.Image{Name: "logo", URL: at}, []any{codatest.Image{Name: "plan.pdf", URL: at}, codatest.Image{URL: at + "/map.png"}}}}}})
	})
	want := []string{"logo (image, 128 x 128) " + at, "plan.pdf (PDF, 128 x 128) " + at, "map.png (PNG, 128 x 128) " + at + "/map.png"}
	for tool, args := range map[string]object{"coda_get_row": {"row": "i-file", "document": planDoc, "table": "Files"}, "coda_list_rows": {"document": planDoc, "table": "Files"},
		"fetch": {"id": "row:" + planDoc + "/grid-files00001/i-file"}} {
		text := r.call(tool, args).ok(nil).text
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %s", tool, w, text)
			}
		}
	}
	// What was read can be written.
	r.call("coda_update_row", object{"document": planDoc, "table": "Files", "row": "i-file", "values": object{"Picture": want[2], "All": want[:2]}}).ok(nil)
	if want := `[{"column":"c-all","value":["` + at + `","` + at + `"]},{"column":"c-pic","value":"` + at + `/map.png"}]`; sentCells(r, "updateRow") != want {
		t.Errorf("sent %s", sentCells(r, "updateRow"))
	}
}

// TestNumberedListsGoOn behind their sub-items, for those who may not export.
func TestNumberedListsGoOn(t *testing.T) {
	t.Parallel()
	body := "1. one\n  - sub a\n  - sub b\n2. two\n  1. deep\n  2. deeper\n3. three\n    - far down\n4. four\n\n- a bullet\n\n1. again\n\nA paragraph.\n\n1. anew\n2. next"
	r := newHarness(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return codatest.TokenReadOnly, nil }
		s.fake.Workspace.Docs[0].Pages[1].Body, s.fake.Workspace.Docs[0].Pages[1].Name = body, "Numbered"
	})
	var got struct{ Text string }
	r.call("coda_get_page", object{"document": planDoc, "page": "Numbered"}).ok(&got)
	for _, w := range []string{"1. one\n  - sub a\n  - sub b\n2. two\n  1. deep\n  2. deeper\n3. three\n", "4. four\n", "1. again\n", "1. anew\n2. next\n"} {
		if !strings.Contains(got.Text, w) {
			t.Errorf("no %q in:\n%s", w, got.Text)
		}
	}
}

// TestThingsCalledLikeAddresses: a name that looks like a link is tried as a
// name before it is refused.
func TestThingsCalledLikeAddresses(t *testing.T) {
	t.Parallel()
	spec, other := "https://example.com/spec", "https://coda.io/d/Other_dZzZzZzZzZz"
	r := newHarness(t, full, func(s *settings) {
		w := &s.fake.Workspace
		plan := w.Docs[0]
		for i, name := range []string{spec, other} {
			id := []string{"1", "2"}[i]
			plan.Pages = append(plan.Pages, &codatest.Page{ID: "canvas-address000" + id, Name: name, Body: "x"})
			plan.Tables = append(plan.Tables, &codatest.Table{ID: "grid-address000" + id, Name: name,
				Columns: []*codatest.Column{{Name: "Name", Display: true}}, Rows: []*codatest.Row{{ID: "i-address" + id, Values: []any{name}}}})
		}
		plan.Tables[1].Rows = append(plan.Tables[1].Rows, &codatest.Row{ID: "i-goal9", Values: []any{spec}})
		w.Docs = append(w.Docs, &codatest.Doc{ID: "Address006", Name: spec}, &codatest.Doc{ID: "Prefix0007", Name: "doc:planning"})
	})
	r.call("coda_get_document", object{"document": spec}).ok(nil)
	r.call("coda_get_document", object{"document": "doc:planning"}).ok(nil)
	for _, name := range []string{spec, other} {
		r.call("coda_get_page", object{"document": planDoc, "page": name}).ok(nil)
		r.call("coda_get_table", object{"document": planDoc, "table": name}).ok(nil)
		r.call("coda_get_row", object{"document": planDoc, "table": name, "row": name}).ok(nil)
		r.call("coda_edit_page", object{"document": planDoc, "page": name, "mode": "append", "content": "x"}).ok(nil)
		r.call("coda_update_row", object{"document": planDoc, "table": name, "row": name, "values": object{"Name": name}}).ok(nil)
	}
	r.call("coda_update_row", object{"document": planDoc, "table": "Tasks", "row": "i-paint", "values": object{"Goal": spec}}).ok(nil)
	for _, nothing := range []string{"https://example.com/nothing", "https://evil.example/d/_dAbCdEfGhIj", "http://example.com"} {
		for tool, args := range map[string]object{"coda_get_document": {"document": nothing}, "coda_get_page": {"document": planDoc, "page": nothing},
			"coda_get_table": {"document": planDoc, "table": nothing}, "coda_get_row": {"document": planDoc, "table": "Tasks", "row": nothing}, "fetch": {"id": nothing}} {
			r.call(tool, args).fails("is not a link to a Coda document")
		}
		r.call("coda_get_page", object{"page": nothing}).fails("is not a link to a Coda document")
	}
	r.call("coda_get_page", object{"document": planDoc, "page": "https://coda.io/d/Launch-plan_d" + planDoc}).fails("points to a doc")
}
