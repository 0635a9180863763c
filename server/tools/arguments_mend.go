package tools

import (
	"encoding/json"
	"slices"
	"strings"

	"codabridge/server/tools/words"
)

// mend bends a value to its schema where the meaning is plain: "42" for 42,
// one item for a list of one, an object written as a string, PHP's [] for {},
// null for nothing.
func mend(shape map[string]any, v any) any {
	switch shape["type"] {
	case "object":
		return mendObject(shape, v)
	case "array":
		items, _ := shape["items"].(map[string]any)
		return mendArray(items, v)
	case "integer", "number":
		return words.Number(v)
	case "boolean":
		return truthOf(v)
	case "string":
		if n, ok := v.(json.Number); ok {
			return n.String()
		}
	}
	return v
}

func mendObject(shape map[string]any, v any) any {
	if s, ok := v.(string); ok {
		if inner, ok := asObject([]byte(s)); ok && strings.TrimSpace(s) != "" && words.BoundNumbers([]byte(s)) == nil {
			v = inner
		}
	}
	if list, ok := v.([]any); ok && len(list) == 0 {
		v = map[string]any{}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, p := range properties(shape) {
		given, there := m[name]
		if !there {
			continue
		}
		if p, ok := p.(map[string]any); ok {
			if given == nil && p["type"] != nil {
				delete(m, name)
				continue
			}
			m[name] = mend(p, given)
			if _, plain := given.(bool); name == "dry_run" && !plain && given != "true" && given != "false" {
				m[name] = given // what decides on a write is not guessed at
			}
		}
	}
	return m
}

// truthOf reads true and false as clients and models write them.
func truthOf(v any) any {
	if n, ok := v.(json.Number); ok {
		v = n.String()
	}
	s, _ := v.(string)
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "on", "1", "t", "y":
		return true
	case "false", "no", "off", "0", "f", "n":
		return false
	}
	return v
}

func mendArray(items map[string]any, v any) any {
	v = listOf(v)
	if _, ok := v.([]any); !ok && v != nil {
		v = []any{v}
	}
	list, _ := v.([]any)
	for i := range list {
		list[i] = mend(items, list[i])
	}
	return v
}

// listOf reads a list out of the JSON of one.
func listOf(v any) any { return ofJSON(v, "[") }

// ofJSON reads a list or object out of the JSON of one that begins with one of
// the marks. All else stays as it is.
func ofJSON(v any, marks string) any {
	s, ok := v.(string)
	s = strings.TrimSpace(s)
	if !ok || s == "" || !strings.Contains(marks, s[:1]) || words.BoundNumbers([]byte(s)) != nil {
		return v
	}
	inner, err := decode([]byte(s))
	if err != nil {
		return v
	}
	return inner
}

// freeText are the arguments of which an empty text is one: it takes away what
// stood there.
var freeText = []string{"subtitle", "description", "content"}

// dropEmpty takes out the optional arguments that are empty: clients fill in
// those that a model left out. The required ones stay, to be refused.
func dropEmpty(shape map[string]any, args map[string]any) {
	need, _ := shape["required"].([]any)
	for name, v := range args {
		p, ok := properties(shape)[name].(map[string]any)
		if !ok || slices.Contains(need, any(name)) || slices.Contains(freeText, name) {
			continue
		}
		if isEmpty(p, v) {
			delete(args, name)
		}
	}
}

// isEmpty tells that a value says nothing: of a number 0 where the schema has
// no 0, of an object with fields of its own that each is empty.
func isEmpty(p map[string]any, v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case json.Number:
		least, _ := p["minimum"].(float64)
		_, bounded := p["minimum"]
		f, err := x.Float64()
		return err == nil && f == 0 && (least > 0 || !bounded)
	case map[string]any:
		fields := properties(p)
		for name, e := range x {
			inner, _ := fields[name].(map[string]any)
			if inner == nil || !isEmpty(inner, e) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(x, func(e any) bool { return !isUnsaid(e) && (joinsAlone(e) || !isUnfilled(e)) })
	}
	return false
}

// isUnfilled tells that an entry of a list is an object of nothing and false,
// as clients fill one in.
func isUnfilled(v any) bool {
	m, _ := v.(map[string]any)
	some := false
	for _, e := range m {
		if e != false && !isHollow(e) {
			return false
		}
		some = some || e != false
	}
	return some
}

// isHollow tells that a value is nothing, whatever holds the nothing.
func isHollow(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case map[string]any:
		for _, e := range x {
			if !isHollow(e) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(x, func(e any) bool { return !isHollow(e) })
	}
	return false
}
