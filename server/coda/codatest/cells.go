package codatest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// maxRow is the largest row, counted in the bytes of its values as text plus
// one for each newline.
const maxRow = 85 << 10

// cell is a value for one column of a table.
type cell struct {
	at    int
	value any
}

// readRow reads the cells of a write as if they were typed in; raw stores
// text as it is.
func (d *Doc) readRow(t *Table, e rowEdit, raw bool) ([]cell, error) {
	var out []cell
	size := 0
	for _, in := range e.Cells {
		at, c := t.column(in.Column)
		if c == nil {
			return nil, refuse(http.StatusBadRequest, "Could not find a column with the specified ID or name: %s", in.Column)
		}
		if c.Calculated || c.Type == "button" {
			return nil, refuse(http.StatusBadRequest, "Column %s is calculated and cannot be edited.", c.Name)
		}
		if _, object := in.Value.(map[string]any); object {
			return nil, &fault{status: http.StatusBadRequest, message: "value must be a scalar or an array of scalars", shape: ShapeSchema}
		}
		size += valueSize(in.Value)
		value := in.Value
		if !raw {
			value = d.typed(in.Value, c)
		}
		out = append(out, cell{at, value})
	}
	if size > maxRow {
		return nil, refuse(http.StatusBadRequest, "Row edit of size %d KB exceeds maximum size of 85 KB.", (size+1023)>>10)
	}
	return out, nil
}

func valueSize(v any) int {
	if list, ok := v.([]any); ok {
		n := 0
		for _, e := range list {
			n += valueSize(e)
		}
		return n
	}
	if v == nil {
		return 0
	}
	text := fmt.Sprint(v)
	return len(text) + strings.Count(text, "\n")
}

// typed makes a value fit its column; what does not fit is kept as text, as
// the service does without an error.
func (d *Doc) typed(v any, c *Column) any {
	if list, ok := v.([]any); ok {
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = d.typed(e, c)
		}
		return out
	}
	text, isText := v.(string)
	switch c.Type {
	case "checkbox":
		if isText {
			return strings.EqualFold(text, "true") || strings.EqualFold(text, "yes")
		}
	case "number", "percent", "currency", "slider", "scale":
		if isText {
			return numberOf(text)
		}
	case "person":
		return personOf(text)
	case "lookup":
		return d.refOf(text, c)
	case "link":
		return Link{URL: text}
	case "image":
		return Image{Name: text[strings.LastIndexByte(text, '/')+1:], URL: text}
	case "text", "canvas", "email", "select":
		return d.text(v, &Column{Type: "text"})
	}
	return v
}

// numberOf reads "$1,200.50" and "35%".
func numberOf(text string) any {
	percent := strings.HasSuffix(text, "%")
	n, err := strconv.ParseFloat(strings.NewReplacer("$", "", ",", "", "%", "", " ", "").Replace(text), 64)
	if err != nil {
		return text
	}
	if percent {
		n /= 100
	}
	return n
}

// personOf finds a member by e-mail or full name.
func personOf(text string) any {
	for _, p := range people() {
		if strings.EqualFold(text, p.Email) || strings.EqualFold(text, p.Name) {
			return p
		}
	}
	return text
}

// refOf finds the row of a relation by its id or exact display text.
func (d *Doc) refOf(text string, c *Column) any {
	t := d.table(c.Table)
	if t == nil {
		return text
	}
	row := find(t.rows(), func(r *Row) bool { return r.ID == text }, func(r *Row) bool { return d.rowName(t, r) == text })
	if row == nil {
		return text
	}
	return Ref(row.ID)
}
