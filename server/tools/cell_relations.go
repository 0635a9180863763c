package tools

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// fewRelated is how many rows of one related table are looked up each by
// itself; for more, its rows are listed.
const fewRelated = 8

// relation is what one call has learned of a related table.
type relation struct {
	elsewhere bool          // only Coda can look there
	looked    int           // rows looked up
	names     *find.RowList // once they were listed
}

// relatedRow makes a row id of a relation given by id or by name.
func (w *cellWriter) relatedRow(ctx context.Context, c coda.Column, v any) (any, error) {
	s := strings.TrimSpace(fmt.Sprint(v))
	if m := words.IdInText().FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	if len(s) > words.MostName {
		return nil, misfit(c, "the name or id of a row", words.Clip(s, 40))
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
		w.several[c.ID] = !fault.Is(err, words.CodeNoSuch)
		return nil, inColumn(err, c)
	}
	w.found[table+"\x00"+s], w.found[table+"\x00"+id] = id, id
	return id, nil
}

// lookUp finds a row of a related table. Beyond a few, and for a name that no
// row has as it is written, the table is listed, once: an import shall not ask
// for each.
func (w *cellWriter) lookUp(ctx context.Context, p find.Place, table, ref string, known *relation) (string, error) {
	known.looked++
	if known.looked == fewRelated+1 {
		if err := w.listRelated(ctx, p, known); err != nil {
			return "", err
		}
	}
	if id, ok := w.found[p.Table+"\x00"+ref]; ok {
		return id, nil
	}
	if find.RowID.Fits(ref) {
		return w.rowByID(ctx, p, table, ref)
	}
	if known.names == nil || !known.names.Whole() {
		id, err := w.t.find.RowWritten(ctx, p, ref)
		if id != "" || err != nil {
			return id, err
		}
	}
	if err := w.listRelated(ctx, p, known); err != nil {
		return "", err
	}
	return w.t.find.RowIn(ctx, p, *known.names, ref)
}

// rowByID proves that a related table has a row: Coda takes any id, and shows
// broken text for one that is not there.
func (w *cellWriter) rowByID(ctx context.Context, p find.Place, table, id string) (string, error) {
	row, err := w.t.o.Coda.GetRow(ctx, p.Doc.ID, p.Table, id, coda.RowQuery{})
	if coda.IsKind(err, coda.KindNotFound, coda.KindGone) {
		if _, missing := w.t.find.TableByID(ctx, p.Doc.ID, p.Table, find.NameAge); missing != nil {
			return "", missing
		}
		return "", words.NoSuch("There is no row %s in the table %s. Call coda_list_rows with table %s and use an id from there, or give the row's name.", words.Quote(id), words.Quote(table), p.Table)
	}
	return cmp.Or(row.ID, id), err
}

// listRelated learns the ids and names of a related table, once. The names of
// one too long to be read whole are left to Coda.
func (w *cellWriter) listRelated(ctx context.Context, p find.Place, known *relation) error {
	if known.names != nil {
		return nil
	}
	list, err := w.t.find.RowNames(ctx, p)
	if err != nil {
		return err
	}
	known.names = &list
	named := map[string]int{}
	for id, name := range list.Each {
		w.found[p.Table+"\x00"+id] = id
		named[name]++
	}
	for id, name := range list.Each {
		if list.Whole() && named[name] == 1 && !find.RowID.Fits(name) {
			w.found[p.Table+"\x00"+name] = id
		}
	}
	return nil
}

// inColumn says in which column a sentence arose.
func inColumn(err error, c coda.Column) error {
	if said, ok := fault.As(err); ok {
		return words.Say("In the column %s (related to the table %s): %s", words.Quote(c.Name), words.Quote(c.Format.Table.Name), said.Sentence)
	}
	return err
}
