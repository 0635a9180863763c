package find

import (
	"context"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

const (
	// mostNames is how many rows of a table are looked through for a name
	// that no row has as it is written.
	mostNames = 20000
	// namesTime is left of a call's time when that ends.
	namesTime = 15 * time.Second
)

// RowByName finds the row whose display column shows name. Coda compares first,
// as the value is written; what it does not find is looked for among the names
// of all rows.
func (f *Finder) RowByName(ctx context.Context, p Place, name string) (string, error) {
	id, err := f.RowWritten(ctx, p, name)
	if id != "" || err != nil {
		return id, err
	}
	list, err := f.RowNames(ctx, p)
	if err != nil {
		return "", err
	}
	return f.RowIn(ctx, p, list, name)
}

// RowWritten finds the row whose display column holds just name, by Coda's own
// comparison: empty when there is none.
func (f *Finder) RowWritten(ctx context.Context, p Place, name string) (string, error) {
	display, err := f.displayColumn(ctx, p)
	if err != nil {
		return "", err
	}
	for _, form := range QueryForms(display, name) {
		rows, err := coda.Listed(f.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{Query: display.ID + ":" + form, Limit: 10}))
		switch {
		case coda.IsKind(err, coda.KindBadRequest): // a value of the other type
		case err != nil:
			return "", err
		case len(rows.Items) == 1:
			return rows.Items[0].ID, nil // Coda compared; its name may be written differently
		case len(rows.Items) > 1:
			return RowList{rows: rows.Items, kind: display.Format.Type, whole: true, more: f.tellApart(ctx, p, rows.Items)}.Find(name)
		}
	}
	return "", nil
}

func (f *Finder) displayColumn(ctx context.Context, p Place) (coda.Column, error) {
	columns, err := f.ColumnsOf(ctx, p.Doc.ID, p.Table, NameAge)
	if err != nil {
		return coda.Column{}, err
	}
	for _, c := range columns {
		if c.Display {
			return c, nil
		}
	}
	return coda.Column{}, words.Say("The table has no display column, so a row cannot be found by name. Use a row id (i-…) from coda_list_rows.")
}

// RowList is the names of a table's rows.
type RowList struct {
	rows  []coda.Row // id and name only
	kind  string     // type of the display column
	whole bool       // they are all
	// more tells those of one name apart, by id.
	more map[string]string
}

// RowNames reads the names of a table's rows, of as many as a call has time
// for.
func (f *Finder) RowNames(ctx context.Context, p Place) (RowList, error) {
	display, err := f.displayColumn(ctx, p)
	if err != nil {
		return RowList{}, err
	}
	list := RowList{kind: display.Format.Type}
	for row, err := range coda.Each(func(token string) (coda.Page[coda.Row], error) {
		if end, ok := ctx.Deadline(); ok && token != "" && time.Until(end) < namesTime {
			return coda.Page[coda.Row]{}, errEnough
		}
		return f.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{Limit: 500, PageToken: token})
	}) {
		if err != nil {
			return list, stopped(ctx, list, err)
		}
		if len(list.rows) == mostNames {
			return list, nil
		}
		list.rows = append(list.rows, coda.Row{ID: row.ID, Name: words.PlainText(row.Name, list.kind)})
	}
	list.whole = true
	return list, nil
}

var errEnough = words.Say("The table has more rows than one call can look through.")

// stopped drops an error in the middle of a list: that no row has the name as
// it is written is known all the same.
func stopped(ctx context.Context, list RowList, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(list.rows) > 0, err == errEnough, coda.IsKind(err, coda.KindUnavailable, coda.KindTooLarge):
		return nil
	}
	return err
}

// Whole says that the list has all rows.
func (l RowList) Whole() bool { return l.whole }

// Each gives the id and the name of each row.
func (l RowList) Each(yield func(id, name string) bool) {
	for _, r := range l.rows {
		if !yield(r.ID, r.Name) {
			return
		}
	}
}

// Find finds the row that name means. Of a list that is not whole none is
// taken, since another row may fit as well.
func (l RowList) Find(name string) (string, error) {
	looked := ""
	if !l.whole {
		looked = " Only the first " + words.Count(len(l.rows), "row") + " were looked at."
	}
	found, err := Pick("row", "coda_list_rows", name, l.rows, l.label)
	if err != nil {
		if same := l.ofNumber(name); len(same) == 1 && l.whole {
			return same[0].ID, nil
		}
		return "", fault.With(err, looked)
	}
	if !l.whole {
		return "", words.NoSuch("There is no row called just %s, but %s.%s Call again with the id if that one is meant.",
			words.Quote(name), candidates([]coda.Row{found}, l.label), looked)
	}
	return found.ID, nil
}

func (l RowList) label(r coda.Row) (id, name, more string) {
	return r.ID, words.PlainText(r.Name, l.kind), l.more[r.ID]
}

// ofNumber finds the rows whose name is the same number, however it is written.
func (l RowList) ofNumber(name string) (same []coda.Row) {
	want, ok := words.Amount(name)
	if !ok || !isOfNumbers(l.kind) {
		return nil
	}
	for _, r := range l.rows {
		if n, is := words.Amount(r.Name); is && n == want {
			same = append(same, r)
		}
	}
	return same
}
