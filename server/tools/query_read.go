package tools

import (
	"context"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/query"
	"codabridge/server/tools/words"
)

const (
	// rowsAtOnce is how many rows a question asks Coda for at once; Coda gives
	// fewer where it likes.
	rowsAtOnce = 500
	// answerTime is what is left of a call's deadline when reading ends, to
	// give the answer in.
	answerTime = 6 * time.Second
)

// readOn reads rows until the answer has as many as wanted, all were read, or
// time is short: then stopped says why.
//
// Coda names each page of rows in the one before, so they come one after the
// other; but while the rows of one are counted, the next is on its way.
func (t *Tools) readOn(ctx context.Context, p find.Place, q *question, wanted int) (stopped string, err error) {
	if err := t.o.Coda.Keep(ctx, q.query.Held()); err != nil || q.done || q.query.Enough(wanted) {
		return "", err
	}
	reading, cancel := ctx, context.CancelFunc(func() {})
	if end, ok := ctx.Deadline(); ok {
		reading, cancel = context.WithDeadline(ctx, end.Add(-answerTime/2))
	}
	defer cancel()
	page, err := t.rowsAfter(reading, p, q.token)
	for first := true; ; first = false {
		if err != nil && !first && ctx.Err() == nil && (find.OutOfTime(err) || coda.IsGatewayTimeout(err)) {
			return "Coda was too slow", nil
		}
		if err != nil && !first && q.query.Settled() && coda.IsKind(err, coda.KindUnavailable) {
			return "Coda failed", nil // rows that were found stay right; of numbers a part would be wrong
		}
		if err != nil {
			return "", err
		}
		late := isLate(ctx, answerTime)
		next, ahead, nextErr, uncounted := t.count(reading, p, q, page, !late && !q.query.Settled())
		if uncounted != nil || q.done || q.query.Enough(wanted) {
			return "", uncounted
		}
		if late {
			return "one call has no time to read more", nil
		}
		if !ahead || coda.IsKind(nextErr, coda.KindTooLarge) { // beside the page before it; alone it may fit
			next, nextErr = t.rowsAfter(reading, p, q.token)
		}
		page, err = next, nextErr
	}
}

// isLate tells that a call has less time left.
func isLate(ctx context.Context, less time.Duration) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < less
}

func (t *Tools) rowsAfter(ctx context.Context, p find.Place, token string) (coda.Page[coda.Row], error) {
	return coda.Listed(t.o.Coda.ListRows(ctx, p.Doc.ID, p.Table, coda.RowQuery{ValueFormat: "rich", Limit: rowsAtOnce, PageToken: token}))
}

// count gives the question the rows of a page, and with ahead asks for the next
// one meanwhile, if there is one.
func (t *Tools) count(ctx context.Context, p find.Place, q *question, page coda.Page[coda.Row], ahead bool) (
	next coda.Page[coda.Row], asked bool, nextErr, err error) {
	token, held := page.NextPageToken, q.query.Held()
	if token != "" {
		if err := q.chain.Follow(token); err != nil {
			return next, false, nil, err
		}
	}
	works := 1
	if ahead && token != "" {
		works, asked = 2, true
	}
	err = words.EachOf(ctx, works, func(_ context.Context, i int) error {
		if i == 0 {
			return addRows(q.query, page.Items)
		}
		next, nextErr = t.rowsAfter(ctx, p, token)
		return nil
	})
	page.Release()
	if err == nil {
		q.token, q.done = token, token == ""
		err = t.o.Coda.Keep(ctx, q.query.Held()-held)
	}
	return next, asked, nextErr, err
}

func addRows(q *query.Query, rows []coda.Row) error {
	picked := newPicker(q.Uses)
	for _, r := range rows {
		if err := addRow(q, r.ID, picked.of(r)); err != nil {
			return err
		}
	}
	return nil
}

// addRow gives a question one row, by the ids of the columns.
func addRow(q *query.Query, id string, cells map[string]any) error {
	if err := q.Add(id, cells); err != nil {
		return words.Say("%s.", err.Error())
	}
	return nil
}

// picker decodes of rows those cells alone that somebody looks at.
type picker struct {
	uses  func(column string) bool
	ids   map[string]string // of columns, by the names that the rows have; empty where nobody looks
	cells map[string]any
}

func newPicker(uses func(column string) bool) *picker {
	return &picker{uses: uses, ids: map[string]string{}, cells: map[string]any{}}
}

// of gives cells by the ids of their columns. They are good until the next row.
func (p *picker) of(r coda.Row) map[string]any {
	clear(p.cells)
	for name, text := range r.Values.Fields() {
		id, met := p.ids[string(name)]
		if !met {
			id = nameOf(name)
			if !p.uses(id) {
				id = ""
			}
			p.ids[string(name)] = id
		}
		if id != "" {
			p.cells[id] = coda.DecodeCell(text)
		}
	}
	return p.cells
}
