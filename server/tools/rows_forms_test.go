//go:build !race

package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// withLinks adds a table of addresses as people keep them: pages of one site, called
// as their rows; tickets, called as their addresses end; documents of several hosts;
// pictures, one and several; links that a formula makes; a column of text that holds
// addresses; and in each some that are of no form.
func withLinks(s *settings) {
	t := &codatest.Table{ID: "grid-links00001", Name: "Links", Columns: []*codatest.Column{
		{ID: "c-li-name", Name: "Story", Display: true}, {ID: "c-li-page", Name: "Page", Type: "link"}, {ID: "c-li-tick", Name: "Ticket", Type: "link"},
		{ID: "c-li-doc", Name: "Paper", Type: "link"}, {ID: "c-li-pic", Name: "Picture", Type: "image"}, {ID: "c-li-pics", Name: "Pictures", Type: "image", Multi: true},
		{ID: "c-li-made", Name: "Made", Type: "text", Calculated: true, Formula: "1"}, {ID: "c-li-text", Name: "Text", Type: "text"}}}
	hosts := []string{"https://papers.example/document/d/", "https://papers.example/sheets/d/", "https://drawings.example/file/"}
	for i := range 100 {
		name := fmt.Sprintf("Story of the shop no. %d", i)
		values := []any{name, codatest.Link{Name: name, URL: fmt.Sprintf("https://fernhill.example/stories/%d/read", i*37)},
			codatest.Link{Name: fmt.Sprintf("PROJ-%d", 400+i), URL: fmt.Sprintf("https://tickets.example/browse/PROJ-%d", 400+i)},
			codatest.Link{URL: fmt.Sprintf("%s%d%s/edit", hosts[i%3], i, "1Bx")},
			codatest.Image{Name: "logo.png", URL: fmt.Sprintf("https://images.example/logos/%dq.png", i*i)},
			[]any{codatest.Image{Name: "a.jpg", URL: fmt.Sprintf("https://images.example/a/%d.jpg", i)}, codatest.Image{Name: "a.jpg", URL: fmt.Sprintf("https://images.example/a/%d.jpg", i+1)}},
			fmt.Sprintf("https://docs.example/r/i-%d", i*7), fmt.Sprintf("see https://fernhill.example/minutes/%d", i)}
		switch i {
		case 3:
			values[1], values[2], values[4], values[5] = nil, codatest.Link{Name: "other", URL: "https://tickets.example/browse/PROJ-403"}, nil, nil
		case 4:
			values[1], values[3], values[5] = codatest.Link{Name: `a "quoted" {name}`, URL: "https://else.example/x"}, codatest.Link{URL: "https://papers.example/document/d/"}, []any{codatest.Image{Name: "b.jpg", URL: "https://images.example/a/b.jpg"}}
		}
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-link%06d", i), Values: values})
	}
	s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, t)
}

type formRows struct {
	textRows
	Forms map[string]map[string]string
	Empty []string
	Next  string `json:"next_cursor"`
}

// whole are the rows of an answer as a reader understands them, by column: what is
// said once is put back.
func (g formRows) whole() (rows []map[string]any) {
	for _, row := range g.Rows {
		is := map[string]any{}
		for column, v := range g.Same {
			is[column] = v
		}
		for _, column := range g.Empty {
			is[column] = ""
		}
		for i, v := range row {
			is[g.Columns[i]] = v
		}
		for column, forms := range g.Forms {
			is[column] = formed(forms, is, is[column])
		}
		for column, v := range is {
			is[column] = g.meant(v)
		}
		rows = append(rows, is)
	}
	return rows
}

// formed is a cell without its form.
func formed(forms map[string]string, row map[string]any, v any) any {
	if list, ok := v.([]any); ok {
		out := []any{}
		for _, e := range list {
			out = append(out, formed(forms, row, e))
		}
		return out
	}
	s, _ := v.(string)
	for mark, form := range forms {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			for column, is := range row {
				form = strings.ReplaceAll(form, "{"+column+"}", fmt.Sprint(is))
			}
			return strings.ReplaceAll(form, "^", rest)
		}
	}
	return v
}

// TestWhatAddressesHaveInCommonIsSaidOnce, and each is whole again by its form.
func TestWhatAddressesHaveInCommonIsSaidOnce(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withLinks, full)
	args := object{"document": planDoc, "table": "Links", "limit": 100}
	var got formRows
	a := r.call("coda_list_rows", args)
	a.ok(&got)
	shown, _ := r.shown(planDoc, "Links", 100)
	size := len(mustJSON(shown))
	t.Logf("%d bytes, %d without forms: %s", len(a.text), size, mustJSON(got.Forms))
	if len(got.Rows) != 100 || strings.Contains(mustJSON(shown), `"^`) || len(a.text) > size/2 {
		t.Errorf("%d rows, %d of %d bytes", len(got.Rows), len(a.text), size)
	}
	for column, want := range map[string]string{"Page": "[{Story}](https://fernhill.example/stories/^/read)", "Ticket": "[PROJ-^](https://tickets.example/browse/PROJ-^)",
		"Picture": "logo.png (PNG, 128 x 128) https://images.example/logos/^q.png", "Pictures": "a.jpg (JPG, 128 x 128) https://images.example/a/^.jpg", "Made": "https://docs.example/r/i-^"} {
		forms := got.Forms[column]
		if len(forms) != 1 || forms["^"] != strings.Replace(want, "q.png", ".png", 1) {
			t.Errorf("%s: %v", column, forms)
		}
	}
	if len(got.Forms["Paper"]) != 3 || got.Forms["Text"] != nil || !strings.Contains(got.Note, "forms") {
		t.Errorf("%v, %s", got.Forms, got.Note)
	}
	if whole := got.whole(); mustJSON(whole) != mustJSON(shown) {
		for i := range whole {
			if mustJSON(whole[i]) != mustJSON(shown[i]) {
				t.Fatalf("row %d:\n%s\nnot\n%s", i, mustJSON(whole[i]), mustJSON(shown[i]))
			}
		}
	}
	if short := r.call("coda_list_rows", object{"document": planDoc, "table": "Links", "limit": 6}).ok(nil); strings.Contains(short.text, "^") {
		t.Errorf("forms in a short answer: %s", short.text)
	}
}

// TestAFormIsNoAddress: what stands for an address is taken nowhere, but in the row
// that it was read from, which stays as it is.
func TestAFormIsNoAddress(t *testing.T) {
	t.Parallel()
	r := newHarness(t, withLinks)
	in := func(more object) object {
		more["document"], more["table"] = planDoc, "Links"
		return more
	}
	var got formRows
	r.call("coda_list_rows", in(object{"limit": 100})).ok(&got)
	for _, column := range []string{"Page", "Ticket", "Paper", "Picture"} {
		cell := got.Rows[7][slices.Index(got.Columns, column)]
		if s, _ := cell.(string); !strings.HasPrefix(s, "^") {
			t.Fatalf("%s: %v", column, cell)
		}
		r.call("coda_create_rows", in(object{"rows": []object{{"Story": "New", column: cell}}})).fails("forms", column, "Nothing was written")
		r.call("coda_update_row", in(object{"row": got.Rows[8][0], "values": object{column: cell}})).fails("forms", "Nothing was written")
		r.call("coda_list_rows", in(object{"filter": object{"column": column, "equals": cell}})).fails("forms")
	}
	r.call("coda_update_row", in(object{"row": got.Rows[8][0], "values": object{"Text": "^a:b", "Story": "^x"}})).ok(nil)
	for _, at := range []int{3, 4, 7, 50} {
		values := object{}
		for i, column := range got.Columns[1:] {
			values[column] = got.Rows[at][i+1]
		}
		r.call("coda_update_row", in(object{"row": got.Rows[at][0], "values": values})).ok(nil)
	}
	var again formRows
	r.call("coda_list_rows", in(object{"limit": 100})).ok(&again)
	if len(again.Forms) != 0 {
		t.Errorf("forms beside a text with their mark: %v", again.Forms)
	}
	was := got.whole()
	for i, row := range again.whole() {
		if i != 8 && mustJSON(row) != mustJSON(was[i]) {
			t.Errorf("row %d is %s, was %s", i, mustJSON(row), mustJSON(was[i]))
		}
	}
}
