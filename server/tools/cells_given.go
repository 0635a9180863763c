package tools

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// The schemas of cells are lists of pairs, as Coda's own are, since strict
// vendors know no object whose keys are anybody's.
const (
	cellList = `{"type":"array","items":{"type":"object","properties":{"column":{"type":"string"},"value":{"type":"string"}},"additionalProperties":false}`
	rowCells = `{"type":"object","properties":{"cells":` + cellList + `}},"additionalProperties":false}`
	// cellsHelp and rawHelp are said of all of them.
	cellsHelp = `value is text, also numbers, true, dates (2026-11-20); \"me\" for people; several as a JSON list.`
	rawHelp   = `{"type":"boolean","description":"Text as it is (\"00123\"); breaks dates, people, relations."}`
	// formats are what text for a page may be.
	formats = `{"properties":{"format":{"enum":["markdown","html"]}}}`
	// rowsTaken lets plain objects and values of all types in as well.
	rowsTaken = `{"properties":{"disable_parsing":{"type":"boolean"},"rows":{"minItems":1,"maxItems":500,"items":{"type":["object","array","string"],"properties":null,"required":null,"additionalProperties":null}}}}`
)

// rowValues are the values of a row by column, as a client gives them: a list
// of cells, an object of column to value, or an object with either as its cells.
type rowValues map[string]any

// UnmarshalJSON takes all of them.
func (r *rowValues) UnmarshalJSON(b []byte) error {
	v, err := decode(b)
	if err != nil {
		return err
	}
	if s, ok := v.(string); ok && words.BoundNumbers([]byte(s)) == nil {
		if inner, err := decode([]byte(s)); err == nil {
			v = inner
		}
	}
	switch x := v.(type) {
	case nil:
		*r = rowValues{}
		return nil
	case []any:
		return r.fromCells(x)
	case map[string]any:
		if list, ok := x["cells"].([]any); ok && len(x) == 1 && !slices.ContainsFunc(list, func(e any) bool { return isNoCell(asCell(e)) }) {
			return r.fromCells(list)
		}
		if cells, ok := x["cells"].(map[string]any); ok && len(x) == 1 { // no cell holds an object
			x = cells
		}
		*r = x
		return nil
	}
	return words.Say(`A row is given by its cells, such as [{"column":"Name","value":"Launch"}], not as %s.`, words.Clip(words.Clean(string(bytes.TrimSpace(b))), 80))
}

func (r *rowValues) fromCells(list []any) error {
	*r = rowValues{}
	for _, e := range list {
		e = asCell(e)
		if isNoCell(e) {
			b, _ := json.Marshal(e)
			return words.Say(`A cell is given as {"column":"Name","value":"Launch"}, not as %s.`, words.Clip(words.Clean(string(b)), 80))
		}
		cell, _ := e.(map[string]any)
		column, _ := cell["column"].(string)
		if _, twice := (*r)[column]; twice {
			return words.Say("The column %s is given twice in one row. Give it once.", words.Quote(column))
		}
		(*r)[column] = cell["value"]
	}
	return nil
}

// namesOfColumn are what models call the column of a cell.
var namesOfColumn = []string{"column_name", "columnName", "column_id", "columnId", "col", "field"}

// asCell makes a cell of an object of one column and its value, and of one whose
// column is called otherwise.
func asCell(e any) any {
	cell, _ := e.(map[string]any)
	if len(cell) == 1 {
		for column, v := range cell {
			if !slices.Contains([]string{"cells", "column", "value"}, column) && !slices.Contains(namesOfColumn, column) {
				return map[string]any{"column": column, "value": v}
			}
		}
	}
	for _, name := range namesOfColumn {
		column, named := cell[name].(string)
		if v, valued := cell["value"]; named && valued && len(cell) == 2 {
			return map[string]any{"column": column, "value": v}
		}
	}
	return e
}

// isNoCell tells that v is no column with its value.
func isNoCell(v any) bool {
	cell, _ := v.(map[string]any)
	_, named := cell["column"].(string)
	_, valued := cell["value"]
	return !named || !valued || len(cell) != 2
}

// empty tells that a row has no value at all.
func (r rowValues) empty() bool {
	for _, v := range r {
		if s, ok := v.(string); ok {
			v = words.Looks(words.Clip(s, 1000))
		}
		if !isHollow(v) {
			return false
		}
	}
	return true
}

// asIs keeps a value from being read by Coda, which breaks the columns whose
// values are more than text.
func asIs(c coda.Column, v any) (any, error) {
	switch c.Format.Type {
	case "date", "dateTime", "time", "duration", "person", "lookup", "image", "attachments", "imageReference", "select", "reaction":
		return nil, words.Say("disable_parsing would break the column %s (%s). Leave it out, or write this column in a call of its own.", words.Quote(c.Name), c.Format.Type)
	case "checkbox":
		return truth(c, v)
	case "number", "percent", "currency", "slider", "scale":
		n, isNumber := words.Number(v).(json.Number)
		if !isNumber {
			return nil, misfit(c, "a plain number such as 12.5 with disable_parsing", v)
		}
		return n, nil
	}
	return v, nil
}

// listInText reads the values of a column that holds several out of the JSON
// of a list.
func listInText(c coda.Column, s string) ([]any, bool) {
	several := c.Format.IsArray
	switch c.Format.Type {
	case "select", "person", "lookup", "image", "attachments", "imageReference":
		several = true
	}
	if list, ok := optionsIn(c, s); ok {
		return list, true
	}
	if !several {
		return nil, false
	}
	list, ok := listOf(s).([]any)
	return list, ok
}

// optionsIn reads "launch, docs" in a column that holds several of its options,
// where the text is none of them and each part is one.
func optionsIn(c coda.Column, s string) (list []any, ok bool) {
	parts := strings.Split(s, ",")
	if !c.Format.IsArray || c.Format.Type != "select" || len(parts) < 2 || len(parts) > 100 {
		return nil, false
	}
	if _, err := option(c, s); err == nil {
		return nil, false
	}
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if _, err := option(c, part); err != nil {
			return nil, false
		}
		list = append(list, part)
	}
	return list, true
}

// unchanged tells that a value which cannot be written is what the row's cell
// holds: as answers show it, or by the key of its text. So a row that was read can
// be written back whole. A name that several people or rows have says nothing.
func (w *cellWriter) unchanged(name string, given any) bool {
	c, err := w.column(name)
	if w.now == nil || err != nil || w.several[c.ID] {
		return false
	}
	text, ok := w.now.Text(c.ID)
	if !ok {
		return false
	}
	if s, isText := given.(string); isText {
		if list, ok := listInText(c, s); ok {
			given = list
		}
	}
	for _, detail := range []bool{false, true} {
		cell := words.AppendCell(nil, text, &c, detail)
		shown := words.CellWords(coda.DecodeCell(cell))
		said := strings.TrimSpace(words.CellWords(given))
		if said == strings.TrimSpace(shown) || said == words.KeyOf(string(cell)) || isFormOf(&c, cell, given) {
			return true
		}
	}
	return false
}

// leftNote says which columns were left out as they are.
func (w *cellWriter) leftNote() string {
	if len(w.left) == 0 {
		return ""
	}
	quoted := make([]string, len(w.left))
	for i, name := range w.left {
		quoted[i] = words.Quote(words.Clip(name, 60))
	}
	return "Left as it was, since it holds that already: " + strings.Join(quoted, ", ") + "."
}
