package coda_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest/codaspec"
)

// description is the vendor's own document, where it is beside this checkout.
func description(t *testing.T) *openapi3.T {
	t.Helper()
	path := codaspec.Path()
	if path == "" {
		t.Skip("the API description is not beside this checkout")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestTheTableIsTheAPI holds every row of the table against the vendor's
// description, both ways.
func TestTheTableIsTheAPI(t *testing.T) {
	t.Parallel()
	doc := description(t)
	seen := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			seen[op.OperationID] = true
			o, ok := coda.FindOperation(op.OperationID)
			if !ok {
				t.Errorf("%s is not in the table", op.OperationID)
				continue
			}
			if o.Method != method || o.Path != path {
				t.Errorf("%s is %s %s, want %s %s", o.ID, o.Method, o.Path, method, path)
			}
			if got, want := listed(o), described(item, op); !slices.Equal(got, want) {
				t.Errorf("%s takes\n%s\nwant\n%s", o.ID, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
	for _, o := range coda.Operations() {
		if !seen[o.ID] {
			t.Errorf("%s is no operation of the API", o.ID)
		}
	}
	if n := len(coda.Operations()); n != 125 {
		t.Errorf("%d operations, want 125", n)
	}
}

// listed are the arguments of the table in a comparable form.
func listed(o coda.Operation) []string {
	var out []string
	for _, p := range o.Params {
		if p.In == "whole" {
			continue
		}
		kind := p.Kind
		if len(p.Values) > 0 {
			values := slices.Clone(p.Values)
			slices.Sort(values)
			kind = strings.Join(values, "|")
		}
		out = append(out, line(p.In, p.Name, p.Required, kind))
	}
	slices.Sort(out)
	return out
}

func line(in, name string, required bool, kind string) string {
	if required {
		name += "!"
	}
	return in + " " + name + " " + kind
}

func described(item *openapi3.PathItem, op *openapi3.Operation) []string {
	var out []string
	for _, list := range []openapi3.Parameters{item.Parameters, op.Parameters} {
		for _, p := range list {
			if in := p.Value.In; in == "path" || in == "query" {
				out = append(out, line(in, p.Value.Name, p.Value.Required, kindOf(p.Value.Schema)))
			}
		}
	}
	if op.RequestBody != nil {
		fields, required := fieldsOf(op.RequestBody.Value.Content["application/json"].Schema.Value)
		for name, s := range fields {
			out = append(out, line("body", name, slices.Contains(required, name), kindOf(s)))
		}
	}
	slices.Sort(out)
	return out
}

// fieldsOf flattens a composed object; what only some alternatives demand is
// not required.
func fieldsOf(s *openapi3.Schema) (openapi3.Schemas, []string) {
	fields, required := openapi3.Schemas{}, slices.Clone(s.Required)
	for name, f := range s.Properties {
		fields[name] = f
	}
	for _, part := range s.AllOf {
		more, need := fieldsOf(part.Value)
		for name, f := range more {
			fields[name] = f
		}
		required = append(required, need...)
	}
	var common []string
	for i, part := range append(slices.Clone(s.OneOf), s.AnyOf...) {
		more, need := fieldsOf(part.Value)
		for name, f := range more {
			if _, there := fields[name]; !there {
				fields[name] = f
			}
		}
		if i == 0 {
			common = need
		}
		common = slices.DeleteFunc(common, func(n string) bool { return !slices.Contains(need, n) })
	}
	return fields, append(required, common...)
}

func kindOf(ref *openapi3.SchemaRef) string {
	s := ref.Value
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, v.(string))
		}
		slices.Sort(values)
		return strings.Join(values, "|")
	}
	switch {
	case s.Type.Is("string"):
		return "string"
	case s.Type.Is("boolean"):
		return "bool"
	case s.Type.Is("integer"):
		return "int"
	case s.Type.Is("number"):
		return "number"
	case s.Type.Is("array"):
		switch kind := kindOf(s.Items); kind {
		case "int", "{}":
			return "[]" + kind
		default:
			return "[]"
		}
	}
	return "{}"
}

// TestTheTableIsWhole holds the table to its own rules, with or without the
// vendor's description.
func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range coda.Operations() {
		if seen[o.ID] {
			t.Errorf("%s stands there twice", o.ID)
		}
		seen[o.ID] = true
		switch {
		case o.About == "" || o.Group == "":
			t.Errorf("%s says too little", o.ID)
		case (o.Access == coda.Reads) != (o.Method == "GET" || o.ID == "beginPageContentExport"):
			t.Errorf("%s is called %s", o.ID, o.Access)
		case (o.Access == coda.Destroys) != (o.Method == "DELETE"):
			t.Errorf("%s is called %s", o.ID, o.Access)
		case !slices.Contains([]coda.Audience{coda.ForPerson, coda.ForAdmin, coda.ForMaker}, o.Audience):
			t.Errorf("%s is for %q", o.ID, o.Audience)
		case !slices.Contains([]string{"reading", "writing", "content", "listing", "analytics"}, o.Rate):
			t.Errorf("%s is counted as %q", o.ID, o.Rate)
		}
		for _, p := range o.Params {
			if p.Describe() == "" {
				t.Errorf("%s: nobody can say what %s takes", o.ID, p.Name)
			}
		}
	}
}

func TestArgumentsAreCheckedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	c := coda.New(coda.Options{Token: func() (string, error) { t.Error("a request was made"); return "", errors.New("no") }})
	for _, k := range []struct {
		name, op string
		args     coda.Args
		say      string
	}{
		{"an operation nobody knows", "dropDoc", nil, `no operation "dropDoc"`},
		{"a path argument left out", "getDoc", nil, `"docId" is missing`},
		{"an argument nobody knows", "getDoc", coda.Args{"docId": "d", "colour": 1}, `no argument "colour"`},
		{"arguments where there are none", "listCategories", coda.Args{"x": 1}, "takes no arguments"},
		{"a choice that is not offered", "listRows", coda.Args{"docId": "d", "tableIdOrName": "t", "sortBy": "name"}, "one of createdAt"},
		{"text for a number", "listDocs", coda.Args{"limit": "ten"}, "a whole number"},
		{"half a number", "listDocs", coda.Args{"limit": 1.5}, "a whole number"},
		{"text for a list", "deleteRows", coda.Args{"docId": "d", "tableIdOrName": "t", "rowIds": "i-1"}, "a list of texts"},
		{"numbers in a list of texts", "deleteRows", coda.Args{"docId": "d", "tableIdOrName": "t", "rowIds": []any{1}}, "a list of texts"},
		{"text for an object", "updateRow", coda.Args{"docId": "d", "tableIdOrName": "t", "rowIdOrName": "r", "row": "x"}, "an object"},
		{"a body field left out", "addPermission", coda.Args{"docId": "d", "access": "write"}, `"principal" is missing`},
		{"a way out of the path", "getDoc", coda.Args{"docId": "../whoami"}, coda.ErrSegment.Error()},
	} {
		if _, err := c.Call(t.Context(), k.op, k.args); err == nil || !strings.Contains(err.Error(), k.say) {
			t.Errorf("%s: %v, want %q", k.name, err, k.say)
		}
	}
}
