package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// cellWriter turns values by column name into cells that Coda will take as
// they are meant. Coda itself stores a wrong option, date or relation without
// an error, so what does not fit is refused here, before anything is sent.
type cellWriter struct {
	t       *Tools
	place   find.Place
	columns []coda.Column
	found   map[string]string // rows of relations, by table and id or name
	related map[string]*relation
	people  map[string][]coda.Person // who Coda finds for a name
	raw     bool                     // Coda shall store text as it is
	now     coda.Cells               // of the row that is written; nil where several or none are
	left    []string                 // columns that hold already what was given for them
	several map[string]bool          // columns for which a name of several was given
	named   map[string]foundColumn   // columns looked for so far, by what they were called
	options map[string]any           // options found so far, by column and text
}

func newCellWriter(t *Tools, p find.Place, columns []coda.Column) *cellWriter {
	return &cellWriter{t: t, place: p, columns: columns, found: map[string]string{},
		named: map[string]foundColumn{}, options: map[string]any{}, several: map[string]bool{}}
}

// openTable finds a table and its columns for writing.
func (t *Tools) openTable(ctx context.Context, document, table string) (find.Place, *cellWriter, error) {
	p, err := t.find.Table(ctx, document, table)
	if err != nil {
		return p, nil, err
	}
	// A column made a moment ago must be known, so the cache is not asked.
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, 0)
	return p, newCellWriter(t, p, columns), err
}

// row encodes the values of one row.
func (w *cellWriter) row(ctx context.Context, values map[string]any) (coda.RowEdit, error) {
	bad := words.Complaints{Rows: 1}
	edit, err := w.checkedRow(ctx, values, 1, &bad)
	if err == nil {
		err = bad.Err()
	}
	return edit, err
}

// checkedRow encodes the values of a row and complains of each that does not
// fit.
func (w *cellWriter) checkedRow(ctx context.Context, values map[string]any, number int, bad *words.Complaints) (coda.RowEdit, error) {
	var edit coda.RowEdit
	taken := map[string]string{}
	if ctx.Err() != nil {
		return edit, ctx.Err()
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		cell, err := w.cell(ctx, name, values[name], taken)
		if err != nil && w.unchanged(name, values[name]) {
			w.left = append(w.left, name)
			continue
		}
		if said, ok := fault.As(err); ok {
			bad.Add(number, said.Sentence)
			if bad.Full() {
				break
			}
			continue
		}
		if err != nil {
			return edit, err
		}
		edit.Cells = append(edit.Cells, cell)
	}
	return edit, nil
}

// cell encodes one value; taken are the columns of the row so far.
func (w *cellWriter) cell(ctx context.Context, name string, value any, taken map[string]string) (coda.CellEdit, error) {
	c, err := w.column(name)
	if err != nil {
		return coda.CellEdit{}, err
	}
	if other, twice := taken[c.ID]; twice {
		return coda.CellEdit{}, words.Say("%s and %s are the same column. Give it once.", words.Quote(other), words.Quote(name))
	}
	taken[c.ID] = name
	if c.Calculated {
		return coda.CellEdit{}, words.Say("The column %s is calculated by a formula and cannot be written. Leave it out.", words.Quote(c.Name))
	}
	v, err := w.value(ctx, c, value)
	return coda.CellEdit{Column: c.ID, Value: v}, err
}

// value checks one cell, or each entry of a list.
func (w *cellWriter) value(ctx context.Context, c coda.Column, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		if c.Format.Type == "checkbox" {
			return false, nil
		}
		return "", nil // Coda has no null: empty text clears a cell
	case []any:
		if !mayHoldSeveral(c) {
			if len(x) != 1 {
				return nil, misfit(c, "one value", v)
			}
			return w.value(ctx, c, x[0])
		}
		out := make([]any, 0, len(x))
		for _, e := range x {
			if _, nested := e.([]any); nested || e == nil {
				return nil, misfit(c, "a list of plain values", v)
			}
			one, err := w.value(ctx, c, e)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return out, nil
	case map[string]any:
		return nil, misfit(c, "text, a number, true/false or a list of these", v)
	case string:
		if list, ok := listInText(c, x); ok {
			return w.value(ctx, c, list)
		}
		if err := refuseShort(c, x); err != nil && !w.raw {
			return nil, err
		}
		if x == "" && c.Format.Type != "checkbox" {
			return x, nil
		}
		if x == "" {
			return false, nil
		}
	}
	return w.scalar(ctx, c, v)
}

func (w *cellWriter) scalar(ctx context.Context, c coda.Column, v any) (any, error) {
	if w.raw {
		return asIs(c, v)
	}
	switch c.Format.Type {
	case "number", "currency", "percent", "slider", "scale":
		return number(c, v)
	case "duration":
		return duration(c, v)
	case "checkbox":
		return truth(c, v)
	case "date", "dateTime":
		return w.date(c, v)
	case "time":
		return clock(c, v)
	case "email":
		if s, ok := v.(string); !ok || !words.PlainMail().MatchString(strings.TrimSpace(s)) {
			return nil, misfit(c, "an e-mail address", v)
		}
	case "select":
		return w.option(c, v)
	case "person":
		return w.person(ctx, c, v)
	case "lookup":
		return w.relatedRow(ctx, c, v)
	case "image", "attachments", "imageReference":
		s, _ := v.(string)
		at := fileAddress().FindString(s)
		if at == "" {
			return nil, misfit(c, "a public web address of the file, since files cannot be uploaded", v)
		}
		return at, nil
	}
	return v, nil
}

// mayHoldSeveral says whether a cell may hold a list. Of files it always may;
// of relations Coda at times says that there is one where there are several.
func mayHoldSeveral(c coda.Column) bool {
	if c.Format.IsArray {
		return true
	}
	switch c.Format.Type {
	case "lookup", "image", "attachments", "imageReference":
		return true
	}
	return false
}

// fileAddress is the address of a file, also as answers name one: logo.png
// (image, 20 KB) https://…
var fileAddress = words.Pattern(`https?://\S+$`)

func misfit(c coda.Column, want string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		b = []byte("this")
	}
	return words.Say("The column %s (%s) takes %s, not %s.", words.Quote(c.Name), c.Format.Type, want, words.Clip(words.Clean(string(b)), 80))
}

func truth(c coda.Column, v any) (any, error) {
	switch x := v.(type) {
	case bool:
		return x, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(x)) {
		case "true", "yes", "1", "checked":
			return true, nil
		case "false", "no", "0", "unchecked":
			return false, nil
		}
	case json.Number:
		if x == "1" || x == "0" {
			return x == "1", nil
		}
	}
	return nil, misfit(c, "true or false", v)
}

// shownOptions is how many options an error names.
const shownOptions = 30

// option finds the option of a select column that is meant, and names those
// near it where there is none.
func option(c coda.Column, v any) (any, error) {
	if len(c.Format.Options) == 0 {
		return v, nil // Coda did not say which there are
	}
	given, name := fmt.Sprint(v), func(o coda.SelectOption) string { return o.Name }
	if fits := alike.Of(given, c.Format.Options, name); len(fits) > 0 {
		return fits[0].Name, nil
	}
	var near []string
	for _, o := range alike.NearestFirst(given, c.Format.Options, name)[:min(len(c.Format.Options), shownOptions)] {
		near = append(near, words.Clip(words.Clean(o.Name), 60))
	}
	text := words.List(near, len(c.Format.Options))
	if len(near) < len(c.Format.Options) {
		text += "; coda_get_table with column lists them all"
	}
	if c.Format.IsArray {
		return nil, misfit(c, "one or a JSON list of its options ("+text+")", v)
	}
	return nil, misfit(c, "one of its options ("+text+")", v)
}
