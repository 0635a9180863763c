//go:build !race

package tools_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// documentedQuestions are the forms of a question that others rely on.
var documentedQuestions = []string{
	`{"where":[{"column":"Status","is":"=","value":"Done"}]}`,
	`{"where":[{"column":"Status","is":"=","value":"Done"},{"column":"Points","is":">","value":"3"}]}`,
	`{"where":[{"column":"Points","is":"not empty"}]}`,
	`{"where":[{"column":"Name","is":"in","value":"Launch, Twin"}]}`,
	`{"where":[{"column":"Name","is":"in","value":"[\"Launch\",\"Twin\"]"}]}`,
	`{"where":[{"column":"Points","is":"between","value":"1, 4"}]}`,
	`{"where":[{"any":[{"column":"Status","is":"=","value":"Done"},{"column":"Points","is":"<=","value":"3"}]}]}`,
	`{"where":[{"all":[{"column":"Status","is":"!=","value":"Done"},{"column":"Points","is":">=","value":"3"}]}]}`,
	`{"where":[{"any":[{"all":[{"column":"Status","is":"=","value":"Open"},{"column":"Points","is":"empty"}]},{"column":"Status","is":"=","value":"Done"}]}]}`,
	`{"where":[{"column":"Name","is":"contains","value":"a"},{"any":[{"column":"Name","is":"starts","value":"P"},{"column":"Name","is":"starts","value":"L"}]}]}`,
	`{"select":["Name","Points"],"sort":[{"column":"Points","descending":true},{"column":"Name","descending":false}],"distinct":true}`,
	`{"group_by":["Status"]}`,
	`{"group_by":["Status",{"column":"Due","by":"month"}]}`,
	`{"group_by":["Status"],"aggregate":[{"op":"count"},{"op":"sum","column":"Points"}]}`,
	`{"aggregate":[{"op":"average","column":"Points"},{"op":"min","column":"Points"},{"op":"max","column":"Points"},{"op":"median","column":"Points"}]}`,
	`{"group_by":["Status"],"aggregate":[{"op":"share"}],"having":[{"column":"share","is":">","value":"10%"}],"limit":5}`,
}

// TestASchemaPermitsWhatIsDocumented: a client that holds arguments against the
// schema it was shown can send each form, and each is answered.
func TestASchemaPermitsWhatIsDocumented(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	var schema *jsonschema.Schema
	for _, d := range r.listTools() {
		if d.Name != "coda_query_rows" {
			continue
		}
		shown, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.InputSchema))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("shown", shown); err != nil {
			t.Fatal(err)
		}
		schema = c.MustCompile("shown")
	}
	for _, question := range documentedQuestions {
		args := object{"document": planDoc, "table": tasksTable}
		if err := json.Unmarshal([]byte(question), &args); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(args); err != nil {
			t.Errorf("%s is not permitted: %v", question, err)
		}
		if a := r.call("coda_query_rows", args); a.isError {
			t.Errorf("%s: %s", question, a.text)
		}
	}
	for _, group := range []any{object{"column": "Status"}, object{"column": "Status", "by": ""}, object{"column": "Status", "by": nil}} { // beyond the schema
		if a := r.call("coda_query_rows", object{"document": planDoc, "table": tasksTable, "group_by": []any{group}}); a.isError {
			t.Errorf("%v: %s", group, a.text)
		}
	}
}

// TestAnEmptyListOfConditionsIsNotAllRows where somebody wrote it; a condition
// that a client filled in with nothing is none.
func TestAnEmptyListOfConditionsIsNotAllRows(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	ask := func(part string) answer {
		args := object{"document": planDoc, "table": tasksTable, "aggregate": []string{"count"}}
		if err := json.Unmarshal([]byte(part), &args); err != nil {
			t.Fatal(err)
		}
		return r.call("coda_query_rows", args)
	}
	for _, part := range []string{
		`{"where":[{"any":[]}]}`, `{"where":{"any":[]}}`, `{"where":"{\"any\":[]}"}`, `{"where":[{"all":[]}]}`, `{"where":[{"OR":[]}]}`,
		`{"where":[{"any":[{}]}]}`, `{"where":[{"any":[null]}]}`, `{"where":[{"any":[{"column":"","is":"","value":""}]}]}`, `{"where":[{"any":[],"all":[]}]}`,
		`{"where":[{"column":"Status","value":"Done"},{"any":[]}]}`, `{"where":[{"all":[{"any":[]}]}]}`, `{"where":[{"any":[{"all":[]},{"column":"Status","value":"Done"}]}]}`,
		`{"group_by":["Status"],"having":[{"any":[]}]}`, `{"where":[{"column":"Status","is":"in","value":[]}]}`, `{"where":[{"column":"Points","is":"between","value":[3]}]}`,
		`{"where":[{"column":"Points","is":"between","value":[3,null]}]}`, `{"where":[{"column":"Points","is":"between","value":{"from":3}}]}`,
		`{"where":[{"column":"Points","is":"between","value":[]}]}`,
	} {
		if a := ask(part); !a.isError || !strings.Contains(a.text, "needs") && !strings.Contains(a.text, "stands alone") {
			t.Errorf("%s gives %s", part, a.text)
		}
	}
	whole := ask(`{}`).text[:30]
	for _, part := range []string{`{"where":[]}`, `{"where":{}}`, `{"where":[{}]}`, `{"where":[null]}`, `{"where":[{"column":"","is":"","value":"","any":[],"all":[]}]}`,
		`{"where":[],"having":[],"group_by":[],"sort":[],"select":[]}`, `{"where":[[]]}`, `{"where":[{"column":"","any":[{"column":"","is":"","value":""}]}]}`} {
		if a := ask(part); a.isError || a.text[:30] != whole {
			t.Errorf("%s gives %s, want %s", part, a.text, whole)
		}
	}
}
