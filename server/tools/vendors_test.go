package tools_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
)

// node is any part of a schema.
type node = map[string]any

// walkSchema visits every schema within a schema, with its path.
func walkSchema(path string, s node, visit func(path string, s node)) {
	visit(path, s)
	if p, ok := s["properties"].(node); ok {
		for name, inner := range p {
			if m, ok := inner.(node); ok {
				walkSchema(path+"."+name, m, visit)
			}
		}
	}
	if items, ok := s["items"].(node); ok {
		walkSchema(path+"[]", items, visit)
	}
	for _, choice := range choicesOf(s) {
		walkSchema(path+"|", choice, visit)
	}
}

// choicesOf are the schemas of which a value has to fit one.
func choicesOf(s node) (out []node) {
	list, _ := s["anyOf"].([]any)
	for _, choice := range list {
		if m, ok := choice.(node); ok {
			out = append(out, m)
		}
	}
	return out
}

// geminiKeywords are the fields of Schema in the Gemini API
// (ai.google.dev/api/caching#Schema). additionalProperties is none of them:
// clients leave it out, so that an object must name its fields.
var geminiKeywords = []string{"type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required",
	"minProperties", "maxProperties", "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default", "items", "minimum", "maximum", "additionalProperties"}

// strictKeywords are those that OpenAI's strict mode keeps
// (platform.openai.com/docs/guides/structured-outputs, supported schemas).
var strictKeywords = []string{"type", "description", "enum", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs", "const",
	"pattern", "format", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "minItems", "maxItems"}

// claudeName is the form of property keys that Claude's API takes (its error:
// "Property keys should match pattern").
var claudeName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`)

// TestVendorsTakeEverySchema: one tool that a vendor refuses makes it refuse
// all of them.
func TestVendorsTakeEverySchema(t *testing.T) {
	t.Parallel()
	for _, d := range newHarness(t, full).listTools() {
		var s node
		if err := json.Unmarshal(d.InputSchema, &s); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"anyOf", "oneOf", "allOf", "not", "if", "enum", "const"} {
			if s[word] != nil {
				t.Errorf("%s: %s at the top", d.Name, word)
			}
		}
		walkSchema(d.Name, s, func(path string, s node) {
			for _, fault := range schemaFaults(s, path == d.Name) {
				t.Errorf("%s %s: %s", path, fault, mustJSON(s))
			}
		})
		if deep := depthOf(s); deep > 10 {
			t.Errorf("%s is %d levels deep; strict mode takes 10", d.Name, deep)
		}
	}
}

func schemaFaults(s node, top bool) []string {
	var faults []string
	kind, _ := s["type"].(string)
	if choices := choicesOf(s); len(choices) > 0 {
		if top || len(s) > 1 { // Vertex: "When using any_of, it must be the only field set"
			faults = append(faults, "has anyOf at the top or beside other words")
		}
		for _, choice := range choices { // @openai/agents: "make the branch properties required"
			fields, _ := choice["properties"].(node)
			if required, _ := choice["required"].([]any); len(required) != len(fields) {
				faults = append(faults, "has a choice with fields that may be left out")
			}
		}
		return faults
	}
	if !slices.Contains([]string{"string", "integer", "number", "boolean", "array", "object"}, kind) {
		faults = append(faults, "has no one type")
	}
	for word := range s {
		if !slices.Contains(geminiKeywords, word) || !slices.Contains(strictKeywords, word) {
			faults = append(faults, "says "+word)
		}
	}
	fields, _ := s["properties"].(node)
	if kind == "object" && (len(fields) == 0 && !top || s["additionalProperties"] != false) {
		faults = append(faults, "is an object with free keys")
	}
	for name := range fields {
		if !claudeName.MatchString(name) {
			faults = append(faults, fmt.Sprintf("has the key %q", name))
		}
	}
	if required, _ := s["required"].([]any); slices.ContainsFunc(required, func(name any) bool { return fields[fmt.Sprint(name)] == nil }) {
		faults = append(faults, "requires what it does not have")
	}
	if _, ok := s["items"].(node); kind == "array" && !ok {
		faults = append(faults, "is a list of anything")
	}
	if choices, ok := s["enum"].([]any); ok && (kind != "string" || slices.Contains(choices, any(""))) {
		faults = append(faults, "has choices that are no texts")
	}
	return faults
}

func depthOf(s node) int {
	deep := 0
	if p, ok := s["properties"].(node); ok {
		for _, inner := range p {
			if m, ok := inner.(node); ok {
				deep = max(deep, 1+depthOf(m))
			}
		}
	}
	if items, ok := s["items"].(node); ok {
		deep = max(deep, 1+depthOf(items))
	}
	for _, choice := range choicesOf(s) {
		deep = max(deep, depthOf(choice))
	}
	return deep
}
