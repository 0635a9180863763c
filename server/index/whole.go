package index

import (
	"context"
	"errors"
	"slices"
	"strings"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// Whole is a base table whose rows are all stored.
type Whole struct {
	x          *Index
	doc, table string
	// Version is the updatedAt of the doc whose contents are stored, as Coda
	// wrote it. While the doc has it still, nothing in it has changed but what
	// formulas make of it.
	Version string
	// Rows is how many there are.
	Rows int
}

// WholeTable finds a table of which, and of whose doc, everything is stored.
func (x *Index) WholeTable(ctx context.Context, doc, table string) (w Whole, ok bool, err error) {
	if slices.Contains(x.o.Excluded(), doc) {
		return w, false, nil
	}
	err = x.viewing(ctx, func(v *store.View) error {
		t, found, err := v.WholeTable(doc, table)
		ok = found
		w = Whole{x: x, doc: doc, table: table, Version: t.Version, Rows: t.Rows}
		return err
	})
	return w, ok, err
}

// Each gives each row's id and the texts of those of its cells that are used, by
// the column's place in columns, as somebody would look for them: a date without
// time is its day, a checkbox, a formatted amount or several entries cannot be told
// from them. It is false, and has given nothing, where the table is not as it was,
// or has not just these columns. The cells are good until each returns.
func (w Whole) Each(
	ctx context.Context, columns []coda.Column, used func(coda.Column) bool, each func(id string, cells []string) error,
) (ok bool, err error) {
	l := listing{columns: withoutButtons(columns)}
	cells := make([]string, len(columns))
	var stored, wanted []int // the places of those that are stored, and of the same those that are used
	for i, c := range columns {
		if c.Format.Type == "button" {
			continue
		}
		stored = append(stored, i)
		if used(c) {
			wanted = stored
		}
	}
	err = w.x.viewing(ctx, func(v *store.View) error {
		t, found, err := v.WholeTable(w.doc, w.table)
		ok = found && t.Version == w.Version && t.Columns == l.columnNames()
		if err != nil || !ok {
			return err
		}
		return v.RowsOf(t, func(id, title, body string) error {
			for _, i := range wanted {
				cells[i], body, _ = strings.Cut(body, unit)
				if columns[i].Display && cells[i] == "" {
					cells[i] = title // it stands there only
				}
			}
			return each(id, cells)
		})
	})
	return ok, err
}

// viewing gives do one moment of the index. Where there is none, do is not
// called, and that is no error.
func (x *Index) viewing(ctx context.Context, do func(*store.View) error) error {
	db, owner, err := x.reading()
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	defer x.using.RUnlock()
	err = db.View(ctx, owner, do)
	if errors.Is(err, store.ErrOtherOwner) {
		return nil
	}
	return x.noticed(err)
}
