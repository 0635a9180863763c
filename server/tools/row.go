package tools

import (
	"context"

	"codabridge/server/coda"
)

type getRowArgs struct {
	Document string `json:"document"`
	Table    string `json:"table"`
	Row      string `json:"row"`
}

type getRowResult struct {
	Document reference      `json:"document"`
	Table    reference      `json:"table"`
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	URL      string         `json:"url"`
	Created  string         `json:"created,omitempty"`
	Updated  string         `json:"updated,omitempty"`
	Values   map[string]any `json:"values"`

	columns []coda.Column
}

func (t *Tools) getRow(ctx context.Context, a getRowArgs) (getRowResult, error) {
	p, err := t.findRow(ctx, a.Document, a.Table, a.Row)
	if err != nil {
		return getRowResult{}, err
	}
	return t.rowAt(ctx, p)
}

func (t *Tools) rowAt(ctx context.Context, p place) (getRowResult, error) {
	var columns []coda.Column
	var row coda.Row
	err := eachOf(ctx, 2, func(ctx context.Context, i int) (err error) {
		if i == 0 {
			row, err = t.o.Coda.GetRow(ctx, p.doc.ID, p.table, p.row, coda.RowQuery{ValueFormat: "rich"})
		} else {
			columns, err = t.columnsOf(ctx, p.doc.ID, p.table, nameAge)
		}
		return err
	})
	if err != nil {
		return getRowResult{}, err
	}
	out := getRowResult{Document: reference{p.doc.ID, p.doc.Name}, Table: t.tableRef(p), ID: row.ID, Name: plainText(row.Name, ""),
		URL: link(row.BrowserLink, p.doc), Created: day(row.CreatedAt), Updated: day(row.UpdatedAt), Values: map[string]any{}}
	if row.Parent != nil && row.Parent.Name != "" {
		out.Table.Name = row.Parent.Name
	}
	names := columnNames(columns)
	for i, c := range columns {
		if v, ok := row.Values[c.ID]; ok {
			out.Values[names[i]] = plainValue(v, c, true)
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
