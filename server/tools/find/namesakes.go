package find

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// mostTold is how many rows of one name are told apart.
const mostTold = 8

// RowIn finds the row of a list that name means. Several of that name are told
// apart by what else they hold.
func (f *Finder) RowIn(ctx context.Context, p Place, l RowList, name string) (string, error) {
	fits := alike.Of(name, l.rows, func(r coda.Row) string { return r.Name })
	if len(fits) > 1 {
		l.more = f.tellApart(ctx, p, fits)
	}
	return l.Find(name)
}

// tellApart says of each of some rows what tells it from the others; nothing
// where Coda does not say, since the ids do too.
func (f *Finder) tellApart(ctx context.Context, p Place, rows []coda.Row) map[string]string {
	columns, err := f.ColumnsOf(ctx, p.Doc.ID, p.Table, NameAge)
	if err != nil {
		return nil
	}
	whole := make([]coda.Row, min(len(rows), mostTold))
	err = words.EachOf(ctx, len(whole), func(ctx context.Context, i int) (err error) {
		whole[i], err = f.o.Coda.GetRow(ctx, p.Doc.ID, p.Table, rows[i].ID, coda.RowQuery{ValueFormat: "rich"})
		return err
	})
	if err != nil {
		return nil
	}
	return telling(columns, whole)
}

// telling gives the one or two values that tell rows apart best: those of the
// columns in which they differ most.
func telling(columns []coda.Column, rows []coda.Row) map[string]string {
	type candidate struct {
		name      string
		texts     []string
		different int
	}
	var all []candidate
	for _, c := range columns {
		switch c.Format.Type {
		case "button", "image", "imageReference", "attachments", "canvas", "reaction":
			continue
		}
		if c.Display {
			continue
		}
		k := candidate{name: c.Name}
		seen := map[string]bool{}
		for _, r := range rows {
			cell, _ := r.Values.Text(c.ID)
			text := words.Clip(words.OneLine(words.CellWords(words.PlainCell(cell, c, false))), 30)
			k.texts = append(k.texts, text)
			seen[text] = true
		}
		k.different = len(seen)
		if k.different > 1 {
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.different, a.different) })
	out := map[string]string{}
	for i, r := range rows {
		var said []string
		for _, k := range all[:min(len(all), 2)] {
			said = append(said, k.name+": "+cmp.Or(k.texts[i], "empty"))
		}
		out[r.ID] = strings.Join(said, "; ")
	}
	return out
}
