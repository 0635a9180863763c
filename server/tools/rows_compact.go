package tools

import (
	"encoding/json"
	"reflect"
	"strings"

	"codabridge/server/tools/words"
)

// shared is what is said once of all rows of an answer.
type shared struct {
	// Same are the columns with one value in all rows, which have it no more.
	Same map[string]any `json:"same,omitempty"`
	// Empty are the columns without any value.
	Empty []string `json:"empty,omitempty"`
	// Units are the currencies of columns whose values are numbers then.
	Units map[string]string `json:"units,omitempty"`
}

// fewestAlike is from how many rows on a value that all of them have is said
// once.
const fewestAlike = 5

// compact gives the columns and rows of an answer, and what is said of all
// rows once. Columns that were asked for by name stay where they are.
func (r *rowTable) compact(all bool) (columns []string, rows []json.RawMessage, s shared) {
	values := r.values
	changed, dropped := false, map[int]bool{}
	for at := 1; at < len(r.Columns) && len(values) > 0; at++ {
		if unit := unitOf(values, at); unit != "" && r.from[at-1].Format.Type == "currency" {
			s.Units = put(s.Units, r.Columns[at], unit)
			takeUnit(values, at, unit)
			changed = true
		}
		switch first, same := values[0][at], sameIn(values, at); {
		case !all || !same:
		case isHollow(first):
			s.Empty, dropped[at] = append(s.Empty, r.Columns[at]), true
		case len(values) >= fewestAlike:
			s.Same, dropped[at] = put(s.Same, r.Columns[at], first), true
		}
	}
	if !changed && len(dropped) == 0 {
		return r.Columns, r.Rows, s
	}
	columns = kept(r.Columns, dropped)
	for _, row := range values {
		rows = append(rows, encodeRow(kept(row, dropped)))
	}
	return columns, rows, s
}

func put[T any](m map[string]T, name string, v T) map[string]T {
	if m == nil {
		m = map[string]T{}
	}
	m[name] = v
	return m
}

// kept leaves out what stands at some places.
func kept[T any](list []T, dropped map[int]bool) []T {
	out := make([]T, 0, len(list))
	for i, v := range list {
		if !dropped[i] {
			out = append(out, v)
		}
	}
	return out
}

func sameIn(values [][]any, at int) bool {
	for _, row := range values[1:] {
		if !reflect.DeepEqual(row[at], values[0][at]) {
			return false
		}
	}
	return true
}

// unitOf is the currency that all amounts of a column are in; empty where they
// are in several, or are no amounts.
func unitOf(values [][]any, at int) string {
	unit := ""
	for _, row := range values {
		s, _ := row[at].(string)
		if row[at] == "" {
			continue
		}
		amount, in, ok := strings.Cut(s, " ")
		_, isNumber := words.Number(amount).(json.Number)
		if !ok || !isNumber || !currencyCode.MatchString(in) || unit != "" && unit != in {
			return ""
		}
		unit = in
	}
	return unit
}

func takeUnit(values [][]any, at int, unit string) {
	for _, row := range values {
		if s, _ := row[at].(string); s != "" {
			row[at] = json.Number(strings.TrimSuffix(s, " "+unit))
		}
	}
}
