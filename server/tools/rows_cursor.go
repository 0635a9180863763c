package tools

import (
	"crypto/rand"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// rowsAt is where rows of a table go on, and all that was asked for. Cursors
// name one that is kept here: Coda's page tokens alone are longer than a model
// copies without a slip.
type rowsAt struct {
	place   string // doc/table id
	filter  rowsFilter
	sort    string
	newest  bool
	visible *bool
	shown   []coda.Column // as asked for; nil for all
	limit   int           // rows of an answer
	page    int           // rows of one request
	token   string        // Coda's page token
	skip    int           // rows of that page that are done
	before  int           // rows before that page
	who     namesakes     // names of the parts before

	// back are the page tokens from the first page to the one at work, where
	// the newest rows come first; end is how many rows of that one are left.
	back []string
	end  int
}

// rowsCursorAge is how long a cursor is good for.
const rowsCursorAge = time.Hour

// keepRows gives the cursor of a place.
func (t *Tools) keepRows(at rowsAt) string {
	cursor := "rows-" + rand.Text()[:12]
	t.rowsAt.Put(cursor, at)
	return cursor
}

// rowsCursor is the place of a cursor.
func (t *Tools) rowsCursor(cursor string, p find.Place) (rowsAt, error) {
	at, kept, ok := t.rowsAt.Peek(strings.TrimSpace(cursor))
	if !ok || t.o.Now().Sub(kept) > rowsCursorAge {
		return at, words.Say("The cursor is not known any more, or never was. Call again without cursor, from the start.")
	}
	if at.place != p.Doc.ID+"/"+p.Table {
		return at, words.Say("The cursor does not belong to this table. Call again without cursor, from the start.")
	}
	return at, nil
}

// smaller begins anew with smaller pages, and skips what was done.
func (at rowsAt) smaller() rowsAt {
	at.page, at.skip = max(at.page/4, 1), at.skip+at.before
	at.token, at.before = "", 0
	return at
}
