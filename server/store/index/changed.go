package index

import (
	"slices"
	"time"

	"codabridge/server/store"
)

// Changed is a page or row with the moment of its last change.
type Changed struct {
	Kind int // Pages or Rows
	// Doc, Holder and Ref are Coda's ids: of the doc, for a row of its table,
	// and of the thing itself.
	Doc, Holder, Ref           string
	DocName, HolderName, Title string
	URL                        string
	Updated                    time.Time
	// By is who changed it, where Coda tells.
	By string
}

const changedPages = `SELECT 1, d.id, '', t.ref, d.name, t.parent, t.title, t.url, t.updated, t.author
	FROM things t JOIN docs d ON d.num = t.id >> 32 WHERE t.kind = 1 AND t.updated >= ?`

const changedRows = `SELECT 3, d.id, t.ref, r.ref, d.name, t.title, r.title, CASE WHEN r.url = '' THEN t.row_url || r.ref ELSE r.url END, r.updated, ''
	FROM rows r INDEXED BY rows_updated CROSS JOIN things t ON t.id = r.tbl CROSS JOIN docs d ON d.num = r.id >> 32 WHERE r.updated >= ?`

// Changed lists the pages and rows of a scope that changed since a moment, the
// newest first, no more than limit.
func (v *View) Changed(since time.Time, s Scope, limit int) ([]Changed, error) {
	var out []Changed
	for _, part := range []struct{ query, id, order string }{{changedPages, "t.id", "t.updated"}, {changedRows, "r.id", "r.updated"}} {
		where, args := s.filter(part.id)
		found, err := store.All(v.ctx, v.tx, scanChanged, part.query+where+` ORDER BY `+part.order+` DESC LIMIT ?`,
			slices.Concat([]any{store.Stamp(since)}, args, []any{limit})...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b Changed) int { return b.Updated.Compare(a.Updated) })
	return out[:min(len(out), limit)], nil
}

func scanChanged(scan func(...any) error) (c Changed, err error) {
	var updated int64
	err = scan(&c.Kind, &c.Doc, &c.Holder, &c.Ref, &c.DocName, &c.HolderName, &c.Title, &c.URL, &updated, &c.By)
	c.Updated = store.Moment(updated)
	return c, err
}

// ChangedCount is how many pages of a doc, or rows of a table, have changed.
type ChangedCount struct {
	Kind         int // Pages or Rows
	Doc, DocName string
	Table, Name  string // of rows
	Count        int
}

// CountChanged counts what Changed would list without a limit, the largest
// counts first, by doc and table.
func (v *View) CountChanged(since time.Time, s Scope) ([]ChangedCount, error) {
	var out []ChangedCount
	for _, part := range []struct{ query, id, group string }{
		{`SELECT 1, d.id, d.name, '', '', count(*) FROM things t JOIN docs d ON d.num = t.id >> 32 WHERE t.kind = 1 AND t.updated >= ?`, "t.id", "d.num"},
		{`SELECT 3, d.id, d.name, t.ref, t.title, n FROM (SELECT r.tbl, count(*) n FROM rows r INDEXED BY rows_updated WHERE r.updated >= ? GROUP BY r.tbl) x
			CROSS JOIN things t ON t.id = x.tbl CROSS JOIN docs d ON d.num = t.id >> 32 WHERE true`, "t.id", ""},
	} {
		where, args := s.filter(part.id)
		if part.group != "" {
			where += ` GROUP BY ` + part.group
		}
		found, err := store.All(v.ctx, v.tx, func(scan func(...any) error) (c ChangedCount, err error) {
			err = scan(&c.Kind, &c.Doc, &c.DocName, &c.Table, &c.Name, &c.Count)
			return c, err
		}, part.query+where, slices.Concat([]any{store.Stamp(since)}, args)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b ChangedCount) int { return b.Count - a.Count })
	return out, nil
}
