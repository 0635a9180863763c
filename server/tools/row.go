package tools

import (
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type getRowArgs struct {
	Document string `json:"document"`
	Table    string `json:"table"`
	Row      string `json:"row"`
	Column   string `json:"column"`
	Cursor   string `json:"cursor"`
}

type getRowResult struct {
	Document   words.Reference `json:"document"`
	Table      words.Reference `json:"table"`
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	URL        string          `json:"url"`
	Created    string          `json:"created,omitempty"`
	Updated    string          `json:"updated,omitempty"`
	Values     map[string]any  `json:"values"`
	NextCursor string          `json:"next_cursor,omitempty"`
	Note       string          `json:"note,omitempty"`

	columns []coda.Column
}

func (t *Tools) getRow(ctx context.Context, a getRowArgs) (getRowResult, error) {
	p, err := t.find.Row(ctx, a.Document, a.Table, a.Row)
	if err != nil {
		return getRowResult{}, err
	}
	if a.Column == "" && a.Cursor != "" {
		return getRowResult{}, words.Say("The argument \"cursor\" goes with \"column\": give the column that the answer before was about.")
	}
	out, cells, err := t.readRow(ctx, p)
	switch {
	case err != nil:
		return getRowResult{}, err
	case a.Column != "":
		return out.cellPart(cells, a.Column, a.Cursor)
	}
	return out.withAll(cells), nil
}

// rowAt reads a row with all its values.
func (t *Tools) rowAt(ctx context.Context, p find.Place) (getRowResult, error) {
	out, cells, err := t.readRow(ctx, p)
	if err != nil {
		return getRowResult{}, err
	}
	return out.withAll(cells), nil
}

// withAll puts all values in. Where they are too long for one answer, the
// longest are clipped.
func (out getRowResult) withAll(cells coda.Cells) getRowResult {
	columns, byColumn := withoutButtons(out.columns), cells.ByColumn()
	names := words.ColumnNames(columns)
	var held []string
	var values []any
	budget := partSize
	for i, c := range columns {
		if text, ok := byColumn[c.ID]; ok {
			held, values = append(held, names[i]), append(values, words.PlainCell(text, c, true))
			budget -= words.JSONSize(names[i]) + 3
		}
	}
	var clipped []string
	for _, i := range words.Fit(values, max(budget, leastRow)) {
		clipped = append(clipped, held[i])
	}
	if len(clipped) > 0 {
		out.Note = words.ClippedNote(out.ID, clipped)
	}
	for i, name := range held {
		out.Values[name] = values[i]
	}
	return out
}

// cellPart puts a part of one value in: the whole where it fits.
func (out getRowResult) cellPart(cells coda.Cells, column, cursor string) (getRowResult, error) {
	c, err := findColumn(out.columns, column)
	if err != nil {
		return getRowResult{}, err
	}
	of := out.ID + "/" + c.ID
	from, err := readPartCursor(cursor, of, "cell")
	if err != nil {
		return getRowResult{}, err
	}
	name := words.ColumnNames([]coda.Column{c})[0]
	text, _ := cells.Text(c.ID)
	v := words.PlainCell(text, c, true)
	if s := words.CellWords(v); from > 0 || words.JSONSize(s) > partSize {
		part, next := words.Part(s, from, partSize)
		v = part
		if next > 0 {
			out.NextCursor = partCursor(of, next)
			out.Note = "The cell holds " + words.Count(len([]rune(s)), "character") + "; the rest comes with next_cursor."
		}
	}
	out.Values[name] = v
	return out, nil
}

// readRow reads a row, whose cells come beside it.
func (t *Tools) readRow(ctx context.Context, p find.Place) (getRowResult, coda.Cells, error) {
	row, columns, err := t.rowNow(ctx, p, find.NameAge)
	if err != nil {
		return getRowResult{}, nil, err
	}
	out := getRowResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name},
		Table: t.find.TableRef(p), ID: row.ID, Name: words.Clip(words.PlainText(row.Name, ""), 300),
		URL: find.Link(row.BrowserLink, p.Doc), Created: words.Day(row.CreatedAt), Updated: words.Day(row.UpdatedAt), Values: map[string]any{}}
	if row.Parent != nil && row.Parent.Name != "" {
		out.Table.Name = row.Parent.Name
	}
	out.columns = columns
	return out, row.Values, nil
}

var getRowTool = declare(tool{
	name:        "coda_get_row",
	title:       "Read one row",
	description: "Reads one row: link and all values, people with e-mail and related rows with id, as a write takes them.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"row":{"type":"string"},
		"column":{"type":"string"},
		"cursor":{"type":"string"}},
		"required":["row"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"id":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},"created":{"type":"string"},"updated":{"type":"string"},
		"values":{"type":"object","additionalProperties":true},"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["document","table","id","name","url","values"],"additionalProperties":false}`,
}, (*Tools).getRow)
