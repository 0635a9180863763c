package tools_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"unicode"

	"codabridge/server/coda/codatest"
)

// shape is as much of a schema as these tests need.
type shape struct {
	Type       string
	Properties map[string]shape
	Required   []string
	Items      *shape
	Enum       []any
}

func shapeOf(t *testing.T, d listedTool) shape {
	t.Helper()
	var s shape
	if err := json.Unmarshal(d.InputSchema, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// goodCalls has a good call of every tool.
func goodCalls() map[string]object {
	calls := everyTool(planDoc, overviewPage, tasksTable, "i-launch")
	maps.Copy(calls, elsewhere)
	return calls
}

// spoiled is a good call with one argument changed.
func spoiled(args object, name string, v any) object {
	out := maps.Clone(args)
	if v == nil {
		delete(out, name)
	} else {
		out[name] = v
	}
	return out
}

// helpful holds an error to what every error must be: short, one line of
// plain words, without anything hidden.
func (a answer) helpful(what string) {
	a.harness.Helper()
	switch {
	case !a.isError:
		a.harness.Errorf("%s: %s succeeded: %s", a.tool, what, a.text)
	case len(a.text) > 2500 || len(a.text) < 20 || strings.ContainsAny(a.text, "\n\r"):
		a.harness.Errorf("%s: %s: this is no sentence: %q", a.tool, what, a.text)
	case strings.ContainsFunc(a.text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }):
		a.harness.Errorf("%s: %s: hidden characters in %q", a.tool, what, a.text)
	case strings.Contains(a.text, "unexpected fault"):
		a.harness.Errorf("%s: %s is a fault of ours: %s", a.tool, what, a.text)
	}
}

// TestWrongArgumentsMakeNoRequest: left out, of another type, or unknown.
func TestWrongArgumentsMakeNoRequest(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	calls := goodCalls()
	list := r.listTools()
	r.fake.ClearLog()
	for _, d := range list {
		s, good := shapeOf(t, d), calls[d.Name]
		for _, name := range s.Required {
			r.call(d.Name, spoiled(good, name, nil)).helpful("without " + name)
		}
		for name, p := range s.Properties {
			wrong := map[string]any{"string": object{"a": 1}, "integer": "many", "boolean": "perhaps", "object": "words", "array": true}[p.Type]
			if wrong == nil || p.Items != nil && p.Items.Type == "array" || name == "payload" || name == "arguments" { // objects are taken too
				continue
			}
			r.call(d.Name, spoiled(good, name, wrong)).helpful("wrong type of " + name)
			if len(p.Enum) > 0 {
				r.call(d.Name, spoiled(good, name, "nonsense")).helpful("unknown choice for " + name)
			}
		}
		r.call(d.Name, spoiled(good, "no_such_argument", 1)).helpful("an unknown argument")
		r.call(d.Name, []any{1}).helpful("a list for arguments")
		r.call(d.Name, "words").helpful("text for arguments")
	}
	for _, q := range r.fake.Requests() {
		t.Errorf("%s %s was asked for", q.Method, q.Path)
	}
}

// TestOddAnswersFailNoReading: unknown fields and values, missing ones,
// numbers as text.
func TestOddAnswersFailNoReading(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	calls := goodCalls()
	list := r.listTools()
	r.fake.Set(func(k *codatest.Knobs) { k.Odd = true })
	for _, d := range list {
		if d.Annotations["readOnlyHint"] == true && d.Name != "coda_get_mutation_status" {
			r.call(d.Name, calls[d.Name]).ok(nil)
		}
	}
}
