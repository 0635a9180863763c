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
}

type getRowResult struct {
	Document words.Reference `json:"document"`
	Table    words.Reference `json:"table"`
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	URL      string          `json:"url"`
	Created  string          `json:"created,omitempty"`
	Updated  string          `json:"updated,omitempty"`
	Values   map[string]any  `json:"values"`

	columns []coda.Column
}

func (t *Tools) getRow(ctx context.Context, a getRowArgs) (getRowResult, error) {
	p, err := t.find.Row(ctx, a.Document, a.Table, a.Row)
	if err != nil {
		return getRowResult{}, err
	}
	return t.rowAt(ctx, p)
}

func (t *Tools) rowAt(ctx context.Context, p find.Place) (getRowResult, error) {
	var columns []coda.Column
	var row coda.Row
	err := words.EachOf(ctx, 2, func(ctx context.Context, i int) (err error) {
		if i == 0 {
			row, err = t.o.Coda.GetRow(ctx, p.Doc.ID, p.Table, p.Row, coda.RowQuery{ValueFormat: "rich"})
		} else {
			columns, err = t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, find.NameAge)
		}
		return err
	})
	if err != nil {
		return getRowResult{}, err
	}
	out := getRowResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, Table: t.find.TableRef(p), ID: row.ID, Name: words.PlainText(row.Name, ""),
		URL: find.Link(row.BrowserLink, p.Doc), Created: words.Day(row.CreatedAt), Updated: words.Day(row.UpdatedAt), Values: map[string]any{}}
	if row.Parent != nil && row.Parent.Name != "" {
		out.Table.Name = row.Parent.Name
	}
	names, cells := words.ColumnNames(columns), row.Values.ByColumn()
	for i, c := range columns {
		if text, ok := cells[c.ID]; ok {
			out.Values[names[i]] = words.PlainCell(text, c, true)
		}
	}
	out.columns = columns
	return out, nil
}

var getRowTool = declare(tool{
	name:        "coda_get_row",
	title:       "Read one row",
	description: "Reads one row with all its values by column name. People come with their e-mail and related rows with their row id, as a write needs them.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when row is a link."},
		"table":{"type":"string","description":"Id, name or link; not needed when row is a link."},
		"row":{"type":"string","description":"Id (i-…), link, or what the display column shows."}},
		"required":["row"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"id":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},"created":{"type":"string"},"updated":{"type":"string"},
		"values":{"type":"object","additionalProperties":true}},
		"required":["document","table","id","name","url","values"],"additionalProperties":false}`,
}, (*Tools).getRow)
