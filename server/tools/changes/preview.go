package changes

import (
	"fmt"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// wants turns the sentence of a change into what it would do.
func wants(sentence string) string {
	for _, verb := range [][2]string{{"Updated or added", "Update or add"}, {"Added", "Add"}, {"Changed", "Change"}, {"Deleted", "Delete"}, {"Made", "Make"},
		{"Rewrote", "Rewrite"}, {"Replaced", "Replace"}, {"Shared", "Share"}, {"Took", "Take"}, {"Published", "Publish"}, {"Pushed", "Push"},
		{"Started", "Start"}, {"Put", "Put"}} {
		if rest, ok := strings.CutPrefix(sentence, verb[0]+" "); ok {
			return verb[1] + " " + strings.Replace(rest, ", and changed ", ", and change ", 1)
		}
	}
	return sentence
}

// mostPreviewed is how many things of a change are shown before it is made.
const mostPreviewed = 100

// preview says what a write changes, before it is made.
func preview(w *Write, before Image) []Part {
	c := &change{args: w.Args, before: before}
	c.Operation = w.Operation
	c.before.Columns = columnsOf(w.Columns)
	if w.Operation != "deletePage" { // the only one that takes all of the text away
		c.before.Lines = nil
	}
	parts := append(c.remains(), textParts(w, before)...)
	switch {
	case w.Args["row"] != nil:
		parts = c.cellParts([]rowEdit{field[rowEdit](w.Args, "row")}, func(int) (coda.Row, bool) { return firstRow(before) })
	case w.Args["rows"] != nil:
		edits := field[[]rowEdit](w.Args, "rows")
		parts = c.cellParts(edits, c.matching(edits))
	case w.Args["principal"] != nil:
		parts = append(parts, Part{Name: whoIs(field[map[string]any](w.Args, "principal")), After: text(w.Args, "access")})
	case w.Operation == "publishDoc" || w.Operation == "unpublishDoc":
		parts = append(parts, Part{Name: "on the web", Before: field[publication](before.Facts, "published").String(), After: words.CellWords(w.Args["slug"])})
	}
	return parts[:min(len(parts), mostPreviewed)]
}

// textParts show the text that a write puts onto a page, or takes from it, beside
// what it changes of the page and nothing else.
func textParts(w *Write, before Image) (parts []Part) {
	u, hasText := contentOf(w.Args)
	if !hasText && w.Args["pageContent"] != nil {
		u, hasText = pageText(w.Args, "pageContent"), true
	}
	after := u.CanvasContent.Content
	switch {
	case w.Operation == "deletePageContent":
		gone := field[[]string](w.Args, "elementIds")
		for _, l := range before.Lines {
			if len(gone) == 0 || slices.Contains(gone, l.ID) {
				parts = append(parts, Part{Name: "line", Before: l.Text})
			}
		}
	case !hasText:
	case u.wholePage():
		parts = append(parts, Part{Name: "text of the page", Before: lineTexts(before.Lines), After: after})
	case u.InsertionMode == coda.Replace:
		part := Part{Name: "line", After: after}
		if at := slices.IndexFunc(before.Lines, func(l coda.Line) bool { return l.ID == u.ElementID }); at >= 0 {
			part.Before = before.Lines[at].Text
		}
		parts = append(parts, part)
	default:
		parts = append(parts, Part{Name: "text", After: after})
	}
	return parts
}

func firstRow(before Image) (row coda.Row, ok bool) {
	if len(before.Rows) > 0 {
		return before.Rows[0], true
	}
	return row, false
}

// matching tells by its number which row of the table an edit changes.
func (c *change) matching(edits []rowEdit) func(i int) (coda.Row, bool) {
	keys, rows := field[[]string](c.args, "keyColumns"), map[int]coda.Row{}
	if len(keys) > 0 {
		for i, e := range edits {
			index := keyIndex([]rowEdit{e}, keys, c.before.Columns)
			at := slices.IndexFunc(c.before.Rows, func(row coda.Row) bool { _, ok := index.find(row); return ok })
			if at >= 0 && len(rows) < mostPreviewed {
				rows[i] = c.before.Rows[at]
			}
		}
	}
	return func(i int) (coda.Row, bool) { row, ok := rows[i]; return row, ok }
}

// cellParts shows cells as they are, where a row is known, and as they will be.
func (c *change) cellParts(edits []rowEdit, was func(i int) (coda.Row, bool)) []Part {
	var parts []Part
	for i, e := range edits[:min(len(edits), mostPreviewed)] {
		row, known := was(i)
		name := ""
		switch {
		case known && len(edits) > 1:
			name = rowName(row, row.ID) + ": "
		case len(edits) > 1:
			name = fmt.Sprint("row ", i+1, ": ")
		}
		for _, cell := range e.Cells {
			col := column(c.before.Columns, cell.Column)
			part := Part{Name: name + col.Name, After: words.CellWords(cell.Value)}
			if known {
				raw, _ := row.Values.Text(col.ID)
				part.Before = shownCell(raw, col)
			}
			parts = append(parts, part)
		}
	}
	return parts
}
