package tools

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

const (
	// fewRelated is how many rows of one related table are looked up each by
	// itself; for more, its rows are listed.
	fewRelated = 8
	// mostRelated is how many rows of a related table are listed.
	mostRelated = 20000
)

// relation is what one call has learned of a related table.
type relation struct {
	elsewhere bool       // only Coda can look there
	looked    int        // rows looked up
	rows      []coda.Row // all of them, once they were listed
}

// relatedRow makes a row id of a relation given by id or by name.
func (w *cellWriter) relatedRow(ctx context.Context, c coda.Column, v any) (any, error) {
	s := strings.TrimSpace(fmt.Sprint(v))
	if m := words.IdInText.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	if c.Format.Table == nil || c.Format.Table.ID == "" {
		return s, nil
	}
	table := c.Format.Table.ID
	if w.related == nil {
		w.related = map[string]*relation{}
	}
	if w.related[table] == nil {
		w.related[table] = &relation{}
	}
	known := w.related[table]
	if id, ok := w.found[table+"\x00"+s]; ok || known.elsewhere {
		return cmp.Or(id, s), nil
	}
	other := find.Place{Doc: w.place.Doc, Table: table}
	id, err := w.lookUp(ctx, other, c.Format.Table.Name, s, known)
	if coda.IsKind(err, coda.KindNotFound, coda.KindForbidden) {
		known.elsewhere = true // a table of another document
		return s, nil
	}
	if err != nil {
		return nil, inColumn(err, c)
	}
	w.found[table+"\x00"+s], w.found[table+"\x00"+id] = id, id
	return id, nil
}

// lookUp finds a row of a related table. Beyond a few, the table is listed
// first, so that an import does not ask for each.
func (w *cellWriter) lookUp(ctx context.Context, p find.Place, table, ref string, known *relation) (string, error) {
	if known.looked++; known.looked == fewRelated+1 {
		if err := w.listRelated(ctx, p, known); err != nil {
			return "", err
		}
		if id, ok := w.found[p.Table+"\x00"+ref]; ok {
			return id, nil
		}
	}
	switch {
	case find.RowID.MatchString(ref):
		return w.rowByID(ctx, p, table, ref)
	case known.rows == nil:
		return w.t.find.RowByName(ctx, p, ref)
	}
	row, err := find.PickRow(ref, known.rows)
	return row.ID, err
}

// rowByID proves that a related table has a row: Coda takes any id, and shows
// broken text for one that is not there.
func (w *cellWriter) rowByID(ctx context.Context, p find.Place, table, id string) (string, error) {
	row, err := w.t.o.Coda.GetRow(ctx, p.Doc.ID, p.Table, id, coda.RowQuery{})
	if coda.IsKind(err, coda.KindNotFound, coda.KindGone) {
		if _, missing := w.t.find.TableByID(ctx, p.Doc.ID, p.Table, find.NameAge); missing != nil {
			return "", missing
		}
		return "", words.Say("There is no row %s in the table %s. Call coda_list_rows with table %s and use an id from there, or give the row's name.", words.Quote(id), words.Quote(table), p.Table)
	}
	return cmp.Or(row.ID, id), err
}

// listRelated learns the ids and names of a related table. The names of one
// too long to be read whole are left to Coda.
func (w *cellWriter) listRelated(ctx context.Context, p find.Place, known *relation) error {
	rows, named := []coda.Row{}, map[string]int{}
	for row, err := range coda.Each(func(token string) (coda.Page[coda.Row], error) {
		return w.t.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{Limit: 500, PageToken: token})
	}) {
		if err != nil {
			return err
		}
		w.found[p.Table+"\x00"+row.ID] = row.ID
		rows = append(rows, coda.Row{ID: row.ID, Name: words.PlainText(row.Name, "")})
		named[rows[len(rows)-1].Name]++
		if len(rows) >= mostRelated {
			return nil
		}
	}
	known.rows = rows
	for _, row := range rows {
		if named[row.Name] == 1 && !find.RowID.MatchString(row.Name) {
			w.found[p.Table+"\x00"+row.Name] = row.ID
		}
	}
	return nil
}

// inColumn says in which column a sentence arose.
func inColumn(err error, c coda.Column) error {
	if said, ok := err.(*words.Sentence); ok {
		return words.Say("In the column %s (related to the table %s): %s", words.Quote(c.Name), words.Quote(c.Format.Table.Name), said.Text)
	}
	return err
}
