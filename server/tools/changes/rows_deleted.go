package changes

import (
	"context"
	"encoding/json"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

func saysDeleteRows(w *Write, before Image) string {
	ids := rowIDs(w.Args)
	if len(before.Rows) == 1 && len(ids) == 1 {
		return "Deleted the row " + rowName(before.Rows[0], ids[0]) + " of " + called(w) + "."
	}
	return "Deleted " + words.Count(len(ids), "row") + " of " + called(w) + "."
}

// rowIDs are the rows that a write deletes.
func rowIDs(args coda.Args) []string {
	if id := text(args, "rowIdOrName"); id != "" {
		return []string{id}
	}
	return field[[]string](args, "rowIds")
}

func beforeDeleteRows(ctx context.Context, j *Journal, w *Write) (Image, error) {
	ids := rowIDs(w.Args)
	found, err := j.rowsByID(ctx, text(w.Args, "docId"), text(w.Args, "tableIdOrName"), ids)
	var out Image
	for _, id := range ids {
		if row, ok := found[id]; ok {
			out.Rows = append(out.Rows, row)
		}
	}
	if len(found) == 1 && len(ids) == 1 && len(out.Rows) == 0 { // it was given by name
		for _, row := range found {
			out.Rows = append(out.Rows, row)
		}
	}
	return out, err
}

// planDeleteRows makes new rows with the same values.
func planDeleteRows(ctx context.Context, j *Journal, c *change, _ bool) (*plan, error) {
	if len(c.before.Rows) == 0 {
		return nil, noImage(c)
	}
	table, err := j.o.Coda.GetTable(ctx, c.Doc, c.arg("tableIdOrName"))
	if err != nil {
		return nil, err
	}
	base := table.ID
	if table.ParentTable != nil && table.ParentTable.ID != "" {
		base = table.ParentTable.ID
	}
	columns, err := j.allColumns(ctx, c.Doc, base)
	if err != nil {
		return nil, err
	}
	p := &plan{notes: []string{"The rows come back as new rows: their ids, and links to them from other tables, are new."}}
	back, err := j.backAlready(ctx, c, base)
	if err != nil {
		return nil, err
	}
	var edits []coda.RowEdit
	var ids []string
	for _, row := range c.before.Rows {
		part := Part{Name: "row " + rowName(row, row.ID), Before: shownRow(row, columns), After: "deleted", Back: back[row.ID]}
		p.parts = append(p.parts, part)
		if !part.Back {
			edits, ids = append(edits, wholeRow(row, columns)), append(ids, row.ID)
		}
	}
	if len(ids) == 0 {
		return p, nil
	}
	p.steps = insertSteps(c, base, edits, ids)
	doubtful, err := j.unknownSteps(ctx, c)
	if err == nil && doubtful > 0 {
		p.asks = append(p.asks, "It was tried before, and it is not known whether the rows came back then. Look into the table first; a yes adds them again.")
	}
	return p, err
}

// backAlready tells which rows were put back before, and are there: rows must
// not come back twice.
func (j *Journal) backAlready(ctx context.Context, c *change, table string) (map[string]bool, error) {
	back, moved := map[string]bool{}, []string{}
	for _, row := range c.before.Rows {
		if id := c.now(row.ID); id != row.ID {
			moved = append(moved, id)
		}
	}
	there, err := j.rowsByID(ctx, c.Doc, table, moved)
	for _, row := range c.before.Rows {
		_, back[row.ID] = there[c.now(row.ID)]
	}
	return back, err
}

// wholeRow are the cells of a row that can be written.
func wholeRow(row coda.Row, columns []Column) coda.RowEdit {
	edit := coda.RowEdit{Cells: []coda.CellEdit{}}
	for _, col := range columns {
		raw, ok := row.Values.Text(col.ID)
		if v := writable(raw); ok && !col.Locked && v != "" {
			edit.Cells = append(edit.Cells, coda.CellEdit{Column: col.ID, Value: v})
		}
	}
	return edit
}

func shownRow(row coda.Row, columns []Column) string {
	said := ""
	for _, col := range columns {
		if raw, ok := row.Values.Text(col.ID); ok {
			if s := shownCell(raw, col); s != "" {
				said += col.Name + ": " + s + "\n"
			}
		}
	}
	return said
}

// insertBytes is how much of rows one request carries; Coda takes 2 MB.
const insertBytes = 1_500_000

// insertSteps add rows, in as few requests as Coda takes. ids are what they were
// called before.
func insertSteps(c *change, table string, edits []coda.RowEdit, ids []string) []step {
	var out []step
	from, size := 0, 0
	flush := func(to int) {
		args := coda.Args{"docId": c.arg("docId"), "tableIdOrName": table, "rows": edits[from:to]}
		were := ids[from:to]
		out = append(out, step{what: words.Count(to-from, "row"), write: Write{Operation: "upsertRows", Args: args},
			moves: func(answer json.RawMessage) map[string]string { return movedRows(answer, were) }})
		from, size = to, 0
	}
	for i, e := range edits {
		n := e.Size() + 60*len(e.Cells)
		if i > from && size+n > insertBytes {
			flush(i)
		}
		size += n
	}
	flush(len(edits))
	return out
}

func movedRows(answer json.RawMessage, were []string) map[string]string {
	var a struct{ AddedRowIDs []string }
	moved := map[string]string{}
	if json.Unmarshal(answer, &a) == nil && len(a.AddedRowIDs) == len(were) {
		for i, id := range were {
			moved[id] = a.AddedRowIDs[i]
		}
	}
	return moved
}
