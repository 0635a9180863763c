//go:build !race

package tools_test

import (
	"maps"
	"strings"
	"testing"
)

// TestEmptyOptionalArgumentsAreAbsent: clients fill in those that a model left
// out.
func TestEmptyOptionalArgumentsAreAbsent(t *testing.T) {
	t.Parallel()
	calls := goodCalls()
	for _, d := range newHarness(t, full).listTools() {
		if d.Name == "coda_get_mutation_status" || strings.HasSuffix(d.Name, "_folder") || strings.HasPrefix(d.Name, "coda_un") {
			continue // they need more than a call
		}
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			s, r := shapeOf(t, d), newHarness(t, full)
			for what, empty := range map[string]any{"empty text": "", "spaces": "  ", "nought": 0, "nought as text": "0", "an empty list": []any{}, "an empty object": object{}, "nothing": nil, "a list of nothing": []any{""}} {
				args := maps.Clone(calls[d.Name])
				for name, p := range s.Properties {
					if _, given := args[name]; given || strings.Contains(strings.Join(s.Required, " "), name) || isFree(name) {
						continue
					}
					if empty == "0" && p.Type != "integer" {
						continue // "0" may be a name
					}
					args[name] = empty
				}
				if a := r.call(d.Name, args); a.isError {
					t.Errorf("%s: %s", what, a.text)
				}
				r.tools.Forget()
				if strings.Contains(d.Name, "delete") {
					r = newHarness(t, full)
				}
			}
		})
	}
}

func isFree(name string) bool {
	return name == "subtitle" || name == "description" || name == "content"
}
