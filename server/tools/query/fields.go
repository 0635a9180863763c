package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// fields are what an entry of a question may have: each by its one name, and by
// those that other query languages give it.
type fields struct {
	what  string              // "a condition", "sort"
	names []string            // in the order of a sentence
	also  map[string][]string // other names, in small letters
}

var (
	conditionFields = fields{"a condition", []string{"column", "is", "value"}, map[string][]string{
		"column": ofColumn, "is": {"op", "operator", "operation", "comparison", "comparator", "condition"}, "value": {"values"}}}
	sortFields = fields{"an entry of sort", []string{"column", "descending"}, map[string][]string{
		"column": append([]string{"by", "key"}, ofColumn...), "descending": {"desc", "direction", "order", "dir"}, "ascending": {"asc"}, "op": nil}}
	groupFields = fields{"an entry of group_by", []string{"column", "by"}, map[string][]string{
		"column": ofColumn, "by": {"unit", "interval", "granularity", "period", "bucket", "grain"}}}
	aggregateFields = fields{"an entry of aggregate", []string{"op", "column", "as"}, map[string][]string{
		"op": {"function", "func", "fn", "aggregate", "agg", "operation"}, "column": append([]string{"of"}, ofColumn...), "as": {"alias", "label", "name"}}}
)

var ofColumn = []string{"field", "col", "column_name", "columnname"}

// field is the one name of a field.
func (f fields) field(name string) (string, bool) {
	name = strings.ToLower(name)
	if slices.Contains(f.names, name) {
		return name, true
	}
	for one, also := range f.also {
		if name == one || slices.Contains(also, name) {
			return one, true
		}
	}
	return "", false
}

// read gives an entry with each field by its one name. One that it does not know
// is refused: left out in silence it would change the answer.
func (f fields) read(o map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(o))
	for _, given := range slices.Sorted(maps.Keys(o)) {
		name, ok := f.field(given)
		if !ok {
			return nil, fmt.Errorf(`%s has %s, not %s`, f.what, f.listed(), quote(given)+opposite(given))
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf(`%s has %q twice, once as %s; give it once`, f.what, name, quote(given))
		}
		out[name] = o[given]
	}
	return out, nil
}

// IsValue tells that a field of a condition is its value, whatever it is called.
func IsValue(name string) bool {
	field, _ := conditionFields.field(name)
	return field == "value"
}

func (f fields) listed() string {
	var out []string
	for _, name := range f.names {
		out = append(out, `"`+name+`"`)
	}
	last := len(out) - 1
	return strings.Join(out[:last], ", ") + " and " + out[last]
}

// opposite says how to ask for what is not so.
func opposite(name string) string {
	if slices.Contains([]string{"not", "none", "nor"}, strings.ToLower(name)) {
		return `; say the opposite by "!=", "not in", "not contains" or "not empty"`
	}
	return ""
}

// kindOfJSON names what a value is, for a sentence.
func kindOfJSON(v any) string {
	switch x := v.(type) {
	case string:
		return "the text " + quote(x)
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case nil:
		return "nothing"
	}
	return "a number"
}
