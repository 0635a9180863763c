package tools_test

import (
	"strings"
	"testing"

	"codabridge/server/tools"
)

// TestTextIsTakenAwayByWhatItReads: a paragraph that was appended goes again,
// named as coda_get_page shows it, in one call of the small set.
func TestTextIsTakenAwayByWhatItReads(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	page := object{"document": planDoc, "page": "Overview"}
	with := func(more object) object {
		for k, v := range page {
			more[k] = v
		}
		return more
	}
	read := func() string {
		var got struct{ Text string }
		r.call("coda_get_page", page).ok(&got)
		return got.Text
	}
	before := read()
	added := "## Decisions\n\n- *Ship* on **Monday**, not [before](https://a.example)\n- Ask_for snake_case\n\nA closing line."
	var wrote struct{ Undo, URL, Status string }
	r.call("coda_append_to_page", with(object{"content": added})).ok(&wrote)
	if !strings.Contains(wrote.Undo, "coda_edit_page") || !strings.HasPrefix(wrote.URL, "https://") || wrote.Status != "applied" {
		t.Errorf("%+v", wrote)
	}
	r.call("coda_edit_page", with(object{"mode": "delete", "element": "A closing"})).fails("A closing line", "Nothing was written")
	var got changed
	r.call("coda_edit_page", with(object{"mode": "delete", "element": added})).ok(&got)
	if after := read(); after != before || len(got.Was) != 4 || !strings.Contains(got.Was[3], "A closing line.") || got.URL == "" {
		t.Errorf("was %q, left:\n%s", got.Was, after)
	}
	odd := "Above\n\n---\n\n> a quote\n\n```\ncode\n\nmore\n```\n\n* * *\n\n1. Below" // rules vanish
	r.call("coda_append_to_page", with(object{"content": odd})).ok(nil)
	r.call("coda_edit_page", with(object{"mode": "delete", "element": odd})).ok(nil)
	if after := read(); after != before {
		t.Errorf("left:\n%s", after)
	}
	r.call("coda_edit_page", with(object{"mode": "append", "content": "Twice\n\nTwice"})).ok(nil)
	r.call("coda_edit_page", with(object{"mode": "delete", "element": "twice"})).fails("Twice")
	r.call("coda_edit_page", with(object{"mode": "delete", "element": "Twice"})).fails("2 places", "cl-")
	r.call("coda_edit_page", with(object{"mode": "replace", "element": "one\ntwo", "content": "x"})).fails("2 lines", "one line")
	r.call("coda_edit_page", with(object{"mode": "replace", "element": "- deeper", "content": "- deepest"})).ok(&got)
	if !strings.Contains(read(), "deepest") || !strings.Contains(got.Was[0], `"deeper"`) {
		t.Errorf("%+v\n%s", got, read())
	}
	r.call("coda_edit_page", with(object{"mode": "delete", "element": "```"})).fails("no text")
}

// TestAnAppendSaysWhenItCannotBeTakenBack with the tools that are offered.
func TestAnAppendSaysWhenItCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set     []string
		content object
		say     string
	}{
		{[]string{"coda_append_to_page"}, object{"content": "x"}, "cannot be taken back"},
		{[]string{"coda_append_to_page", "coda_delete_page_elements"}, object{"content": "x"}, "coda_delete_page_elements"},
		{[]string{"coda_append_to_page", "coda_edit_page"}, object{"content": "<TABLE><tr><td>1</td></tr></TABLE>", "format": "html"}, "the table cannot"},
		{[]string{"coda_append_to_page", "coda_edit_page"}, object{"content": "Costs\n\n| a | b |\n|---|---|\n| 1 | 2 |"}, "the table cannot"},
		{[]string{"coda_append_to_page", "coda_edit_page"}, object{"content": "```\n| a | b |\n|---|---|\n```\n\na | b"}, "To take it back"},
	} {
		r := newHarness(t, with(tools.Toolset{Name: tools.CustomTools, Tools: c.set}))
		c.content["document"], c.content["page"] = planDoc, overviewPage
		var got struct{ Undo string }
		r.call("coda_append_to_page", c.content).ok(&got)
		if !strings.Contains(got.Undo, c.say) {
			t.Errorf("%v: %q", c.set, got.Undo)
		}
	}
}
