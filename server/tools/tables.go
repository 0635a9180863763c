package tools

import (
	"cmp"
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type listTablesArgs struct {
	Document string `json:"document"`
	Cursor   string `json:"cursor"`
}

type listedTable struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
	Page string `json:"page,omitempty"`
}

type listTablesResult struct {
	Document   words.Reference `json:"document"`
	Tables     []listedTable   `json:"tables"`
	NextCursor string          `json:"next_cursor,omitempty"`
}

func (t *Tools) listTables(ctx context.Context, a listTablesArgs) (listTablesResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return listTablesResult{}, err
	}
	tables, err := coda.Listed(t.o.Coda.ListTables(ctx, doc.ID, coda.ListOptions{Limit: 100, PageToken: a.Cursor}))
	out := listTablesResult{Document: words.Reference{ID: doc.ID, Name: doc.Name}, Tables: []listedTable{}, NextCursor: tables.NextPageToken}
	if err == nil && a.Cursor == "" && tables.NextPageToken == "" {
		t.find.KeepTables(doc.ID, tables.Items)
	}
	for _, g := range tables.Items {
		l := listedTable{ID: g.ID, Name: words.Clip(g.Name, 200), Type: g.TableType}
		if g.Parent != nil {
			l.Page = words.Clip(g.Parent.Name, 200)
		}
		out.Tables = append(out.Tables, l)
	}
	return out, find.BadCursor(err, a.Cursor)
}

var listTablesTool = declare(tool{
	name:        "coda_list_tables",
	title:       "List tables",
	description: "Lists the tables and views of a document: id, name, type, page.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"cursor":{"type":"string"}},
		"required":["document"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"tables":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},"page":{"type":"string"}},"required":["id","name"]}},
		"next_cursor":{"type":"string"}},
		"required":["document","tables"],"additionalProperties":false}`,
}, (*Tools).listTables)

type getTableArgs struct {
	Document string `json:"document"`
	Table    string `json:"table"`
	Sample   *int   `json:"sample"`
	Column   string `json:"column"`
	Cursor   string `json:"cursor"`
}

type tableColumn struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	List    bool     `json:"list,omitempty"`
	Display bool     `json:"display,omitempty"`
	Locked  bool     `json:"calculated,omitempty"` // cannot be written
	Options []string `json:"options,omitempty"`
	Table   string   `json:"table,omitempty"` // of a relation
	Note    string   `json:"note,omitempty"`
}

type getTableResult struct {
	Document words.Reference  `json:"document"`
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Type     string           `json:"type,omitempty"`
	URL      string           `json:"url"`
	Page     string           `json:"page,omitempty"`
	ViewOf   *words.Reference `json:"view_of,omitempty"`
	RowCount int              `json:"row_count"`
	Updated  string           `json:"updated,omitempty"`
	Columns  []tableColumn    `json:"columns"`
	Sample   *rowTable        `json:"sample,omitempty"`

	NextCursor string `json:"next_cursor,omitempty"`
	Note       string `json:"note,omitempty"`
}

func (t *Tools) getTable(ctx context.Context, a getTableArgs) (getTableResult, error) {
	p, err := t.find.Table(ctx, a.Document, a.Table)
	if err != nil {
		return getTableResult{}, err
	}
	if a.Column != "" {
		return t.columnWith(ctx, p, a.Column, a.Cursor)
	}
	if a.Cursor != "" {
		return getTableResult{}, words.Say("The argument \"cursor\" goes with \"column\": give the column that the answer before was about.")
	}
	sample := 3
	if a.Sample != nil {
		sample = *a.Sample
	}
	return t.tableWith(ctx, p, sample, 8000)
}

// tableWith reads what is known of a table, its columns and a few rows.
func (t *Tools) tableWith(ctx context.Context, p find.Place, sample, budget int) (getTableResult, error) {
	var about coda.Table
	var columns []coda.Column
	var rows coda.Page[coda.Row]
	err := words.EachOf(ctx, 3, func(ctx context.Context, i int) (err error) {
		switch {
		case i == 0:
			about, err = t.find.TableByID(ctx, p.Doc.ID, p.Table, 0)
		case i == 1:
			columns, err = t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, 0)
		case sample > 0:
			rows, err = coda.Listed(t.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{Limit: sample, ValueFormat: "rich"}))
		}
		return err
	})
	if err != nil {
		return getTableResult{}, err
	}
	out := getTableResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, ID: about.ID, Name: about.Name, Type: about.TableType,
		URL: find.Link(about.BrowserLink, p.Doc), RowCount: about.RowCount, Updated: words.Day(about.UpdatedAt), Columns: []tableColumn{}}
	if about.Parent != nil {
		out.Page = about.Parent.Name
	}
	if about.ParentTable != nil && about.ParentTable.ID != "" {
		out.ViewOf = &words.Reference{ID: about.ParentTable.ID, Name: about.ParentTable.Name}
	}
	for _, c := range columns {
		out.Columns = append(out.Columns, describeColumn(c))
	}
	if sample > 0 {
		out.Sample = newRowTable(withoutButtons(columns))
		out.Sample.learn(rows.Items)
		for _, r := range rows.Items[:min(len(rows.Items), sample)] {
			if !out.Sample.add(r, budget) {
				break
			}
		}
		out.Note = out.Sample.note
	}
	return out, nil
}

func describeColumn(c coda.Column) tableColumn {
	d := tableColumn{ID: c.ID, Name: c.Name, Type: c.Format.Type, List: c.Format.IsArray, Display: c.Display,
		Locked: c.Calculated || isButton(c)}
	for _, o := range c.Format.Options[:min(len(c.Format.Options), 40)] {
		d.Options = append(d.Options, words.Clip(o.Name, 80))
	}
	if more := len(c.Format.Options) - len(d.Options); more > 0 {
		d.Note = "and " + words.Count(more, "more option") + "; call with column for all of them"
	}
	if c.Format.Type == "percent" {
		d.Note = "a fraction: 0.5 is 50%"
	}
	if c.Format.Table != nil {
		d.Table = cmp.Or(c.Format.Table.Name, c.Format.Table.ID)
	}
	return d
}

var getTableTool = declare(tool{
	name:        "coda_get_table",
	title:       "Describe a table",
	description: "Describes a table: columns with type, options, related table, row count, sample rows. Call it before writing.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"sample":{"type":"integer"},
		"column":{"type":"string"},
		"cursor":{"type":"string"}},
		"required":["table"],"additionalProperties":false}`,
	takes: `{"properties":{"sample":{"minimum":0,"maximum":20}}}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"id":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},"url":{"type":"string"},"page":{"type":"string"},
		"view_of":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"row_count":{"type":"integer"},"updated":{"type":"string"},
		"columns":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},"list":{"type":"boolean"},"display":{"type":"boolean"},"calculated":{"type":"boolean"},"options":{"type":"array","items":{"type":"string"}},"table":{"type":"string"},"note":{"type":"string"}},"required":["id","name","type"]}},
		"sample":{"type":"object","properties":{"columns":{"type":"array","items":{"type":"string"}},"rows":{"type":"array","items":{"type":"array","items":{}}}},"additionalProperties":false},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["document","id","name","url","row_count","columns"],"additionalProperties":false}`,
}, (*Tools).getTable)
