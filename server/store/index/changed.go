package index

import (
	"cmp"
	"math"
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
	FROM things t JOIN docs d ON d.num = t.id >> 32 WHERE t.kind = 1 AND t.updated BETWEEN ? AND ?`

const changedRows = `SELECT r.id, 3, d.id, t.ref, r.ref, d.name, t.title, r.title, CASE WHEN r.url = '' THEN t.row_url || r.ref ELSE r.url END, r.updated, ''
	FROM (SELECT value AS num FROM json_each(?1)) ` + inStretch + `
	CROSS JOIN things t ON t.id = r.tbl CROSS JOIN docs d ON d.num = r.id >> 32 WHERE +r.updated BETWEEN ?2 AND ?3`

// Span is the time from one moment to another, both with it; a zero To is no end.
type Span struct{ From, To time.Time }

func (s Span) stamps() []any {
	if s.To.IsZero() {
		return []any{store.Stamp(s.From), int64(math.MaxInt64)}
	}
	return []any{store.Stamp(s.From), store.Stamp(s.To)}
}

// Changed lists the pages and rows of a scope that changed last within a span, the
// newest first, no more than limit.
func (v *View) Changed(span Span, s Scope, limit int) ([]Changed, error) {
	where, args := s.filter("t.id")
	out, err := store.All(v.ctx, v.tx, scanChanged, changedPages+where+` ORDER BY t.updated DESC LIMIT ?`,
		slices.Concat(span.stamps(), args, []any{limit})...)
	if err != nil {
		return nil, err
	}
	rows, err := v.changedRows(span, s, limit)
	if err != nil {
		return nil, err
	}
	out = append(out, rows...)
	slices.SortStableFunc(out, func(a, b Changed) int { return b.Updated.Compare(a.Updated) })
	return out[:min(len(out), limit)], nil
}

// changedRows reads those from the stretches that may hold the newest, until the
// others hold older ones only.
func (v *View) changedRows(span Span, s Scope, limit int) ([]Changed, error) {
	type stretch struct{ num, newest int64 }
	where, args := s.filter("s.num << 6")
	of, err := v.stretches()
	if err != nil || limit < 1 {
		return nil, err
	}
	all, err := store.All(v.ctx, v.tx, func(scan func(...any) error) (x stretch, err error) { return x, scan(&x.num, &x.newest) },
		`SELECT s.num, s.newest FROM `+of+` s WHERE s.newest >= ? AND s.oldest <= ?`+where+` ORDER BY s.newest DESC, s.num DESC`, append(span.stamps(), args...)...)
	if err != nil {
		return nil, err
	}
	var found []changedRow
	for some := range slices.Chunk(all, 32) {
		if len(found) == limit && store.Stamp(found[limit-1].Updated) >= some[0].newest {
			break
		}
		var nums []int64
		for _, x := range some {
			nums = append(nums, x.num)
		}
		more, err := store.All(v.ctx, prepared{v}, func(scan func(...any) error) (r changedRow, err error) {
			r.Changed, err = scanChanged(func(to ...any) error { return scan(append([]any{&r.id}, to...)...) })
			return r, err
		}, changedRows, append([]any{asList(nums)}, span.stamps()...)...)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
		slices.SortFunc(found, func(a, b changedRow) int { return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.id, a.id)) })
		found = found[:min(len(found), limit)]
	}
	var out []Changed
	for _, r := range found {
		out = append(out, r.Changed)
	}
	return out, nil
}

type changedRow struct {
	id int64
	Changed
}

// stretches is where they are found: in a file of an older program that is only
// read there are none.
func (v *View) stretches() (string, error) {
	var there bool
	err := v.tx.QueryRowContext(v.ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'stretches')`).Scan(&there)
	if !there {
		return `(` + asStretches + `)`, err
	}
	return `stretches`, err
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
	of, err := v.stretches()
	if err != nil {
		return nil, err
	}
	var out []ChangedCount
	for _, part := range []struct{ query, group string }{
		{`SELECT 1, d.id, d.name, '', '', count(*) FROM things t JOIN docs d ON d.num = t.id >> 32 WHERE t.kind = 1 AND t.updated >= ?1`, " GROUP BY d.num"},
		{`SELECT 3, d.id, d.name, t.ref, t.title, x.n FROM (SELECT tbl, sum(n) AS n FROM (
				SELECT s.tbl, s.n FROM ` + of + ` s WHERE s.oldest >= ?1 AND s.tbl <> 0
				UNION ALL SELECT r.tbl, 1 FROM ` + of + ` ` + inStretch + ` WHERE s.newest >= ?1 AND (s.oldest < ?1 OR s.tbl = 0) AND +r.updated >= ?1
			) GROUP BY tbl) x CROSS JOIN things t ON t.id = x.tbl CROSS JOIN docs d ON d.num = t.id >> 32 WHERE true`, ""},
	} {
		where, args := s.filter("t.id")
		found, err := store.All(v.ctx, v.tx, func(scan func(...any) error) (c ChangedCount, err error) {
			err = scan(&c.Kind, &c.Doc, &c.DocName, &c.Table, &c.Name, &c.Count)
			return c, err
		}, part.query+where+part.group, slices.Concat([]any{store.Stamp(since)}, args)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b ChangedCount) int { return b.Count - a.Count })
	return out, nil
}
