package tools_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/tools"
)

// ask sends any method and gives its result, or the text of its error.
func (r *harness) ask(method string, params object, into any) string {
	r.Helper()
	_, b, err := r.post(context.Background(), object{"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, nil)
	var m struct {
		Result json.RawMessage
		Error  struct{ Message string }
	}
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err == nil && len(m.Result) > 0 {
		err = json.Unmarshal(m.Result, into)
	}
	if err != nil {
		r.Fatalf("%s: %v %s", method, err, b)
	}
	return m.Error.Message
}

type contents struct {
	Contents []struct{ URI, MimeType, Text string }
}

func TestResourcesReadDocumentsPagesAndTables(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) { s.tools.Documents = func() []string { return []string{planDoc, menuDoc} } })
	var list struct {
		ResourceTemplates []struct{ URITemplate string }
	}
	r.ask("resources/templates/list", object{}, &list)
	if len(list.ResourceTemplates) != 3 {
		t.Errorf("templates: %+v", list)
	}
	for uri, want := range map[string]string{
		"coda://doc/" + planDoc:                                          "Overview (" + overviewPage + ")",
		"coda://doc/Launch%20plan/page/Risks":                            "Rain.",
		"coda://doc/" + planDoc + "/page/" + overviewPage:                "# Goals",
		"coda://doc/" + planDoc + "/table/Tasks":                         "| row | Name |",
		"coda://doc/Caf%C3%A9%20menu/page/Cr%C3%A8me%20br%C3%BBl%C3%A9e": "Burn the sugar",
	} {
		var got contents
		if fault := r.ask("resources/read", object{"uri": uri}, &got); fault != "" || len(got.Contents) != 1 ||
			!strings.Contains(got.Contents[0].Text, want) || got.Contents[0].MimeType != "text/markdown" {
			t.Errorf("%s: %s %+v", uri, fault, got)
		}
	}
	if c := r.lastCall(); c.Tool != "resources/read" || c.Status != caller.StatusOK || c.BytesOut == 0 {
		t.Errorf("the record is %+v", c)
	}
	for uri, say := range map[string]string{
		"coda://doc/" + otherDoc:                    "allows",
		"coda://doc/" + planDoc + "/page/Nowhere":   "There is no page",
		"coda://doc/" + planDoc + "/page/%2e%2e%2f": "not a path",
		"coda://doc/" + planDoc + "/page/Board":     "400",
	} {
		var got contents
		if fault := r.ask("resources/read", object{"uri": uri}, &got); !strings.Contains(fault, say) {
			t.Errorf("%s: %q, want %q", uri, fault, say)
		}
	}
	custom := newHarness(t, with(tools.Toolset{Name: tools.CustomTools, Tools: []string{"search"}}))
	if fault := custom.ask("resources/read", object{"uri": "coda://doc/" + planDoc + "/page/Risks"}, &contents{}); !strings.Contains(fault, "does not offer") {
		t.Errorf("the owner does not offer pages, and got %q", fault)
	}
}

func TestIdsAreCompletedByName(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	complete := func(ref object, name, value string, known object) []string {
		var got struct{ Completion struct{ Values []string } }
		r.ask("completion/complete", object{"ref": ref, "argument": object{"name": name, "value": value}, "context": object{"arguments": known}}, &got)
		return got.Completion.Values
	}
	page := object{"type": "ref/resource", "uri": "coda://doc/{doc}/page/{page}"}
	digest := object{"type": "ref/prompt", "name": "digest"}
	for _, k := range []struct {
		what        string
		ref         object
		name, value string
		known       object
		want        string
	}{
		{"a document by the beginning of its name", page, "doc", "lau", object{}, planDoc},
		{"a document without its accents", page, "doc", "cafe", object{}, menuDoc},
		{"a document by a later word", digest, "document", "diary", object{}, otherDoc},
		{"a page of that document", page, "page", "ris", object{"doc": planDoc}, "canvas-risks00001"},
		{"a page of a document given by name", page, "page", "over", object{"doc": "Launch plan"}, overviewPage},
		{"a page of no document", page, "page", "ris", object{}, ""},
		{"a page of a document that is not", page, "page", "ris", object{"doc": "Nowhere"}, ""},
		{"an argument that has no names", digest, "notes", "x", object{}, ""},
	} {
		if got := strings.Join(complete(k.ref, k.name, k.value, k.known), " "); got != k.want {
			t.Errorf("%s: %q, want %q", k.what, got, k.want)
		}
	}
	if all := complete(page, "doc", "", object{}); len(all) != 5 {
		t.Errorf("nothing typed: %v", all)
	}
}

func TestPrompts(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var list struct{ Prompts []struct{ Name string } }
	r.ask("prompts/list", object{}, &list)
	if len(list.Prompts) != 3 {
		t.Errorf("prompts: %+v", list)
	}
	var got struct {
		Messages []struct{ Content struct{ Text string } }
	}
	fault := r.ask("prompts/get", object{"name": "meeting_notes", "arguments": object{"document": "Launch\u202e plan", "table": "Tasks", "notes": "Mina paints."}}, &got)
	if fault != "" || len(got.Messages) != 1 || !strings.Contains(got.Messages[0].Content.Text, `"Launch plan"`) ||
		!strings.Contains(got.Messages[0].Content.Text, "Mina paints.") {
		t.Errorf("%s %+v", fault, got)
	}
	if fault := r.ask("prompts/get", object{"name": "digest"}, &got); !strings.Contains(fault, `"document" is missing`) {
		t.Errorf("without arguments: %q", fault)
	}
	r.asCaller(caller.Caller{ID: "grant-2", Name: "Reader"})
	r.ask("prompts/list", object{}, &list)
	if len(list.Prompts) != 2 {
		t.Errorf("a reader sees %+v", list)
	}
	if fault := r.ask("prompts/get", object{"name": "meeting_notes", "arguments": object{"document": "a", "table": "b", "notes": "c"}}, &got); fault == "" {
		t.Error("a reader got the prompt that writes")
	}
	if n := r.fake.Count(""); n != 0 {
		t.Errorf("prompts made %d requests", n)
	}
}
