package tools_test

import (
	"strings"
	"testing"
)

// TestTextThatCodaDoesNotKeepIsSaid: a model that is told "applied" tells its
// user that the picture is there.
func TestTextThatCodaDoesNotKeepIsSaid(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	var got changed
	edit := func(format, content string) string {
		got = changed{}
		r.call("coda_edit_page", object{"document": planDoc, "page": overviewPage, "mode": "append", "format": format, "content": content}).ok(&got)
		return got.Note
	}
	for what, c := range map[string]struct{ format, content, say string }{
		"a picture":                {"markdown", "See ![map](https://x.example/map.png)", "picture"},
		"a table":                  {"markdown", "Costs\n\n| What | Price |\n|:---|---:|\n| Rope | 12 |\n", "header of a Markdown table"},
		"a table without borders":  {"markdown", "What | Price\n--- | ---\nRope | 12\n", "header of a Markdown table"},
		"a deep heading":           {"markdown", "# Fine\n\n#### Too deep\n", "level 3"},
		"a rule":                   {"markdown", "above\n\n* * *\n\nbelow", "rules vanish"},
		"a picture in HTML":        {"html", `<p><IMG src="https://x.example/a.png"></p>`, "pictures are dropped"},
		"a task list in HTML":      {"html", `<ul><li><input type="checkbox"> one</li></ul>`, "task boxes"},
		"all of it, in one answer": {"markdown", "#### a\n\n![b](https://x.example/b.png)", "level 3"},
	} {
		if note := edit(c.format, c.content); !strings.Contains(note, c.say) {
			t.Errorf("%s: %q", what, note)
		}
	}
	for what, c := range map[string]struct{ format, content string }{
		"what Coda keeps":       {"markdown", "# A\n\n- [ ] task\n- **bold** [link](https://x.example)\n\n1. one\n\n> quote | with a bar"},
		"pictures inside code":  {"markdown", "Write `![alt](url)`:\n\n```\n| a | b |\n|---|---|\n#### x\n```\n"},
		"a table in HTML":       {"html", "<table><tr><th>a</th></tr></table>"},
		"a dash as a list mark": {"markdown", "- a - b - c\n- d"},
	} {
		if note := edit(c.format, c.content); note != "" {
			t.Errorf("%s: %q", what, note)
		}
	}
	picture := object{"document": planDoc, "page": overviewPage, "content": "![x](https://x.example/x.png)"}
	var wrote wrote
	r.call("coda_append_to_page", picture).ok(&wrote)
	if !strings.Contains(wrote.Note, "picture") {
		t.Errorf("%+v", wrote)
	}
	picture["dry_run"] = true
	r.call("coda_replace_page", picture).ok(&got)
	if !strings.Contains(got.Note, "picture") || !strings.Contains(got.Note, "Nothing was written") {
		t.Errorf("%+v", got)
	}
	r.call("coda_create_page", object{"document": planDoc, "name": "With a picture", "content": picture["content"]}).ok(&got)
	if !strings.Contains(got.Note, "picture") {
		t.Errorf("%+v", got)
	}
}
