package tools

import (
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// columnWith describes one column of a table with all options of a select, as
// they are written, in parts where they do not fit.
func (t *Tools) columnWith(ctx context.Context, p find.Place, column, cursor string) (getTableResult, error) {
	about, err := t.find.TableByID(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err != nil {
		return getTableResult{}, err
	}
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, 0)
	if err != nil {
		return getTableResult{}, err
	}
	c, err := findColumn(columns, column)
	if err != nil {
		return getTableResult{}, err
	}
	of := about.ID + "/" + c.ID
	from, err := readPartCursor(cursor, of, "column")
	if err != nil {
		return getTableResult{}, err
	}
	out := getTableResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, ID: about.ID, Name: about.Name, Type: about.TableType,
		URL: find.Link(about.BrowserLink, p.Doc), RowCount: about.RowCount}
	d := describeColumn(c)
	if all := len(c.Format.Options); all > 0 {
		next := 0
		d.Note = ""
		d.Options, next = optionsFrom(c, from, partSize)
		if next < all {
			out.NextCursor = partCursor(of, next)
			out.Note = words.Count(all, "option") + " in all; the rest comes with next_cursor."
		}
	}
	out.Columns = []tableColumn{d}
	return out, nil
}

// optionsFrom gives the options of a select from one on, as many as fit into
// budget characters; next is the one after them.
func optionsFrom(c coda.Column, from, budget int) (names []string, next int) {
	all := c.Format.Options
	for next = min(from, len(all)); next < len(all); next++ {
		name := words.Clip(all[next].Name, budget/2)
		budget -= words.JSONSize(name) + 3
		if budget < 0 && len(names) > 0 {
			break
		}
		names = append(names, name)
	}
	return names, next
}
