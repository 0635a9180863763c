package tools

import (
	"context"
	"slices"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// rowReader fills one answer with whole rows, until it holds what was asked or
// what fits.
type rowReader struct {
	t       *Tools
	place   find.Place
	at      rowsAt
	columns []coda.Column // of the table
	limit   int
	fresh   bool
	plain   bool   // a person looks at the rows: no key stands for a text
	cursor  string // as the caller gave it

	picked *picker // of the filter
	table  *rowTable
	before namesakes // of the parts before
	out    listRowsResult
	done   int // rows looked at
}

// mostScanned is how many rows one call looks through for those that fit a
// filter that Coda cannot compare by.
const mostScanned = 20000

func (r *rowReader) read(ctx context.Context) (listRowsResult, error) {
	if r.at.newest {
		return r.finish(r.backward(ctx))
	}
	err := r.forward(ctx)
	if r.cursor != "" || !r.at.filter.given() {
		return r.finish(err)
	}
	for len(r.at.filter.forms) > 0 && r.none() && r.out.NextCursor == "" && (err == nil || coda.IsKind(err, coda.KindBadRequest)) {
		// Coda may compare in another way; the last one is ours.
		r.at.filter.forms = r.at.filter.forms[1:]
		err = r.anew(ctx, r.at.filter)
	}
	return r.finish(r.inWords(ctx, err))
}

// anew reads from the start by another filter.
func (r *rowReader) anew(ctx context.Context, f rowsFilter) error {
	r.at.filter, r.picked = f, nil
	r.at.token, r.at.skip, r.at.before, r.table = "", 0, 0, nil
	if f.ours() {
		r.at.page = 500
	}
	return r.forward(ctx)
}

// inWords takes a value that no row has for a condition in words, where it is one;
// that nothing fits at all is said.
func (r *rowReader) inWords(ctx context.Context, err error) error {
	nothing := func() bool { return err == nil && r.none() && r.out.NextCursor == "" }
	if !nothing() {
		return err
	}
	near := strings.Join(append([]string{"No row fits, of " + words.Count(r.done, "row") + " looked at: all there are."}, r.at.filter.own.Near()...), " ")
	if spoken := r.at.filter.spoken; spoken != nil {
		err = r.anew(ctx, *spoken)
		if !nothing() {
			return err
		}
	}
	r.out.Note = near
	return nil
}

func (r *rowReader) none() bool { return r.table == nil || len(r.table.Rows) == 0 }

// list asks for the page at work.
func (r *rowReader) list(ctx context.Context) (coda.Page[coda.Row], error) {
	return coda.Listed(r.t.o.Coda.ListRows(ctx, r.place.Doc.ID, r.place.Table, coda.RowQuery{Query: r.at.filter.form(), SortBy: r.at.sort,
		VisibleOnly: r.at.visible, ValueFormat: "rich", Limit: r.at.page, PageToken: r.at.token, Fresh: r.fresh}))
}

// keep gives the cursor of the place at work.
func (r *rowReader) keep() string {
	if r.table != nil {
		r.at.who = r.table.who.carried()
	}
	return r.t.keepRows(r.at)
}

// begin makes the table of the answer, whose columns are those that the first
// rows have.
func (r *rowReader) begin(rows []coda.Row) {
	if r.table == nil {
		shown := r.at.shown
		if shown == nil {
			shown = present(r.columns, rows)
		}
		r.table = newRowTable(shown)
		r.before, r.table.who = r.at.who, r.at.who.carried()
		r.table.chosen, r.table.plain, r.table.spares = r.at.shown != nil, r.plain, r.table.weigh
	}
}

// keeps says whether a row is wanted.
func (r *rowReader) keeps(row coda.Row) bool {
	if !r.at.filter.ours() {
		return true
	}
	if r.picked == nil {
		r.picked = newPicker(r.at.filter.own.Uses)
	}
	return r.at.filter.own.Holds(r.picked.of(row))
}

func (r *rowReader) forward(ctx context.Context) error {
	chain := coda.Chain{}
	r.done = 0
	for {
		page, err := r.list(ctx)
		if r.brokeOff(ctx, err) {
			return nil
		}
		if coda.IsKind(err, coda.KindTooLarge) && r.at.token != "" && r.at.page > 1 {
			r.at, chain = r.at.smaller(), coda.Chain{}
			continue
		}
		if err != nil {
			return find.BadCursor(err, r.cursor)
		}
		r.out.Stale = r.out.Stale || page.Stale
		r.begin(page.Items)
		stopped := r.table.fill(page.Items, r.at.skip, r.limit, r.keeps)
		r.done += len(page.Items)
		if stopped < len(page.Items) {
			r.at.skip = stopped
			r.out.NextCursor = r.keep()
			return nil
		}
		page.Release()
		if page.NextPageToken == "" {
			return nil
		}
		if err := chain.Follow(page.NextPageToken); err != nil {
			return err
		}
		r.at.token, r.at.before, r.at.skip = page.NextPageToken, r.at.before+len(page.Items), max(r.at.skip-len(page.Items), 0)
		if len(r.table.Rows) >= r.limit || r.tooLong(ctx) {
			r.out.NextCursor = r.keep()
			return nil
		}
	}
}

// brokeOff ends a list in whose middle Coda fails: what was read is given, and the
// rest comes with the cursor.
func (r *rowReader) brokeOff(ctx context.Context, err error) bool {
	if r.done == 0 || !isPassing(err) || ctx.Err() != nil {
		return false
	}
	r.out.NextCursor = r.keep()
	r.out.Note = "NOT ALL ROWS: Coda failed in the middle (" + whatFailed(err) + "), after " + words.Count(r.done, "row") +
		" looked at. Nothing is lost: the rest comes with next_cursor."
	return true
}

// tooLong ends a search through many rows, and says so.
func (r *rowReader) tooLong(ctx context.Context) bool {
	if !r.at.filter.ours() || r.done < mostScanned && !isLate(ctx, answerTime) {
		return false
	}
	r.out.Note = "NOT ALL ROWS: " + words.Count(r.done, "row") + " were looked at for those that fit. Call again with next_cursor to look further."
	return true
}

// backward gives the newest rows first. Coda sorts the other way, so its pages
// are walked to the last, and given from there.
func (r *rowReader) backward(ctx context.Context) error {
	page, err := r.last(ctx)
	for {
		if err != nil {
			return find.BadCursor(err, r.cursor)
		}
		r.begin(page.Items)
		rows := slices.Clone(page.Items[:min(r.at.end, len(page.Items))])
		slices.Reverse(rows)
		stopped := r.table.fill(rows, 0, r.limit, r.keeps)
		r.at.end = len(rows) - stopped
		if r.at.end == 0 {
			if len(r.at.back) == 1 {
				return nil
			}
			r.at.back, r.at.end = r.at.back[:len(r.at.back)-1], r.at.page
		}
		if stopped < len(rows) || len(r.table.Rows) >= r.limit || r.tooLong(ctx) {
			r.out.NextCursor = r.keep()
			return nil
		}
		page.Release()
		r.at.token = r.at.back[len(r.at.back)-1]
		page, err = r.list(ctx)
		if r.brokeOff(ctx, err) {
			return nil
		}
		r.done += len(page.Items)
	}
}

// last is the page to begin with: the one of the cursor, or the last there is.
func (r *rowReader) last(ctx context.Context) (coda.Page[coda.Row], error) {
	if r.at.back != nil {
		r.at.token = r.at.back[len(r.at.back)-1]
		return r.list(ctx)
	}
	chain := coda.Chain{}
	r.at.page, r.at.back = 500, []string{""}
	for {
		page, err := r.list(ctx)
		if err != nil || page.NextPageToken == "" {
			r.at.end = len(page.Items)
			return page, err
		}
		r.done += len(page.Items)
		page.Release()
		if isLate(ctx, namesTime) {
			return page, words.Say("The table has more than %s: its newest cannot be reached in one call. Ask coda_recent_changes, or coda_query_rows with a condition on a date column.", words.Count(r.done, "row"))
		}
		if err := chain.Follow(page.NextPageToken); err != nil {
			return page, err
		}
		r.at.token = page.NextPageToken
		r.at.back = append(r.at.back, page.NextPageToken)
	}
}

// namesTime is left of a call's time when walking to the last page ends.
const namesTime = 15 * time.Second

// finish puts the rows into the answer.
func (r *rowReader) finish(err error) (listRowsResult, error) {
	if err != nil {
		return r.out, err
	}
	if r.table != nil {
		r.out.Columns, r.out.Rows, r.out.shared = r.table.compact()
		r.out.Note = r.notes()
	}
	return r.out, nil
}

// notes say how to read the rows, the way to read any first.
func (r *rowReader) notes() string {
	var texts, forms, spoken string
	if len(r.out.Texts) > 0 {
		texts = textsNote
	}
	if len(r.out.Forms) > 0 {
		forms = formsNote
	}
	if said := r.at.filter.said; said != "" && !r.none() {
		spoken = "Read as the condition " + words.Quote(said) + ": no row holds just that."
	}
	return words.Sentences(texts, forms, r.at.filter.several(r.table), spoken, r.table.who.found(r.before), r.out.Note, r.table.note)
}

// present leaves out the columns that a view hides, whose rows do not have
// them, and buttons, which show the same label in every row.
func present(columns []coda.Column, rows []coda.Row) []coda.Column {
	columns = withoutButtons(columns)
	missing := map[string]bool{}
	for _, c := range columns {
		missing[nameInJSON(c.ID)] = len(rows) > 0
	}
	for _, r := range rows {
		for name := range r.Values.Fields() {
			delete(missing, string(plainName(name)))
		}
		if len(missing) == 0 {
			break // as after the first row, mostly
		}
	}
	return slices.DeleteFunc(columns, func(c coda.Column) bool { return missing[nameInJSON(c.ID)] })
}
