package changes

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// rowEdit is a row of a write.
type rowEdit struct {
	Cells []rowCell `json:"cells"`
}

type rowCell struct {
	Column string `json:"column"`
	Value  any    `json:"value"`
}

// needNames tells that a row is written by the names of columns, not their ids.
func (e rowEdit) needNames() bool {
	for _, c := range e.Cells {
		if !strings.HasPrefix(c.Column, "c-") {
			return true
		}
	}
	return false
}

// nameColumns reads the columns where a write names them and they are not known.
func (j *Journal) nameColumns(ctx context.Context, w *Write, edits []rowEdit) error {
	if len(w.Columns) > 0 || !slices.ContainsFunc(edits, rowEdit.needNames) {
		return nil
	}
	columns, err := j.allColumns(ctx, text(w.Args, "docId"), text(w.Args, "tableIdOrName"))
	for _, c := range columns {
		w.Columns = append(w.Columns, coda.Column{ID: c.ID, Name: c.Name, Calculated: c.Locked, Format: coda.ColumnFormat{Type: c.Type}})
	}
	return err
}

func saysUpdateRow(w *Write, before Image) string {
	row := text(w.Args, "rowIdOrName")
	if len(before.Rows) > 0 {
		if parent := before.Rows[0].Parent; parent != nil && w.Name == "" {
			w.Name = parent.Name
		}
		row = rowName(before.Rows[0], row)
	}
	n := len(field[rowEdit](w.Args, "row").Cells)
	return "Changed " + words.Count(n, "cell") + " of the row " + row + " in " + called(w) + "."
}

// beforeUpdateRow keeps the row, and of its cells those that change.
func beforeUpdateRow(ctx context.Context, j *Journal, w *Write) (Image, error) {
	edit := field[rowEdit](w.Args, "row")
	if err := j.nameColumns(ctx, w, []rowEdit{edit}); err != nil {
		return Image{}, err
	}
	row, err := j.o.Coda.GetRow(ctx, text(w.Args, "docId"), text(w.Args, "tableIdOrName"), text(w.Args, "rowIdOrName"), coda.RowQuery{ValueFormat: "rich"})
	if err != nil {
		return Image{}, err
	}
	if len(edit.Cells) > 0 {
		row.Values = onlyCells(row.Values, edit, columnsOf(w.Columns))
	}
	return Image{Rows: []coda.Row{row}}, nil
}

// RowSeen is how a row is whose cells are about to be written by their columns'
// ids, where it has just been read.
func RowSeen(row coda.Row, edit coda.RowEdit) *Image {
	var e rowEdit
	for _, c := range edit.Cells {
		e.Cells = append(e.Cells, rowCell{Column: c.Column, Value: c.Value})
	}
	row.Values = onlyCells(row.Values, e, nil)
	return &Image{Rows: []coda.Row{row}}
}

// onlyCells leaves of the cells of a row those that a write is about.
func onlyCells(cells coda.Cells, edit rowEdit, columns []Column) coda.Cells {
	kept := map[string]json.RawMessage{}
	for _, c := range edit.Cells {
		id := column(columns, c.Column).ID
		if v, ok := cells.Text(id); ok {
			kept[id] = v
		}
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return cells
	}
	return b
}

func planUpdateRow(ctx context.Context, j *Journal, c *change, all bool) (*plan, error) {
	if len(c.before.Rows) == 0 {
		return nil, noImage(c)
	}
	p, was := &plan{}, c.before.Rows[0]
	id := c.now(was.ID)
	now, err := j.rowsByID(ctx, c.Doc, c.arg("tableIdOrName"), []string{id})
	if err != nil {
		return nil, err
	}
	row, there := now[id]
	if !there {
		return nil, fault.New(CodeCannot, "The row %s is not there any more, so its cells cannot be put back.", rowName(was, id))
	}
	edit := field[rowEdit](c.args, "row")
	cells := p.cells(c, was, row, edit, all)
	if len(cells) > 0 {
		p.steps = append(p.steps, step{what: "row " + rowName(was, id), write: rowWrite(c, id, cells)})
	}
	return p, nil
}

// rowWrite writes cells of a row.
func rowWrite(c *change, id string, cells []coda.CellEdit) Write {
	args := c.in("docId", "tableIdOrName")
	args["rowIdOrName"], args["row"] = id, coda.RowEdit{Cells: cells}
	return Write{Operation: "updateRow", Args: args, Columns: codaColumns(c.before.Columns)}
}

func codaColumns(columns []Column) []coda.Column {
	out := make([]coda.Column, len(columns))
	for i, c := range columns {
		out[i] = coda.Column{ID: c.ID, Name: c.Name, Calculated: c.Locked, Format: coda.ColumnFormat{Type: c.Type}}
	}
	return out
}

// cells compares the cells of a row that was written, and gives those to put
// back.
func (p *plan) cells(c *change, was, now coda.Row, edit rowEdit, all bool) []coda.CellEdit {
	var out []coda.CellEdit
	for _, cell := range edit.Cells {
		col := column(c.before.Columns, cell.Column)
		old, known := was.Values.Text(col.ID)
		if !known {
			continue // it was not shown, as those of a button
		}
		is, _ := now.Values.Text(col.ID)
		part := Part{Name: rowName(now, now.ID) + ": " + col.Name, Before: shownCell(old, col),
			After: words.CellWords(cell.Value), Now: shownCell(is, col)}
		if judge(p, part, sameCell(old, is), holds(cell.Value, is), all) {
			out = append(out, coda.CellEdit{Column: col.ID, Value: writable(old)})
		}
	}
	return out
}

func noImage(c *change) error {
	if c.before.Missing != "" {
		return fault.New(CodeCannot, "How it was before could not be read when it was made (%s), so it cannot be put back.", c.before.Missing)
	}
	return fault.New(CodeCannot, "How it was before is not known, so it cannot be put back.")
}
