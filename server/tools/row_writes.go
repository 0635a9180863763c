package tools

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type deleteRowsArgs struct {
	Document string   `json:"document"`
	Table    string   `json:"table"`
	Rows     []string `json:"rows"`
}

func (t *Tools) deleteRows(ctx context.Context, a deleteRowsArgs) (change, error) {
	for _, r := range a.Rows {
		if err := onlyID("rows", find.RowID, r, "coda_list_rows"); err != nil {
			return change{}, err
		}
	}
	p, err := t.find.Table(ctx, a.Document, a.Table)
	if err != nil {
		return change{}, err
	}
	target, note, err := t.baseTable(ctx, p)
	if err != nil {
		return change{}, err
	}
	was, rows, err := t.rowsThere(ctx, p.Doc.ID, target, a.Rows)
	if err != nil {
		return change{}, err
	}
	w := changes.Write{Operation: "deleteRows", Args: coda.Args{"docId": p.Doc.ID, "tableIdOrName": target.ID, "rowIds": a.Rows},
		DocName: p.Doc.Name, Name: target.Name, Link: find.Link(p.Doc.BrowserLink, p.Doc), Seen: &changes.Image{Rows: rows}}
	out, err := t.submitQueued(ctx, w, change{Document: docRef(p.Doc), ID: target.ID, Name: target.Name, Was: was, Note: note})
	if err == nil {
		t.wroteDeleted(ctx, find.Place{Doc: p.Doc, Table: target.ID}, target.Name, rows)
	}
	return out, err
}

// wroteDeleted remembers the first of the rows that were deleted.
func (t *Tools) wroteDeleted(ctx context.Context, p find.Place, table string, rows []coda.Row) {
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err != nil {
		return
	}
	for _, row := range rows[:min(len(rows), mostMatched)] {
		p.Row = row.ID
		t.wroteRow(ctx, p, didDelete, words.PlainText(row.Name, ""), table, heldCells(row, columns, mostBefore/len(rows)))
	}
}

// rowsThere reads rows, and refuses those that are not there, all of
// them at once.
func (t *Tools) rowsThere(ctx context.Context, doc string, table words.Reference, ids []string) (was []string, rows []coda.Row, err error) {
	was, rows = make([]string, len(ids)), make([]coda.Row, len(ids))
	missing := make([]bool, len(ids))
	columns, err := t.find.ColumnsOf(ctx, doc, table.ID, find.NameAge)
	if err != nil {
		return nil, nil, err
	}
	err = words.EachOf(ctx, len(ids), func(ctx context.Context, i int) error {
		row, err := t.o.Coda.GetRow(ctx, doc, table.ID, ids[i], coda.RowQuery{ValueFormat: "rich"})
		missing[i] = coda.IsKind(err, coda.KindNotFound)
		if missing[i] || err != nil {
			return unlessMissing(err)
		}
		rows[i] = row
		was[i], err = rowWords(row, columns, mostBefore/len(ids))
		return err
	})
	var gone []string
	for i, id := range ids {
		if missing[i] {
			gone = append(gone, words.Quote(id))
		}
	}
	if err == nil && len(gone) > 0 {
		err = words.NoSuch("There is no row %s in the table %s. Call coda_list_rows and use ids from there.", strings.Join(gone, ", "), words.Quote(table.Name))
	}
	return was, rows, err
}

func unlessMissing(err error) error {
	if coda.IsKind(err, coda.KindNotFound) {
		return nil
	}
	return err
}

// rowWords says what a row is and holds, as a write takes it.
func rowWords(row coda.Row, columns []coda.Column, budget int) (string, error) {
	values, err := words.Encode(heldCells(row, columns, budget))
	return row.ID + " " + words.Quote(words.Clip(words.PlainText(row.Name, ""), 120)) + " " + values, err
}

// heldCells are the cells of a row that can be written and hold something.
func heldCells(row coda.Row, columns []coda.Column, budget int) map[string]any {
	held := cellsOf(row, columns, max(budget, 200), func(c coda.Column) bool { return !c.Calculated && !isButton(c) })
	maps.DeleteFunc(held, func(_ string, v any) bool { return isHollow(v) || v == false })
	return held
}

var deleteRowsTool = declare(tool{
	name:        "coda_delete_rows",
	title:       "Delete rows",
	description: "Deletes rows by id (i-…). Ask the user first. was: their values.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"rows":{"type":"array","items":{"type":"string"}}},
		"required":["table","rows"],"additionalProperties":false}`,
	takes:  `{"properties":{"rows":{"minItems":1,"maxItems":100}}}`,
	output: changeSchema,
}, (*Tools).deleteRows)

type pushButtonArgs struct {
	Document string `json:"document"`
	Table    string `json:"table"`
	Row      string `json:"row"`
	Column   string `json:"column"`
}

func (t *Tools) pushButton(ctx context.Context, a pushButtonArgs) (change, error) {
	p, err := t.find.Row(ctx, a.Document, a.Table, a.Row)
	if err != nil {
		return change{}, err
	}
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err != nil {
		return change{}, err
	}
	c, err := findAnyColumn(columns, a.Column)
	if err != nil {
		return change{}, err
	}
	if !isButton(c) {
		return change{}, words.Say("The column %s is no button but of type %s. %s", words.Quote(c.Name), c.Format.Type, buttons(columns))
	}
	w := changes.Write{Operation: "pushButton", DocName: p.Doc.Name, Name: t.find.TableRef(p).Name,
		Link: find.Link(p.Doc.BrowserLink, p.Doc), Columns: columns,
		Args: coda.Args{"docId": p.Doc.ID, "tableIdOrName": p.Table, "rowIdOrName": p.Row, "columnIdOrName": c.ID}}
	return t.submitQueued(ctx, w, change{Document: docRef(p.Doc), ID: p.Row, Name: c.Name})
}

func buttons(columns []coda.Column) string {
	var names []string
	for _, c := range columns {
		if isButton(c) {
			names = append(names, words.Quote(c.Name))
		}
	}
	if len(names) == 0 {
		return "The table has no button column."
	}
	return "Buttons of this table: " + strings.Join(names, ", ") + "."
}

var pushButtonTool = declare(tool{
	name:        "coda_push_button",
	title:       "Push a button",
	description: "Pushes the button of one row. What it does is up to the document: it may change rows, or send mail or messages. Look at its action with coda_get_column and ask the user first.",
	writes:      true, overwrites: true, reaches: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when row is a link."},
		"table":{"type":"string","description":"Id, name or link; not needed when row is a link."},
		"row":{"type":"string","description":"Id (i-…), link, or what the display column shows."},
		"column":{"type":"string","description":"Name or id of the button column."}},
		"required":["row","column"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).pushButton)

type getColumnArgs struct {
	Document string `json:"document"`
	Table    string `json:"table"`
	Column   string `json:"column"`
}

type getColumnResult struct {
	Document words.Reference `json:"document"`
	Table    words.Reference `json:"table"`
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Type     string          `json:"type"`
	Display  bool            `json:"display,omitempty"`
	Locked   bool            `json:"calculated,omitempty"`
	Formula  string          `json:"formula,omitempty"`
	Default  string          `json:"default,omitempty"`
	Options  []string        `json:"options,omitempty"`
	Format   map[string]any  `json:"format,omitempty"`
	Note     string          `json:"note,omitempty"`
}

func (t *Tools) getColumn(ctx context.Context, a getColumnArgs) (getColumnResult, error) {
	p, err := t.find.Table(ctx, a.Document, a.Table)
	if err != nil {
		return getColumnResult{}, err
	}
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err != nil {
		return getColumnResult{}, err
	}
	c, err := findAnyColumn(columns, a.Column)
	if err != nil {
		return getColumnResult{}, err
	}
	raw, err := read[map[string]any](ctx, t, "getColumn", coda.Args{"docId": p.Doc.ID, "tableIdOrName": p.Table, "columnIdOrName": c.ID})
	if err != nil {
		return getColumnResult{}, err
	}
	out := getColumnResult{Document: *docRef(p.Doc), Table: t.find.TableRef(p),
		ID: c.ID, Name: c.Name, Type: c.Format.Type, Display: c.Display,
		Locked: c.Calculated, Formula: words.Field(raw, "formula"), Default: words.Field(raw, "defaultValue")}
	out.Options, _ = optionsFrom(c, 0, partSize/2)
	if more := len(c.Format.Options) - len(out.Options); more > 0 {
		out.Note = fmt.Sprintf("and %s; coda_get_table with column lists them all.", words.Count(more, "more option"))
	}
	out.Format = columnFormat(raw)
	return out, nil
}

// columnFormat is the rest of the format, without what is said elsewhere.
func columnFormat(raw map[string]any) map[string]any {
	format, _ := raw["format"].(map[string]any)
	out := map[string]any{}
	for name, v := range format {
		switch x := v.(type) {
		case map[string]any:
			if name == "table" {
				out[name] = cmp.Or(words.Field(x, "name"), words.Field(x, "id"))
			}
		case []any:
		case string:
			if name != "type" {
				out[name] = words.Clip(x, 2000)
			}
		default:
			out[name] = v
		}
	}
	return out
}

var getColumnTool = declare(tool{
	name:        "coda_get_column",
	title:       "Describe a column",
	description: "Describes one column: type, formula, default, all select options, and for a button its action.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when table is a link."},
		"table":{"type":"string","description":"Id, name or link."},
		"column":{"type":"string","description":"Name or id."}},
		"required":["table","column"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"id":{"type":"string"},"name":{"type":"string"},"type":{"type":"string"},"display":{"type":"boolean"},"calculated":{"type":"boolean"},
		"formula":{"type":"string"},"default":{"type":"string"},"options":{"type":"array","items":{"type":"string"}},
		"format":{"type":"object","additionalProperties":true},"note":{"type":"string"}},
		"required":["document","table","id","name","type"],"additionalProperties":false}`,
}, (*Tools).getColumn)
