package tools

import (
	"cmp"
	"fmt"
	"slices"

	"codabridge/server/tools/query"
	"codabridge/server/tools/words"
)

// conditionSchema is the schema of a condition, which may be a list of others
// under a name instead: joins are such names, each before the schema of what its
// list holds. A value is text, since vendors want one type.
func conditionSchema(joins ...string) string {
	fields := `"column":{"type":"string"},"is":{"type":"string"},"value":{"type":"string"}`
	for i := 0; i+1 < len(joins); i += 2 {
		fields += `,"` + joins[i] + `":{"type":"array","items":` + joins[i+1] + `}`
	}
	return `{"type":"object","properties":{` + fields + `},"additionalProperties":false}`
}

// tidied makes of a question what a client meant that fills in every field of
// a schema: the empty ones are gone, and lists written as text are lists.
func (a queryRowsArgs) tidied() queryRowsArgs {
	a.Where, a.Having = tidyCondition(a.Where, 0), tidyCondition(a.Having, 0)
	a.Sort, a.GroupBy, a.Aggregate = objectsOf(a.Sort), objectsOf(a.GroupBy), objectsOf(a.Aggregate)
	for _, list := range [][]any{a.Sort, a.GroupBy, a.Aggregate} {
		for _, e := range list {
			if o, ok := e.(map[string]any); ok {
				dropHollow(o)
			}
		}
	}
	return a
}

// objectsOf reads objects that were written as text.
func objectsOf(list []any) []any {
	for i, e := range list {
		list[i] = ofJSON(e, "{")
	}
	return list
}

// columnNames are the columns of a select: names, or objects that hold one each,
// or all, as "*" asks for.
func columnNames(list []any) (names []string) {
	for _, e := range list {
		if o, ok := e.(map[string]any); ok && len(o) == 1 {
			for _, key := range []string{"column", "name", "id", "field"} {
				e = cmp.Or(o[key], e)
			}
		}
		name, ok := e.(string)
		if !ok {
			name = words.JSONText(fmt.Sprint(e))
		}
		if name == "*" {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// tidyCondition leaves alone what is nested deeper than any question may be, and is
// refused: to look at all beneath each level would take the square of the depth.
func tidyCondition(v any, depth int) any {
	if depth > 2*query.MaxDepth { // a list and an object a level
		return v
	}
	switch x := v.(type) {
	case string:
		if inner := ofJSON(x, "[{"); inner != v {
			return tidyCondition(inner, depth+1)
		}
	case []any:
		x = slices.DeleteFunc(x, isUnsaid)
		for i, e := range x {
			x[i] = tidyCondition(e, depth+1)
		}
		return x
	case map[string]any:
		tidyFields(x, depth)
	}
	return v
}

// isUnsaid tells a condition whose every field is empty, as clients fill one in.
// {"any":[]} by itself is none: somebody wrote it, and no row would fulfil it.
func isUnsaid(v any) bool { return isHollow(v) && !joinsAlone(v) }

// joinsAlone tells an object that has nothing but lists of conditions.
func joinsAlone(v any) bool {
	o, _ := v.(map[string]any)
	for name := range o {
		if !query.Joins(name) {
			return false
		}
	}
	return len(o) > 0
}

// tidyFields drops the fields of a condition that say nothing. An empty value is
// left to be refused, unless a list of conditions stands beside it.
func tidyFields(o map[string]any, depth int) {
	value, valued := o["value"]
	if !joinsAlone(o) {
		dropHollow(o)
	}
	joins := false
	for name, v := range o {
		switch {
		case query.Joins(name):
			o[name], joins = tidyCondition(v, depth+1), true
		case query.IsValue(name):
			o[name] = listOf(v)
		}
	}
	if valued && !joins {
		o["value"] = listOf(value)
	}
}

// dropHollow takes out the fields that say nothing.
func dropHollow(o map[string]any) {
	for name, v := range o {
		if isHollow(v) {
			delete(o, name)
		}
	}
}
