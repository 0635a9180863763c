package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// rowLimit is how many rows are asked for at once; Coda gives fewer where it
// likes.
const rowLimit = 500

// rows is the fourth stage.
func (p *pass) rows(ctx context.Context) error {
	return eachWaiting(ctx, p, p.db.WaitingTables, p.table)
}

// listing is one table being read.
type listing struct {
	*pass
	doc     store.DocState
	table   coda.Table
	columns []coda.Column
	t       store.Table
	begun   bool // some rows of a full listing have come
}

// table brings the rows of one table up to date. Two may be at it, since what was
// written through codabridge is read beside a pass: the one that began last goes
// on.
func (p *pass) table(ctx context.Context, d store.DocState, t store.Table) error {
	err := p.tableRows(ctx, d, t)
	if errors.Is(err, store.ErrSuperseded) {
		return nil
	}
	return err
}

// tableRows reads them by the cheapest way there is.
func (p *pass) tableRows(ctx context.Context, d store.DocState, t store.Table) error {
	listed, err := p.x.o.Coda.GetTable(ctx, d.ID, t.Ref)
	p.x.requests.Add(1)
	if refused(err) {
		return p.db.RefuseThing(ctx, t.ID, nameOnly(t.Title), refusal(err), p.x.o.Now())
	}
	if err != nil {
		return err
	}
	if t.Cursor == "" && t.Stored != "" && t.Stored == listed.UpdatedAt && t.RowCount == listed.RowCount {
		if err := p.checkOwner(ctx); err != nil {
			return err
		}
		return p.db.KeepRows(ctx, t)
	}
	l := &listing{pass: p, doc: d, table: listed, t: t}
	if err := l.readColumns(ctx); err != nil {
		return err
	}
	names := l.columnNames()
	if t.Columns == names && t.Cursor != "" && t.Updated.Equal(moment(listed.UpdatedAt)) {
		if err := l.goOn(ctx); err == nil || !refused(err) {
			return err
		}
	} else if t.Columns == names && t.Sync != "" {
		done, err := l.changes(ctx)
		if done || (err != nil && !refused(err)) {
			return err
		}
	}
	err = l.full(ctx, names)
	if refusedDoc(err) || refused(err) && !l.begun { // later a 400 is about the place, which a new try cures
		return p.db.RefuseThing(ctx, t.ID, nameOnly(t.Title), refusal(err), p.x.o.Now())
	}
	return err
}

func (l *listing) readColumns(ctx context.Context) error {
	for c, err := range coda.Each(func(token string) (coda.Page[coda.Column], error) {
		l.x.requests.Add(1)
		return l.x.o.Coda.ListColumns(ctx, l.doc.ID, l.t.Ref, coda.ListOptions{Limit: 100, PageToken: token})
	}) {
		if err != nil {
			return err
		}
		l.columns = append(l.columns, c)
	}
	l.columns = withoutButtons(l.columns)
	l.t.Calculated = l.t.Calculated || slices.ContainsFunc(l.columns, func(c coda.Column) bool { return c.Calculated })
	return nil
}

// withoutButtons leaves out buttons, whose label is the same in every row: "Mark
// done: Done" on a task that is open reads as if it were done.
func withoutButtons(columns []coda.Column) []coda.Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c coda.Column) bool { return c.Format.Type == "button" })
}

func (l *listing) columnNames() string {
	var names []string
	for _, c := range l.columns {
		names = append(names, strings.ReplaceAll(c.Name, unit, " "))
	}
	return strings.Join(names, unit)
}

// full lists all rows from the beginning, with fewer at once where Coda
// cannot cope.
func (l *listing) full(ctx context.Context, names string) error {
	for limit := rowLimit; ; limit /= 4 {
		page, err := l.page(ctx, coda.RowQuery{Limit: limit})
		if err == nil {
			err = l.fromFirst(ctx, page, names)
		}
		if limit < 16 || !tooMuch(err) {
			return err
		}
	}
}

// tooMuch tells errors that fewer rows at once may cure: Coda was too slow, or
// the answer too long.
func tooMuch(err error) bool {
	return coda.IsGatewayTimeout(err) || coda.IsKind(err, coda.KindTooLarge)
}

func (l *listing) fromFirst(ctx context.Context, page coda.Page[coda.Row], names string) error {
	if err := l.checkOwner(ctx); err != nil {
		return err
	}
	l.t.Columns, l.t.RowCount = names, l.table.RowCount
	l.t.Gen++
	url := ""
	if len(page.Items) > 0 {
		first := page.Items[0]
		if base, ok := strings.CutSuffix(first.BrowserLink, first.ID); ok {
			url = base
		}
	}
	about := store.Text{TitleWords: words(l.t.Title), HeadWords: words(strings.ReplaceAll(names, unit, " ")), Also: also(l.t.Title, names)}
	if err := l.db.BeginRows(ctx, l.t, about, url, moment(l.table.UpdatedAt)); err != nil {
		return err
	}
	l.begun = true
	return l.rest(ctx, page)
}

// goOn takes a listing up where it was broken off. That is for tables that
// have not changed since: what changed may be among the rows that were read.
func (l *listing) goOn(ctx context.Context) error {
	page, err := l.page(ctx, coda.RowQuery{PageToken: l.t.Cursor})
	if tooMuch(err) {
		return l.full(ctx, l.columnNames())
	}
	if err != nil {
		return err
	}
	l.t.RowCount = l.table.RowCount
	return l.rest(ctx, page)
}

// rest stores a page of a full listing and all that follow.
func (l *listing) rest(ctx context.Context, page coda.Page[coda.Row]) error {
	if err := l.walk(ctx, page, true); err != nil {
		return err
	}
	dropped, err := l.db.EndRows(ctx, l.t, true, l.x.o.Now())
	l.count(dropped)
	return err
}

// changes asks for the rows that changed. Rows that were deleted are not told;
// done is false when the counts say that some were, and the table then waits
// on until it was listed in full, whatever comes between.
func (l *listing) changes(ctx context.Context) (done bool, err error) {
	before := l.t
	page, err := l.page(ctx, coda.RowQuery{SyncToken: l.t.Sync, Limit: rowLimit})
	if err != nil {
		return false, err
	}
	l.t.RowCount = l.table.RowCount
	if len(page.Items) > 0 {
		if err := l.db.BeginChanges(ctx, l.t.ID); err != nil {
			return false, err
		}
	}
	if err := l.walk(ctx, page, false); err != nil {
		return false, err
	}
	have, err := l.db.CountRows(ctx, l.t.ID)
	if err != nil || have-before.Have != l.t.RowCount-before.RowCount {
		return false, err
	}
	_, err = l.db.EndRows(ctx, l.t, false, l.x.o.Now())
	return true, err
}

// walk stores a page of rows and all that follow.
func (l *listing) walk(ctx context.Context, page coda.Page[coda.Row], full bool) error {
	var chain coda.Chain
	for {
		if err := l.checkOwner(ctx); err != nil {
			return err
		}
		cursor := ""
		if full {
			cursor = page.NextPageToken
		}
		changed, err := l.db.PutRows(ctx, l.t.ID, l.t.Gen, l.cutRows(page.Items), cursor)
		if err != nil {
			return err
		}
		l.count(changed)
		l.x.changed(false)
		if page.NextSyncToken != "" {
			l.t.Sync = page.NextSyncToken
		}
		next := page.NextPageToken
		if next == "" {
			break
		}
		err = chain.Follow(next)
		if err == nil {
			page, err = l.page(ctx, coda.RowQuery{PageToken: next})
		}
		if err != nil {
			return err
		}
	}
	l.t.Stored = l.table.UpdatedAt
	if l.settled(l.doc) == "" {
		l.t.Stored = "" // its snapshot may lag behind
	}
	return nil
}

func (l *listing) page(ctx context.Context, q coda.RowQuery) (coda.Page[coda.Row], error) {
	q.ValueFormat = "simpleWithArrays"
	l.x.requests.Add(1)
	return coda.Listed(l.x.o.Coda.ListRows(ctx, l.doc.ID, l.t.Ref, q))
}

func (l *listing) cutRows(rows []coda.Row) []store.Row {
	out := make([]store.Row, 0, len(rows))
	var body, all strings.Builder
	for _, r := range rows {
		body.Reset()
		all.Reset()
		cells := r.Values.ByColumn()
		for i, c := range l.columns {
			if i > 0 {
				body.WriteString(unit)
			}
			v := ""
			if text, ok := cells[c.ID]; ok {
				v = cellText(coda.DecodeCell(text))
			}
			if c.Display && v == r.Name {
				continue // it is the title
			}
			body.WriteString(v)
			all.WriteString(v)
			all.WriteByte(' ')
		}
		out = append(out, store.Row{Ref: r.ID, Title: r.Name, URL: cmp.Or(r.BrowserLink, l.table.BrowserLink), Updated: moment(r.UpdatedAt),
			Body: body.String(), TitleWords: words(r.Name), BodyWords: words(all.String()), Also: also(r.Name, body.String())})
	}
	return out
}

// cellText is a value as somebody would look for it.
func cellText(v any) string {
	switch t := v.(type) {
	case string:
		t = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(t, "```"), "```"), unit, " ")
		if len(t) > 18 && t[4] == '-' && t[7] == '-' && t[10] == 'T' && t[13] == ':' {
			t = storedMoment(t)
		}
		return t
	case json.Number:
		return t.String()
	case []any:
		var parts []string
		for _, e := range t {
			if s := cellText(e); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	}
	return "" // a checkbox, or nothing
}
