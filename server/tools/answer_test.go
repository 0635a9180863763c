package tools_test

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// answer is what a tool call gave.
type answer struct {
	harness *harness
	tool    string
	text    string
	raw     json.RawMessage // the JSON of the text
	data    json.RawMessage // structuredContent
	isError bool
	meta    map[string]any
}

type object = map[string]any

// call calls a tool and holds its answer to the tool's own output schema.
func (r *harness) call(tool string, args any) answer {
	r.Helper()
	a, err := r.try(context.Background(), tool, args)
	if err != nil {
		r.Fatalf("%s: %v", tool, err)
	}
	return a
}

func (r *harness) try(ctx context.Context, tool string, args any) (answer, error) {
	_, b, err := r.post(ctx, object{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": object{"name": tool, "arguments": args}}, nil)
	if err != nil {
		return answer{}, err
	}
	var m struct {
		Result struct {
			Content []struct{ Type, Text string }
			Raw     json.RawMessage `json:"structuredContent"`
			IsError bool
			Meta    map[string]any `json:"_meta"`
		}
		Error any
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Error != nil || len(m.Result.Content) != 1 {
		r.Errorf("%s: unexpected answer %s (%v)", tool, b, err)
		return answer{harness: r}, nil
	}
	a := answer{harness: r, tool: tool, text: m.Result.Content[0].Text, data: m.Result.Raw, isError: m.Result.IsError, meta: m.Result.Meta}
	if !a.isError {
		a.raw = json.RawMessage(a.text)
	}
	a.check()
	return a, nil
}

// check holds an answer to what every answer must keep.
func (a answer) check() {
	a.harness.Helper()
	a.namesOffered()
	if a.isError {
		if len(a.data) > 0 {
			a.harness.Errorf("%s: an error came with structuredContent %s", a.tool, a.data)
		}
		return
	}
	var fromText, structured any
	if err := json.Unmarshal([]byte(a.text), &fromText); err != nil {
		a.harness.Errorf("%s: the text is no JSON: %v", a.tool, err)
	}
	_ = json.Unmarshal(a.data, &structured)
	if x, y := mustJSON(fromText), mustJSON(structured); a.tool == "search" || a.tool == "fetch" || a.tool == "coda_show_table" {
		if x != y {
			a.harness.Errorf("%s: text and structuredContent differ:\n%s\n%s", a.tool, x, y)
		}
	} else if len(a.data) > 0 {
		a.harness.Errorf("%s: the answer is sent twice", a.tool)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.raw))
	if err == nil {
		err = a.harness.outputSchema(a.tool).Validate(doc)
	}
	if err != nil {
		a.harness.Errorf("%s: the answer does not fit the output schema: %v\n%s", a.tool, err, a.raw)
	}
}

var namedTool = regexp.MustCompile(`\bcoda_[a-z_]*[a-z]\b`)

// namesOffered says that an answer sends nobody to a tool that is not offered.
func (a answer) namesOffered() {
	a.harness.Helper()
	offered := a.harness.tools.Names()
	for _, named := range namedTool.FindAllString(a.text, -1) {
		if named != a.tool && !strings.Contains(a.text, "or offer "+named) && !slices.Contains(offered, named) {
			a.harness.Errorf("%s: the answer names %s, which is not offered: %s", a.tool, named, a.text)
		}
	}
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// ok demands a success and reads it into v.
func (a answer) ok(v any) answer {
	a.harness.Helper()
	if a.isError {
		a.harness.Fatalf("%s answered an error: %s", a.tool, a.text)
	}
	if v != nil {
		if err := json.Unmarshal(a.raw, v); err != nil {
			a.harness.Fatalf("%s: %v", a.tool, err)
		}
	}
	return a
}

// fails demands an error result that holds all the given words.
func (a answer) fails(words ...string) {
	a.harness.Helper()
	if !a.isError {
		a.harness.Errorf("%s succeeded, wanted an error: %s", a.tool, a.text)
		return
	}
	for _, w := range words {
		if !strings.Contains(a.text, w) {
			a.harness.Errorf("%s: the error %q does not say %q", a.tool, a.text, w)
		}
	}
}
