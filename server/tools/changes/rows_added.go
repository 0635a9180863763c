package changes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

func saysUpsertRows(w *Write, before Image) string {
	rows := len(field[[]rowEdit](w.Args, "rows"))
	if len(field[[]string](w.Args, "keyColumns")) == 0 {
		return "Added " + words.Count(rows, "row") + " to " + called(w) + "."
	}
	if before.Missing != "" {
		return "Updated or added " + words.Count(rows, "row") + " in " + called(w) + "."
	}
	return fmt.Sprintf("Updated or added %s in %s, %s of which were there.", words.Count(rows, "row"), called(w), words.Count(len(before.Rows), "row"))
}

// beforeUpsertRows keeps the rows that match the keys.
func beforeUpsertRows(ctx context.Context, j *Journal, w *Write) (Image, error) {
	keys, edits := field[[]string](w.Args, "keyColumns"), field[[]rowEdit](w.Args, "rows")
	if len(keys) == 0 {
		return Image{}, nil
	}
	if err := j.nameColumns(ctx, w, edits); err != nil {
		return Image{}, err
	}
	all, err := j.allRows(ctx, text(w.Args, "docId"), text(w.Args, "tableIdOrName"))
	if err != nil {
		return Image{}, err
	}
	var out Image
	columns := columnsOf(w.Columns)
	index := keyIndex(edits, keys, columns)
	for _, row := range all {
		if edit, ok := index.find(row); ok {
			row.Values = onlyCells(row.Values, edit, columns)
			out.Rows = append(out.Rows, row)
		}
	}
	return out, nil
}

// keyed finds the row of a write that a row of the table matches.
type keyed struct {
	columns []string
	edits   map[string][]rowEdit // by the first key
	all     []rowEdit
	names   []Column
}

func keyIndex(edits []rowEdit, keys []string, columns []Column) keyed {
	k := keyed{edits: map[string][]rowEdit{}, all: edits, names: columns}
	for _, key := range keys {
		k.columns = append(k.columns, column(columns, key).ID)
	}
	for _, e := range edits {
		first := strings.ToLower(canonical(e.value(k.columns[0], columns)))
		k.edits[first] = append(k.edits[first], e)
	}
	return k
}

func (e rowEdit) value(id string, columns []Column) any {
	for _, c := range e.Cells {
		if column(columns, c.Column).ID == id {
			return c.Value
		}
	}
	return ""
}

func (k keyed) find(row coda.Row) (rowEdit, bool) {
	raw, _ := row.Values.Text(k.columns[0])
	var shown any
	if len(raw) > 0 {
		shown = coda.DecodeCell(raw)
	}
	candidates := []rowEdit{}
	for _, form := range forms(shown) {
		candidates = append(candidates, k.edits[strings.ToLower(form)]...)
	}
	if len(candidates) == 0 && len(k.all) <= 500 {
		candidates = k.all // dates and lists have many forms
	}
	for _, e := range candidates {
		matches := true
		for _, id := range k.columns {
			raw, _ := row.Values.Text(id)
			matches = matches && holds(e.value(id, k.names), raw)
		}
		if matches {
			return e, true
		}
	}
	return rowEdit{}, false
}

// clocksDiffer is how far Coda's clock may be behind ours.
const clocksDiffer = 5 * time.Minute

// madeSince tells that a row was made at or after a change.
func madeSince(row coda.Row, at time.Time) bool {
	made, err := time.Parse(time.RFC3339Nano, row.CreatedAt)
	return err == nil && !made.Before(at.Add(-clocksDiffer))
}

func planUpsertRows(ctx context.Context, j *Journal, c *change, all bool) (*plan, error) {
	if c.before.Missing != "" {
		return nil, noImage(c)
	}
	if len(field[[]string](c.args, "keyColumns")) == 0 {
		return planAddedRows(ctx, j, c, all)
	}
	edits := field[[]rowEdit](c.args, "rows")
	rows, err := j.allRows(ctx, c.Doc, c.arg("tableIdOrName"))
	if err != nil {
		return nil, err
	}
	p, byID := &plan{}, map[string]coda.Row{}
	for _, row := range rows {
		byID[row.ID] = row
	}
	index := keyIndex(edits, field[[]string](c.args, "keyColumns"), c.before.Columns)
	were := map[string]bool{}
	for _, was := range c.before.Rows {
		id := c.now(was.ID)
		were[id] = true
		now, there := byID[id]
		if !there {
			p.notes = append(p.notes, "The row "+rowName(was, id)+" is not there any more.")
			continue
		}
		edit, _ := index.find(was)
		if cells := p.cells(c, was, now, edit, all); len(cells) > 0 {
			p.steps = append(p.steps, step{what: "row " + rowName(was, id), write: rowWrite(c, id, cells)})
		}
	}
	var added []coda.Row
	for _, row := range rows {
		if _, ok := index.find(row); ok && !were[row.ID] && madeSince(row, c.Time) {
			added = append(added, row)
		}
	}
	p.removeRows(c, added, func(row coda.Row) rowEdit { e, _ := index.find(row); return e }, all)
	return p, nil
}

// planAddedRows takes rows away that were added.
func planAddedRows(ctx context.Context, j *Journal, c *change, all bool) (*plan, error) {
	edits, ids := field[[]rowEdit](c.args, "rows"), field[[]string](c.answer, "addedRowIds")
	p := &plan{}
	if len(ids) == 0 { // Coda's answer was lost
		return p, p.guessRows(ctx, j, c, edits)
	}
	for i, id := range ids {
		ids[i] = c.now(id)
	}
	found, err := j.rowsByID(ctx, c.Doc, c.arg("tableIdOrName"), ids)
	if err != nil {
		return nil, err
	}
	var there []coda.Row
	edit := map[string]rowEdit{}
	for i, id := range ids {
		row, ok := found[id]
		if !ok {
			continue // gone already
		}
		there = append(there, row)
		if i < len(edits) {
			edit[id] = edits[i]
		}
	}
	if len(there) < len(ids) {
		p.notes = append(p.notes, words.Count(len(ids)-len(there), "row")+" of them are gone already.")
	}
	p.removeRows(c, there, func(row coda.Row) rowEdit { return edit[row.ID] }, all)
	return p, nil
}

// guessRows finds rows by what was written into them. Whether they are those is
// for the owner to say.
func (p *plan) guessRows(ctx context.Context, j *Journal, c *change, edits []rowEdit) error {
	rows, err := j.allRows(ctx, c.Doc, c.arg("tableIdOrName"))
	if err != nil {
		return err
	}
	columns := c.before.Columns
	if slices.ContainsFunc(edits, rowEdit.needNames) {
		columns, err = j.allColumns(ctx, c.Doc, c.arg("tableIdOrName"))
		if err != nil {
			return err
		}
	}
	left := slices.Clone(edits)
	var found []coda.Row
	for _, row := range rows {
		at := slices.IndexFunc(left, func(e rowEdit) bool { return holdsAll(e, row, columns) })
		if at >= 0 && madeSince(row, c.Time) {
			left, found = slices.Delete(left, at, at+1), append(found, row)
		}
	}
	if len(found) > 0 {
		p.asks = append(p.asks, fmt.Sprintf("Coda's answer was lost, so these %s were found by what was written into them.", words.Count(len(found), "row")))
	}
	p.removeRows(c, found, func(coda.Row) rowEdit { return rowEdit{} }, true)
	return nil
}

func holdsAll(e rowEdit, row coda.Row, columns []Column) bool {
	for _, cell := range e.Cells {
		raw, _ := row.Values.Text(column(columns, cell.Column).ID)
		if !holds(cell.Value, raw) {
			return false
		}
	}
	return true
}

// removeRows plans to delete rows; one that was changed since only with all.
func (p *plan) removeRows(c *change, rows []coda.Row, edit func(coda.Row) rowEdit, all bool) {
	var ids, names []string
	for _, row := range rows {
		e, now := edit(row), []string{}
		same := holdsAll(e, row, c.before.Columns)
		for _, cell := range e.Cells {
			col := column(c.before.Columns, cell.Column)
			raw, _ := row.Values.Text(col.ID)
			if !holds(cell.Value, raw) {
				now = append(now, col.Name+": "+shownCell(raw, col))
			}
		}
		part := Part{Name: "new row " + rowName(row, row.ID), After: "added", Now: strings.Join(now, "\n")}
		if judge(p, part, false, same, all) {
			ids, names = append(ids, row.ID), append(names, rowName(row, row.ID))
		}
	}
	for chunk := range slices.Chunk(ids, 500) {
		args := c.in("docId", "tableIdOrName")
		args["rowIds"] = chunk
		p.steps = append(p.steps, step{what: "new rows " + words.List(names[:min(len(names), 5)], len(names)), write: Write{Operation: "deleteRows", Args: args}})
	}
}
