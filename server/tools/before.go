package tools

import (
	"context"
	"maps"
	"slices"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// mostBefore is how many characters of what was there before an answer holds.
const mostBefore = 8000

// rowNow reads a row as it is, and the columns of its table as they were at
// most age ago.
func (t *Tools) rowNow(ctx context.Context, p find.Place, age time.Duration) (row coda.Row, columns []coda.Column, err error) {
	works := 2
	if known, ok := t.find.ColumnsKnown(p.Doc.ID, p.Table, age); ok {
		columns, works = known, 1 // which needs nobody beside this one
	}
	err = words.EachOf(ctx, works, func(ctx context.Context, i int) (err error) {
		if i == 0 {
			row, err = t.o.Coda.GetRow(ctx, p.Doc.ID, p.Table, p.Row, coda.RowQuery{ValueFormat: "rich"})
		} else {
			columns, err = t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, age)
		}
		return err
	})
	return row, columns, err
}

// cellsBefore are the cells that an edit changes, as they were and as a write
// takes them.
func cellsBefore(row coda.Row, columns []coda.Column, edit coda.RowEdit) map[string]any {
	changed := map[string]bool{}
	for _, c := range edit.Cells {
		changed[c.Column] = true
	}
	return cellsOf(row, columns, mostBefore, func(c coda.Column) bool { return changed[c.ID] })
}

// cellsOf are some cells of a row by the names of their columns, the longest
// clipped so that all fit into budget characters.
func cellsOf(row coda.Row, columns []coda.Column, budget int, keep func(coda.Column) bool) map[string]any {
	var held []string
	var values []any
	cells := row.Values.ByColumn()
	columns = withoutButtons(columns)
	for i, name := range words.ColumnNames(columns) {
		if c := columns[i]; keep(c) {
			held, values = append(held, name), append(values, words.PlainCell(cells[c.ID], c, true))
		}
	}
	words.Fit(values, budget)
	out := map[string]any{}
	for i, name := range held {
		out[name] = values[i]
	}
	return out
}

// mostMatched is how many rows an answer tells of how they were before.
const mostMatched = 20

// matchedBefore gives of rows that an upsert changed what the changed cells held
// before, by the ids of the rows.
func (t *Tools) matchedBefore(
	ctx context.Context, p find.Place, table string, columns []coda.Column, keys []string, matched map[string]coda.Row,
) map[string]any {
	was := map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(matched)) {
		if len(was) >= mostMatched {
			break
		}
		row := matched[id]
		p.Row = id
		cells := cellsOf(row, columns, mostBefore/min(len(matched), mostMatched), func(c coda.Column) bool {
			_, written := row.Values.Text(c.ID)
			return written && !slices.Contains(keys, c.ID)
		})
		was[id] = cells
		t.wroteRow(ctx, p, "", words.PlainText(row.Name, ""), table, cells)
	}
	return was
}

// rowLink is the address of a row that was made a moment ago, or else the one
// that is known.
func (t *Tools) rowLink(ctx context.Context, p find.Place, known string) string {
	row, err := t.o.Coda.GetRow(ctx, p.Doc.ID, p.Table, p.Row, coda.RowQuery{})
	if err != nil || row.BrowserLink == "" {
		return known
	}
	return row.BrowserLink
}

// undoAppend says whether text that was put on a page can be taken away again.
func (t *Tools) undoAppend(format, content string) string {
	switch {
	case hasTable(format, content):
		return "Its text can be taken back, the table cannot: no tool deletes tables. The owner can, in Coda."
	case t.offers("coda_edit_page"):
		return "To take it back: coda_edit_page, mode delete, element = these lines."
	case t.offers("coda_delete_page_elements"):
		return "To take it back: coda_delete_page_elements with the ids of these lines."
	}
	return "It cannot be taken back with the tools offered here. The owner can delete it in Coda, or offer coda_edit_page in codabridge (setting toolset)."
}
