package tools

import (
	"strings"

	"codabridge/server/tools/words"
)

// conditionSchema is the schema of a condition, with more fields where it may
// be several. A value is text, since vendors want one type.
func conditionSchema(more string) string {
	return `{"type":"object","properties":{"column":{"type":"string"},"is":{"type":"string"},"value":{"type":"string"}` + more + `},"additionalProperties":false}`
}

// tidied makes of a question what a client meant that fills in every field of
// a schema: the empty ones are gone, and lists written as text are lists.
func (a queryRowsArgs) tidied() queryRowsArgs {
	a.Where, a.Having = tidyCondition(a.Where), tidyCondition(a.Having)
	for _, list := range [][]any{a.Sort, a.GroupBy, a.Aggregate} {
		for _, e := range list {
			if o, ok := e.(map[string]any); ok {
				dropHollow(o)
			}
		}
	}
	return a
}

func tidyCondition(v any) any {
	switch x := v.(type) {
	case []any:
		for i, e := range x {
			x[i] = tidyCondition(e)
		}
	case map[string]any:
		value, valued := x["value"]
		dropHollow(x)
		if x["any"] == nil && x["all"] == nil && valued {
			x["value"] = listOf(value)
		}
		for _, name := range []string{"any", "all"} {
			if list, ok := x[name]; ok {
				x[name] = tidyCondition(list)
			}
		}
	}
	return v
}

// dropHollow takes out the fields that say nothing.
func dropHollow(o map[string]any) {
	for name, v := range o {
		if isHollow(v) {
			delete(o, name)
		}
	}
}

// listOf reads a list out of the JSON of one.
func listOf(v any) any {
	s, ok := v.(string)
	if !ok || !strings.HasPrefix(strings.TrimSpace(s), "[") || words.BoundNumbers([]byte(s)) != nil {
		return v
	}
	inner, err := decode([]byte(s))
	if list, ok := inner.([]any); ok && err == nil {
		return list
	}
	return v
}
