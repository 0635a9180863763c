package tools

import (
	"bytes"
	"encoding/json"
	"strings"

	"codabridge/server/tools/words"
)

// shared is what is said once of all rows of an answer.
type shared struct {
	// Same are the columns with one value in all rows, which have it no more.
	Same map[string]json.RawMessage `json:"same,omitempty"`
	// Empty are the columns without any value.
	Empty []string `json:"empty,omitempty"`
	// Texts are the long texts that come often, by what stands for them in the rows.
	Texts map[string]json.RawMessage `json:"texts,omitempty"`
	// Units are the currencies of columns whose values are numbers then.
	Units map[string]string `json:"units,omitempty"`
}

// fewestAlike is from how many rows on a value that all of them have is said
// once.
const fewestAlike = 5

// compact gives the columns and rows of an answer, and what is said of all
// rows once. Columns that were asked for by name stay where they are. With plain
// no key stands for a text.
func (r *rowTable) compact(all, plain bool) (columns []string, rows []json.RawMessage, s shared) {
	units, dropped := make([]string, len(r.Columns)), make([]bool, len(r.Columns))
	changed := false
	for at := 1; at < len(r.Columns) && len(r.Rows) > 0; at++ {
		if r.from[at-1].Format.Type == "currency" {
			units[at] = r.unitOf(at)
		}
		switch {
		case !all || !r.sameIn(at):
		case isHollow(decodedCell(r.cell(0, at))):
			s.Empty, dropped[at] = append(s.Empty, r.Columns[at]), true
		case len(r.Rows) >= fewestAlike:
			s.Same, dropped[at] = put(s.Same, r.Columns[at], json.RawMessage(withoutUnit(r.cell(0, at), units[at]))), true
		}
		if units[at] != "" {
			s.Units = put(s.Units, r.Columns[at], units[at])
		}
		changed = changed || dropped[at] || units[at] != ""
	}
	var texts longTexts
	if !plain {
		texts = r.longTexts(dropped)
		s.Texts = texts.said
	}
	if !changed && len(texts.said) == 0 {
		return r.Columns, r.Rows, s
	}
	for at, name := range r.Columns {
		if !dropped[at] {
			columns = append(columns, name)
		}
	}
	for i := range r.Rows {
		row := append(make([]byte, 0, len(r.Rows[i])), '[')
		for at := range r.Columns {
			if !dropped[at] {
				row = append(append(row, texts.cell(withoutUnit(r.cell(i, at), units[at]))...), ',')
			}
		}
		row[len(row)-1] = ']'
		rows = append(rows, row)
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

func decodedCell(cell []byte) any {
	v, _ := decode(cell)
	return v
}

// sameIn says whether a column has one value in all rows.
func (r *rowTable) sameIn(at int) bool {
	for i := range r.Rows {
		if !bytes.Equal(r.cell(i, at), r.cell(0, at)) {
			return false
		}
	}
	return true
}

// unitOf is the currency that all amounts of a column are in; empty where they
// are in several, or are no amounts.
func (r *rowTable) unitOf(at int) string {
	unit := ""
	for i := range r.Rows {
		cell := r.cell(i, at)
		if len(cell) < 2 || cell[0] != '"' {
			return ""
		}
		s := string(cell[1 : len(cell)-1])
		if s == "" {
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

// withoutUnit is an amount as a number.
func withoutUnit(cell []byte, unit string) []byte {
	if unit == "" || len(cell) <= len(`""`)+len(unit) {
		return cell
	}
	return cell[1 : len(cell)-len(unit)-len(` "`)]
}
