package tools

import (
	"context"

	"codabridge/server/coda"
)

// rowsAround is how many rows are looked through for a name that no row has
// as it is written.
const rowsAround = 200

// rowByName finds the row whose display column shows name.
func (t *Tools) rowByName(ctx context.Context, p place, name string) (string, error) {
	columns, err := t.columnsOf(ctx, p.doc.ID, p.table, nameAge)
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
		return "", say("The table has no display column, so a row cannot be found by name. Use a row id (i-…) from coda_list_rows.")
	}
	rows, err := coda.Whole(t.o.Coda.ListRows(ctx, p.doc.ID, p.table, coda.RowQuery{Query: display + ":" + jsonText(name), Limit: 10}))
	if err != nil {
		return "", err
	}
	if len(rows.Items) == 1 {
		return rows.Items[0].ID, nil // Coda compared; its name may be written differently
	}
	if len(rows.Items) == 0 {
		return t.rowAlike(ctx, p, name)
	}
	found, err := pickRow(name, rows.Items)
	return found.ID, err
}

func pickRow(name string, rows []coda.Row) (coda.Row, error) {
	return pick("row", "coda_list_rows", name, rows, rowFacts)
}

func rowFacts(r coda.Row) (id, name, more string) { return r.ID, plainText(r.Name, ""), "" }

// rowAlike looks for a name written in another case, which Coda does not
// match, and else offers those near it. Of a table that is longer than what is
// read here none is taken, since another row may fit as well.
func (t *Tools) rowAlike(ctx context.Context, p place, name string) (string, error) {
	rows, err := t.o.Coda.ListRows(ctx, p.doc.ID, p.table, coda.RowQuery{Limit: rowsAround})
	if err != nil && ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		rows.Items = nil // that there is none as it is written is known all the same
	}
	found, err := pickRow(name, rows.Items)
	if err == nil && rows.NextPageToken != "" {
		return "", say("There is no row called just %s, but %s. Call again with the id if that one is meant.", quote(name), candidates([]coda.Row{found}, rowFacts))
	}
	return found.ID, err
}
