package find

import (
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// rowsAround is how many rows are looked through for a name that no row has
// as it is written.
const rowsAround = 200

// RowByName finds the row whose display column shows name.
func (f *Finder) RowByName(ctx context.Context, p Place, name string) (string, error) {
	columns, err := f.ColumnsOf(ctx, p.Doc.ID, p.Table, NameAge)
	if err != nil {
		return "", err
	}
	display := ""
	for _, c := range columns {
		if c.Display {
			display = c.ID
		}
	}
	if display == "" {
		return "", words.Say("The table has no display column, so a row cannot be found by name. Use a row id (i-…) from coda_list_rows.")
	}
	rows, err := coda.Whole(f.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{Query: display + ":" + words.JSONText(name), Limit: 10}))
	if err != nil {
		return "", err
	}
	if len(rows.Items) == 1 {
		return rows.Items[0].ID, nil // Coda compared; its name may be written differently
	}
	if len(rows.Items) == 0 {
		return f.rowAlike(ctx, p, name)
	}
	found, err := PickRow(name, rows.Items)
	return found.ID, err
}

// PickRow finds the one of some rows that name means.
func PickRow(name string, rows []coda.Row) (coda.Row, error) {
	return Pick("row", "coda_list_rows", name, rows, rowLabel)
}

func rowLabel(r coda.Row) (id, name, more string) { return r.ID, words.PlainText(r.Name, ""), "" }

// rowAlike looks for a name written in another case, which Coda does not
// match, and else offers those near it. Of a table that is longer than what is
// read here none is taken, since another row may fit as well.
func (f *Finder) rowAlike(ctx context.Context, p Place, name string) (string, error) {
	rows, err := f.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{Limit: rowsAround})
	if err != nil && ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		rows.Items = nil // that there is none as it is written is known all the same
	}
	found, err := PickRow(name, rows.Items)
	if err == nil && rows.NextPageToken != "" {
		return "", words.Say("There is no row called just %s, but %s. Call again with the id if that one is meant.", words.Quote(name), candidates([]coda.Row{found}, rowLabel))
	}
	return found.ID, err
}
