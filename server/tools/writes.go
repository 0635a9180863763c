package tools

import (
	"cmp"
	"context"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// written is the answer of every write.
type written struct {
	Status   coda.MutationState `json:"status"`
	Document words.Reference    `json:"document"`
	Table    *words.Reference   `json:"table,omitempty"`
	Page     string             `json:"page,omitempty"`
	Rows     int                `json:"rows,omitempty"`
	RowIDs   []string           `json:"row_ids,omitempty"`
	URL      string             `json:"url,omitempty"`
	// Was is what the changed cells held before, as a write takes it.
	Was map[string]any `json:"was,omitempty"`
	// Undo says how this can be taken back.
	Undo     string `json:"undo,omitempty"`
	Request  string `json:"request_id,omitempty"` // when it is not applied
	Warning  string `json:"warning,omitempty"`
	Repeated bool   `json:"repeated,omitempty"`
	Note     string `json:"note,omitempty"`
}

const writtenSchema = `{"type":"object","properties":{
	"status":{"type":"string","enum":["applied","queued","unknown"]},
	"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
	"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
	"page":{"type":"string"},"rows":{"type":"integer"},"row_ids":{"type":"array","items":{"type":"string"}},
	"url":{"type":"string"},"was":{"type":"object","additionalProperties":true},"undo":{"type":"string"},
	"request_id":{"type":"string"},"warning":{"type":"string"},"repeated":{"type":"boolean"},"note":{"type":"string"},"change":{"type":"string"}},
	"required":["status","document"],"additionalProperties":false}`

type createRowsArgs struct {
	Document       string      `json:"document"`
	Table          string      `json:"table"`
	Rows           []rowValues `json:"rows"`
	KeyColumns     []string    `json:"key_columns"`
	DisableParsing bool        `json:"disable_parsing"`
}

func (t *Tools) createRows(ctx context.Context, a createRowsArgs) (written, error) {
	p, w, err := t.openTable(ctx, a.Document, a.Table)
	if err != nil {
		return written{}, err
	}
	about, err := t.find.TableByID(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err != nil {
		return written{}, err
	}
	w.raw = a.DisableParsing
	u, err := w.rows(ctx, a)
	if err == nil && len(u.KeyColumns) > 0 {
		err = keysOnce(u)
	}
	if err != nil {
		return written{}, err
	}
	out := written{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, Rows: len(u.Rows)}
	if about.ParentTable != nil && about.ParentTable.ID != "" {
		// Coda adds rows to base tables only.
		out.Note = "This is a view, so the rows went into its table " + words.Quote(about.ParentTable.Name) + "."
		about.ID, about.Name = about.ParentTable.ID, about.ParentTable.Name
	}
	out.Table = &words.Reference{ID: about.ID, Name: about.Name}
	matched := map[string]coda.Row{}
	res, err := t.insertRows(ctx, p.Doc, *out.Table, w.columns, u, matched)
	if err != nil {
		return written{}, err
	}
	out.RowIDs, out.URL = res.AddedRowIDs, find.Link(about.BrowserLink, p.Doc)
	out.Was = t.matchedBefore(ctx, find.Place{Doc: p.Doc, Table: about.ID}, about.Name, w.columns, u.KeyColumns, matched)
	for i, id := range out.RowIDs[:min(len(out.RowIDs), 10)] {
		name := "a new row"
		if len(out.RowIDs) == len(u.Rows) {
			name = cmp.Or(nameIn(u.Rows[i], w.columns), name)
		}
		t.wroteRow(ctx, find.Place{Doc: p.Doc, Table: about.ID, Row: id}, didAdd, name, about.Name, nil)
	}
	out = t.await(ctx, res.RequestID, out)
	if out.Status == coda.Applied && len(out.RowIDs) == 1 {
		p.Table, p.Row = about.ID, out.RowIDs[0]
		out.URL = t.rowLink(ctx, p, out.URL)
	}
	return out, nil
}

// insertRows sends rows to a base table. Those that they match go into matched,
// as they are before, where they are read for the record.
func (t *Tools) insertRows(
	ctx context.Context, doc coda.Doc, table words.Reference, columns []coda.Column, u coda.RowsUpsert, matched map[string]coda.Row,
) (coda.RowsUpsertResult, error) {
	args := coda.Args{"docId": doc.ID, "tableIdOrName": table.ID, "rows": u.Rows, "disableParsing": u.DisableParsing}
	if len(u.KeyColumns) > 0 {
		args["keyColumns"] = u.KeyColumns
	}
	w := changes.Write{Operation: "upsertRows", Args: args, DocName: doc.Name, Name: table.Name, Link: find.Link(doc.BrowserLink, doc), Columns: columns}
	w.Known = func(before changes.Image) {
		for _, row := range before.Rows {
			if matched != nil {
				matched[row.ID] = row
			}
		}
	}
	return send(ctx, t, w, func(ctx context.Context) (coda.RowsUpsertResult, error) {
		return t.o.Coda.InsertRows(ctx, doc.ID, table.ID, u)
	})
}

// updateText sends new text of a page. seen are its lines where they were just
// read.
func (t *Tools) updateText(ctx context.Context, p find.Place, seen *changes.Image, u coda.ContentUpdate) (coda.Mutation, error) {
	w := changes.Write{Operation: "updatePage", Args: coda.Args{"docId": p.Doc.ID, "pageIdOrName": p.Page, "contentUpdate": u}, Seen: seen,
		DocName: p.Doc.Name, Name: t.find.PageName(p), Link: find.Link(p.Doc.BrowserLink, p.Doc)}
	m, err := send(ctx, t, w, func(ctx context.Context) (coda.Mutation, error) {
		return t.o.Coda.UpdatePage(ctx, p.Doc.ID, p.Page, coda.PageUpdate{ContentUpdate: &u})
	})
	if err == nil {
		t.texts.Delete(p.Doc.ID + "/" + p.Page)
	}
	return m, err
}

// rows checks and encodes all rows, so that a mistake in the last one leaves
// nothing written.
func (w *cellWriter) rows(ctx context.Context, a createRowsArgs) (coda.RowsUpsert, error) {
	u := coda.RowsUpsert{DisableParsing: a.DisableParsing}
	keys, err := findColumns(w.columns, a.KeyColumns)
	if err != nil {
		return u, err
	}
	u.KeyColumns = ids(keys)
	bad := words.Complaints{Rows: len(a.Rows)}
	for i, values := range a.Rows {
		if values.empty() {
			bad.Add(i+1, "It has no values.")
			continue
		}
		edit, err := w.checkedRow(ctx, values, i+1, &bad)
		if err != nil {
			return u, err
		}
		u.Rows = append(u.Rows, edit)
		if bad.Full() {
			break
		}
	}
	return u, bad.Err()
}

var createRowsTool = declare(tool{
	name:        "coda_create_rows",
	title:       "Add rows",
	description: "Adds rows; with key_columns, rows that match in these are updated instead. Values are checked first: on an error nothing is written.",
	writes:      true,
	overwrites:  true, // with key_columns
	repeatable:  false,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"rows":{"type":"array","items":` + rowCells + `,"description":"` + cellsHelp + `"},
		"key_columns":{"type":"array","items":{"type":"string"}}},
		"required":["table","rows"],"additionalProperties":false}`,
	takes:  rowsTaken,
	output: writtenSchema,
}, (*Tools).createRows)

type updateRowArgs struct {
	Document string    `json:"document"`
	Table    string    `json:"table"`
	Row      string    `json:"row"`
	Values   rowValues `json:"values"`

	DisableParsing bool `json:"disable_parsing"`
}

func (t *Tools) updateRow(ctx context.Context, a updateRowArgs) (written, error) {
	if len(a.Values) == 0 {
		return written{}, words.Say("The argument \"values\" is empty. Give the cells to change.")
	}
	p, err := t.find.Row(ctx, a.Document, a.Table, a.Row)
	if err != nil {
		return written{}, err
	}
	before, columns, err := t.rowNow(ctx, p, 0)
	if err != nil {
		return written{}, err
	}
	w := newCellWriter(t, p, columns)
	w.raw, w.now = a.DisableParsing, before.Values
	edit, err := w.row(ctx, a.Values)
	if err != nil {
		return written{}, err
	}
	table := t.find.TableRef(p)
	out := written{Note: w.leftNote(), Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, Table: &table, Rows: 1,
		URL: find.Link(before.BrowserLink, p.Doc), Was: cellsBefore(before, columns, edit)}
	if len(edit.Cells) == 0 {
		out.Status, out.RowIDs = coda.Applied, []string{before.ID}
		return out, nil
	}
	write := changes.Write{Operation: "updateRow", DocName: p.Doc.Name, Name: table.Name, Link: out.URL,
		Columns: columns, Seen: changes.RowSeen(before, edit),
		Args: coda.Args{"docId": p.Doc.ID, "tableIdOrName": p.Table, "rowIdOrName": p.Row, "row": edit, "disableParsing": a.DisableParsing}}
	m, err := send(ctx, t, write, func(ctx context.Context) (coda.Mutation, error) {
		return t.o.Coda.UpdateRow(ctx, p.Doc.ID, p.Table, p.Row, edit, a.DisableParsing)
	})
	if err != nil {
		return written{}, err
	}
	out.RowIDs = []string{cmp.Or(m.ID, p.Row)}
	t.wroteRow(ctx, p, "", words.PlainText(before.Name, ""), table.Name, out.Was)
	return t.await(ctx, m.RequestID, out), nil
}

var updateRowTool = declare(tool{
	name:        "coda_update_row",
	title:       "Change a row",
	description: "Changes the given cells of a row; an empty value clears one. was: the old values, to put back.",
	writes:      true,
	overwrites:  true,
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"row":{"type":"string"},
		"values":` + cellList + `}},
		"required":["row","values"],"additionalProperties":false}`,
	takes:  `{"properties":{"disable_parsing":{"type":"boolean"},"values":{"type":["object","array","string"],"items":null}}}`,
	output: writtenSchema,
}, (*Tools).updateRow)

type appendToPageArgs struct {
	Document string `json:"document"`
	Page     string `json:"page"`
	Content  string `json:"content"`
	Format   string `json:"format"`
}

func (t *Tools) appendToPage(ctx context.Context, a appendToPageArgs) (written, error) {
	if strings.TrimSpace(a.Content) == "" {
		return written{}, words.Say("The argument \"content\" is empty. Give the text to append.")
	}
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return written{}, err
	}
	u := coda.ContentUpdate{InsertionMode: coda.Append, Format: cmp.Or(a.Format, coda.Markdown), Content: a.Content}
	m, err := t.updateText(ctx, p, nil, u)
	if err != nil {
		return written{}, err
	}
	t.wrotePage(ctx, p, "", "", nil)
	out := written{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, Page: cmp.Or(m.ID, p.Page),
		URL: t.pageLink(p), Undo: t.undoAppend(a.Format, a.Content), Note: lossNote(a.Format, a.Content)}
	return t.await(ctx, m.RequestID, out), nil
}

var appendToPageTool = declare(tool{
	name:        "coda_append_to_page",
	title:       "Append to a page",
	description: "Adds text at the end of a page: Markdown, or format html for tables. No images, no comments. coda_edit_page takes it back (see undo).",
	writes:      true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"page":{"type":"string"},
		"content":{"type":"string"},
		"format":{"type":"string"}},
		"required":["page","content"],"additionalProperties":false}`,
	takes:  formats,
	output: writtenSchema,
}, (*Tools).appendToPage)
