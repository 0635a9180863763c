package changes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
)

// Image is how something is before it is changed. Which fields are filled
// depends on the operation.
type Image struct {
	// Rows have their values in the rich form.
	Rows []coda.Row `json:"rows,omitempty"`
	// Columns name the columns of the rows.
	Columns []Column `json:"columns,omitempty"`
	// Lines and Text are those of a page; Text is its export as Markdown.
	Lines []coda.Line `json:"lines,omitempty"`
	Text  string      `json:"text,omitempty"`
	// Tables are the names of those that stand on the page.
	Tables []string `json:"tables,omitempty"`
	// Facts are the former facts, by the names that arguments have.
	Facts map[string]any `json:"facts,omitempty"`
	// Shared is whom a doc is shared with.
	Shared []Permission `json:"shared,omitempty"`
	// Missing says why nothing could be read, or is empty.
	Missing string `json:"missing,omitempty"`
}

// Column names a column.
type Column struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Locked bool   `json:"locked,omitempty"` // cannot be written
}

// Permission is one access to a doc.
type Permission struct {
	ID        string         `json:"id"`
	Access    string         `json:"access"`
	Principal map[string]any `json:"principal"`
}

func columnsOf(columns []coda.Column) []Column {
	out := make([]Column, len(columns))
	for i, c := range columns {
		out[i] = Column{ID: c.ID, Name: c.Name, Type: c.Format.Type, Locked: c.Calculated || c.Format.Type == "button"}
	}
	return out
}

// before reads how it is before a write. Where that is not possible, the owner's
// setting decides whether the write is made without.
func (j *Journal) before(ctx context.Context, w *Write) (Image, error) {
	k := kindOf(w.Operation)
	if w.Seen != nil {
		return *w.Seen, nil
	}
	if k.before == nil {
		return Image{}, nil
	}
	image, err := k.before(ctx, j, w)
	if err == nil {
		return image, nil
	}
	if ctx.Err() != nil {
		return Image{}, err
	}
	why := said(err)
	if j.o.Blind != nil && !j.o.Blind() {
		return Image{}, fault.Wrap(err, CodeNoBefore, "Nothing was written: how it is now could not be read (%s), and the owner wants no change that cannot be put back.", why)
	}
	return Image{Missing: why}, nil
}

// plainArgs are arguments as JSON has them, so that a struct of ours and a map
// read the same.
func plainArgs(args coda.Args) coda.Args {
	b, err := json.Marshal(args)
	if err != nil {
		return args
	}
	out := coda.Args{}
	if decode(b, &out) != nil {
		return args
	}
	return out
}

// decode reads JSON and keeps numbers as they are written.
func decode(b []byte, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber()
	return dec.Decode(into)
}

// text is an argument that is text.
func text(args map[string]any, name string) string {
	s, _ := args[name].(string)
	return s
}

// field reads an argument into a T by its JSON.
func field[T any](args map[string]any, name string) (out T) {
	b, err := json.Marshal(args[name])
	if err == nil {
		_ = decode(b, &out)
	}
	return out
}

var errTooMany = errors.New("too much would have to be read")

// mostRows and mostLines are how much is read of a table or page before a write.
const (
	mostRows  = 10000
	mostLines = 20000
)

// allRows reads the rows of a table.
func (j *Journal) allRows(ctx context.Context, doc, table string) ([]coda.Row, error) {
	var all []coda.Row
	next := func(token string) (coda.Page[coda.Row], error) {
		return j.o.Coda.ListRows(ctx, doc, table, coda.RowQuery{ValueFormat: "rich", Limit: 500, PageToken: token})
	}
	for row, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
		if len(all) > mostRows {
			return nil, fmt.Errorf("changes: the table has more than %d rows: %w", mostRows, errTooMany)
		}
	}
	return all, nil
}

// fewRows is how many rows are read one by one; for more the table is listed.
const fewRows = 8

// rowsByID reads rows; those that are not there are left out.
func (j *Journal) rowsByID(ctx context.Context, doc, table string, ids []string) (map[string]coda.Row, error) {
	found := map[string]coda.Row{}
	if len(ids) <= fewRows {
		for _, id := range ids {
			row, err := j.o.Coda.GetRow(ctx, doc, table, id, coda.RowQuery{ValueFormat: "rich"})
			if coda.IsKind(err, coda.KindNotFound, coda.KindGone) {
				continue
			}
			if err != nil {
				return nil, err
			}
			found[row.ID] = row
		}
		return found, nil
	}
	all, err := j.allRows(ctx, doc, table)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, row := range all {
		if wanted[row.ID] {
			found[row.ID] = row
		}
	}
	return found, nil
}

// allColumns reads the columns of a table.
func (j *Journal) allColumns(ctx context.Context, doc, table string) ([]Column, error) {
	var all []coda.Column
	next := func(token string) (coda.Page[coda.Column], error) {
		return j.o.Coda.ListColumns(ctx, doc, table, coda.ListOptions{Limit: 100, PageToken: token})
	}
	for c, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return columnsOf(all), nil
}

// allLines reads the lines of a page.
func (j *Journal) allLines(ctx context.Context, doc, page string) ([]coda.Line, error) {
	var all []coda.Line
	next := func(token string) (coda.Page[coda.Line], error) {
		return j.o.Coda.PageContent(ctx, doc, page, coda.ListOptions{Limit: 500, PageToken: token})
	}
	for l, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		all = append(all, l)
		if len(all) > mostLines {
			return nil, fmt.Errorf("changes: the page has more than %d lines: %w", mostLines, errTooMany)
		}
	}
	return all, nil
}
