package tools

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"codabridge/server/coda"
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
	// Forms are what addresses have in common, by column and mark.
	Forms map[string]map[string]string `json:"forms,omitempty"`
	// Units are the currencies of columns whose values are numbers then.
	Units map[string]string `json:"units,omitempty"`
}

// fewestAlike is from how many rows on a value that all of them have is said
// once.
const fewestAlike = 5

// compact gives the columns and rows of an answer, and what is said of all
// rows once. Columns that were asked for by name stay where they are.
func (r *rowTable) compact() (columns []string, rows []json.RawMessage, s shared) {
	units, dropped, changed := r.share(&s)
	var texts longTexts
	var forms cellForms
	if !r.plain && !r.hasCaret() {
		texts = r.longTexts(dropped)
		forms = r.forms(dropped, texts.key)
		s.Texts, s.Forms = texts.said, forms.said
	}
	if !changed && len(texts.said)+len(forms.said) == 0 {
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
			if dropped[at] {
				continue
			}
			cell, ok := forms.cells[[2]int{i, at}]
			if !ok {
				cell = texts.cell(withoutUnit(r.cell(i, at), units[at]))
			}
			row = append(append(row, cell...), ',')
		}
		row[len(row)-1] = ']'
		rows = append(rows, row)
	}
	return columns, rows, s
}

// share finds what whole columns have in common, by their places: the currency that
// goes out of the cells, and those that are dropped.
func (r *rowTable) share(s *shared) (units []string, dropped []bool, changed bool) {
	units, dropped = make([]string, len(r.Columns)), make([]bool, len(r.Columns))
	for at := 1; at < len(r.Columns) && len(r.Rows) > 0; at++ {
		if r.from[at-1].Format.Type == "currency" {
			units[at] = r.unitOf(at)
		}
		switch {
		case r.chosen || !r.sameIn(at):
		case isHollow(coda.DecodeCell(r.cell(0, at))):
			s.Empty, dropped[at] = append(s.Empty, r.Columns[at]), true
		case len(r.Rows) >= fewestAlike:
			s.Same, dropped[at] = put(s.Same, r.Columns[at], json.RawMessage(withoutUnit(r.cell(0, at), units[at]))), true
		}
		if units[at] != "" {
			s.Units = put(s.Units, r.Columns[at], units[at])
		}
		changed = changed || dropped[at] || units[at] != ""
	}
	return units, dropped, changed
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
		if !ok || !isNumber || !currencyCode().MatchString(in) || unit != "" && unit != in {
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

// When texts of a large answer are said once: from how many characters of rows
// on, how long one is at least, how often it comes at least, in cells, and how many
// bytes all of them save at least.
const (
	fromLarge  = 8000
	longText   = 14
	oftenText  = 5
	leastSaved = 500
)

// longTexts are texts that stand once in an answer: by the JSON of a cell what
// stands in the rows for it, and by that what is meant.
type longTexts struct {
	key  map[string]string
	said map[string]json.RawMessage
}

// hasCaret tells that a text would be taken for a key or a mark.
func (r *rowTable) hasCaret() bool {
	return slices.ContainsFunc(r.Rows, func(row json.RawMessage) bool { return bytes.IndexByte(row, '^') >= 0 })
}

// longTexts finds the texts of remarks, notes, addresses and the like that come
// again and again. What a person reads a table by stays where it is: names of
// rows, people and related rows, choices, dates and numbers; of people and rows
// of one name, what tells them apart is said once.
func (r *rowTable) longTexts(dropped []bool) (t longTexts) {
	if r.size < fromLarge {
		return t
	}
	times := map[string]*int{}
	var cells []string // in the order of the rows
	for i := range r.Rows {
		for at := 1; at < len(r.Columns); at++ {
			cell := r.cell(i, at)
			if dropped[at] || len(cell) < longText+2 || !mayBeSaidOnce(cell, &r.from[at-1]) {
				continue
			}
			n := times[string(cell)]
			if n == nil {
				n = new(int)
				cells, times[string(cell)] = append(cells, string(cell)), n
			}
			*n++
		}
	}
	t = longTexts{map[string]string{}, map[string]json.RawMessage{}}
	saved := 0
	for _, cell := range cells {
		key := words.KeyOf(cell)
		if _, taken := t.said[key]; taken || *times[cell] < oftenText {
			continue
		}
		t.key[cell], t.said[key] = words.JSONText(key), json.RawMessage(cell)
		saved += (*times[cell]-1)*(len(cell)-len(key)-2) - 2*len(key)
	}
	if saved < leastSaved {
		return longTexts{}
	}
	return t
}

// mayBeSaidOnce tells by the column of a text whether a key may stand for it.
func mayBeSaidOnce(cell []byte, c *coda.Column) bool {
	switch c.Format.Type {
	case "select", "number", "currency", "percent", "slider", "scale", "date", "dateTime", "time", "duration":
		return false
	case "person", "lookup":
		return cell[0] == '"' && words.ToldApart().Match(cell)
	}
	return cell[0] == '"' && !c.Display
}

// cell is what stands in a row for the JSON of a cell.
func (t longTexts) cell(cell []byte) []byte {
	if key, ok := t.key[string(cell)]; ok {
		return []byte(key)
	}
	return cell
}

// textsNote says what the keys are.
const textsNote = "^… in a row is the key of a text in texts."

// weigh gives how many characters are spared by what is said once.
func (r *rowTable) weigh() int {
	columns, rows, s := r.compact()
	said, err := words.Encode(s)
	if err != nil {
		return 0 // cannot happen with what was read as JSON
	}
	is := utf8.RuneCountInString(said)
	for _, c := range columns {
		is += words.JSONSize(c) + 3
	}
	for _, row := range rows {
		is += utf8.RuneCount(row) + 1
	}
	return max(r.size-is, 0)
}
