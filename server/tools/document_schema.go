package tools

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type getDocumentSchemaArgs struct {
	Document string   `json:"document"`
	Tables   []string `json:"tables"`
}

// schemaTable is a table in few characters: each column is one line of text.
type schemaTable struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Type    string   `json:"type,omitempty"` // when it is no base table
	ViewOf  string   `json:"view_of,omitempty"`
	Page    string   `json:"page,omitempty"`
	Rows    int      `json:"rows"`
	Columns []string `json:"columns,omitempty"`
}

type getDocumentSchemaResult struct {
	Document words.Reference `json:"document"`
	Pages    string          `json:"pages"`
	Tables   []schemaTable   `json:"tables"`
	Note     string          `json:"note,omitempty"`
}

// mostSchemas bounds the tables described in one answer, since each costs two
// requests.
const mostSchemas = 40

func (t *Tools) getDocumentSchema(ctx context.Context, a getDocumentSchemaArgs) (getDocumentSchemaResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return getDocumentSchemaResult{}, err
	}
	var pages []coda.DocPage
	var tables []coda.Table
	err = words.EachOf(ctx, 2, func(ctx context.Context, i int) (err error) {
		if i == 0 {
			pages, err = t.find.PagesOf(ctx, doc.ID, 0)
		} else {
			tables, err = t.find.TablesOf(ctx, doc.ID, 0)
		}
		return err
	})
	if err != nil {
		return getDocumentSchemaResult{}, err
	}
	tables, err = wantedTables(tables, a.Tables)
	if err != nil {
		return getDocumentSchemaResult{}, err
	}
	out := getDocumentSchemaResult{Document: *docRef(doc), Pages: pageTree(pages, partSize/2), Tables: []schemaTable{}}
	all := len(tables)
	tables = tables[:min(all, mostSchemas)]
	described, err := t.schemas(ctx, doc.ID, tables)
	if err != nil {
		return out, err
	}
	size := len(out.Pages)
	for _, g := range described {
		for _, c := range g.Columns {
			size += words.JSONSize(c) + 3
		}
		size += words.JSONSize(g.Name) + 100
		if size > partSize {
			break
		}
		out.Tables = append(out.Tables, g)
	}
	if left := all - len(out.Tables); left > 0 {
		out.Note = fmt.Sprintf("%s not shown; name them in tables, or use coda_list_tables.", words.Count(left, "more table"))
	}
	return out, nil
}

func wantedTables(tables []coda.Table, wanted []string) ([]coda.Table, error) {
	if len(wanted) == 0 {
		// Base tables first: views repeat their columns.
		slices.SortStableFunc(tables, func(a, b coda.Table) int { return viewRank(a) - viewRank(b) })
		return tables, nil
	}
	var out []coda.Table
	for _, w := range wanted {
		g, err := find.Pick("table", "coda_list_tables", w, tables, func(g coda.Table) (id, name, more string) { return g.ID, g.Name, "" })
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

func viewRank(g coda.Table) int {
	if g.TableType == "view" {
		return 1
	}
	return 0
}

// schemas reads what tables are made of; a view is told by its table.
func (t *Tools) schemas(ctx context.Context, doc string, tables []coda.Table) ([]schemaTable, error) {
	out := make([]schemaTable, len(tables))
	err := words.EachOf(ctx, len(tables), func(ctx context.Context, i int) error {
		about, err := t.find.TableByID(ctx, doc, tables[i].ID, 0)
		if err != nil {
			return err
		}
		s := schemaTable{ID: about.ID, Name: words.Clip(about.Name, 200), Rows: about.RowCount}
		if about.Parent != nil {
			s.Page = words.Clip(about.Parent.Name, 120)
		}
		if about.TableType != "table" {
			s.Type = about.TableType
		}
		if about.ParentTable != nil && about.ParentTable.ID != "" {
			s.ViewOf = cmp.Or(about.ParentTable.Name, about.ParentTable.ID)
			out[i] = s
			return nil
		}
		columns, err := t.find.ColumnsOf(ctx, doc, about.ID, 0)
		for _, c := range columns {
			s.Columns = append(s.Columns, columnLine(c))
		}
		out[i] = s
		return err
	})
	return out, err
}

// columnLine is a column in one line: Name* (c-1) select: Open, Done.
func columnLine(c coda.Column) string {
	d := describeColumn(c)
	line := words.OneLine(d.Name)
	if d.Display {
		line += "*"
	}
	if d.Locked {
		line += "!"
	}
	line += " (" + d.ID + ") " + d.Type
	if d.List {
		line += " list"
	}
	switch {
	case d.Table != "":
		line += " -> " + words.OneLine(d.Table)
	case len(d.Options) > 0:
		line += ": " + words.Clip(strings.Join(d.Options, ", "), 200)
	}
	return line
}

var getDocumentSchemaTool = declare(tool{
	name:        "coda_get_document_schema",
	title:       "Whole document at a glance",
	description: "Describes a whole document in one answer: the tree of pages with ids, and each table with its row count and columns (name, id, type, options, related table; * marks the display column, ! one that cannot be written). Begin here before working in a document with tables.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"tables":{"type":"array","maxItems":40,"items":{"type":"string"},"description":"Only these tables, by id or name; default all."}},
		"required":["document"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},"pages":{"type":"string"},
		"tables":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},"view_of":{"type":"string"},"page":{"type":"string"},"rows":{"type":"integer"},"columns":{"type":"array","items":{"type":"string"}}},"required":["id","name","rows"]}},
		"note":{"type":"string"}},
		"required":["document","pages","tables"],"additionalProperties":false}`,
}, (*Tools).getDocumentSchema)
