package tools

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/tools/query"
	"codabridge/server/tools/words"
)

type recentChangesArgs struct {
	Since    string `json:"since"`
	Document string `json:"document"`
	Limit    int    `json:"limit"`
	Cursor   string `json:"cursor"`
}

type recentChange struct {
	at   time.Time
	When string `json:"when"` // RFC 3339
	ID   string `json:"id"`   // as fetch takes it
	// Did is added, deleted or renamed, where that was done through these tools.
	Did  string `json:"did,omitempty"`
	Name string `json:"name"`
	In   string `json:"in"` // the table, and the document
	By   string `json:"by,omitempty"`
	// Was is what was there before, where it was changed through these tools.
	Was any `json:"was,omitempty"`
}

type recentChangesResult struct {
	Since   string         `json:"since"`
	Changes []recentChange `json:"changes"`
	// Counts are of all changes, by document and table; a later part has none.
	Counts     map[string]int `json:"counts,omitempty"`
	More       int            `json:"more,omitempty"` // changes that come with NextCursor
	NextCursor string         `json:"next_cursor,omitempty"`
	Note       string         `json:"note"`

	all   int // changes there are until the moment of the part, told before or now
	later int // changes since the first part
}

// shownChanges is how many changes are listed where no limit is given, and
// shownCounts how many counts.
const (
	shownChanges = 25
	shownCounts  = 20
)

// changesAt is where a list of changes goes on, and what was asked for. What
// changes meanwhile moves to the top, above all that was told: it is counted.
type changesAt struct {
	by     string // the connection, whose documents these are
	asked  recentChangesArgs
	since  time.Time
	within []string // documents, as they are allowed now; nil for all
	limit  int
	until  time.Time       // of the last one that was told; zero at the beginning
	told   map[string]bool // ids of that moment, and of changes made here
	newest time.Time       // of the first part
}

// changesCursorAge is how long a cursor is good for.
const changesCursorAge = time.Hour

// changesFrom is the place of the cursor, or the beginning.
func (t *Tools) changesFrom(ctx context.Context, a recentChangesArgs) (at changesAt, err error) {
	by, asked := caller.From(ctx).ID, recentChangesArgs{Since: a.Since, Document: a.Document}
	at = changesAt{by: by, asked: asked, limit: cmp.Or(a.Limit, shownChanges)}
	if a.Cursor == "" {
		at.since, err = query.Since(cmp.Or(a.Since, "7 days"), t.o.Now())
		if err != nil {
			return at, words.Say("%s.", err.Error())
		}
	} else {
		var kept time.Time
		var ok bool
		at, kept, ok = t.changesAt.Peek(strings.TrimSpace(a.Cursor))
		if !ok || at.by != by || t.o.Now().Sub(kept) > changesCursorAge {
			return at, words.Say("The cursor is not known any more, or never was. Call again without cursor, from the start.")
		}
		if asked != (recentChangesArgs{}) && asked != at.asked {
			return at, words.Say("The cursor belongs to another since or document. Give it with the same ones as before, or alone.")
		}
		at.limit = cmp.Or(a.Limit, at.limit)
	}
	if at.asked.Document == "" {
		at.within, err = t.find.Within(ctx)
		return at, err
	}
	doc, err := t.find.Doc(ctx, at.asked.Document)
	at.within = []string{doc.ID}
	return at, err
}

// part makes of the changes that are known the part that is told now: with those
// made here, without what was told before, and with the cursor of the rest.
func (t *Tools) part(ctx context.Context, out recentChangesResult, at changesAt) recentChangesResult {
	own := t.ownSince(ctx, at.since, at.within)
	out.withOwn(own)
	mine, ownLater := map[string]bool{}, 0
	for _, w := range own {
		if !mine[w.id] && w.at.After(at.newest) {
			ownLater++
		}
		mine[w.id] = true
	}
	if at.until.IsZero() && len(out.Changes) > 0 {
		at.newest = out.Changes[0].at
	} else if !at.until.IsZero() {
		out.Counts = nil
		out.Changes = slices.DeleteFunc(out.Changes, func(c recentChange) bool { return at.told[c.ID] || c.at.After(at.until) })
		if later := max(out.later, ownLater); later > 0 {
			out.Note = fmt.Sprintf("%s since the first part, which no part tells: ask without cursor for that. ", words.Count(later, "change")) + out.Note
		}
	}
	over := len(out.Changes) - at.limit
	if over <= 0 {
		return out
	}
	out.Changes = out.Changes[:at.limit]
	told := 0 // of those that out.all counts
	for id := range at.told {
		if !mine[id] {
			told++
		}
	}
	out.More = max(out.all-told-len(out.Changes), over)
	out.NextCursor = "changes-" + rand.Text()[:12]
	t.changesAt.Put(out.NextCursor, at.after(out.Changes, mine))
	return out
}

// after is the place behind those changes, with what must not be told again: those
// of the same moment, and those made here, whose moment the index knows otherwise.
func (at changesAt) after(changes []recentChange, mine map[string]bool) changesAt {
	last, told := changes[len(changes)-1].at, map[string]bool{}
	for id := range at.told {
		if mine[id] || last.Equal(at.until) {
			told[id] = true
		}
	}
	for _, c := range changes {
		if mine[c.ID] || c.at.Equal(last) {
			told[c.ID] = true
		}
	}
	at.until, at.told = last, told
	return at
}

// withOwn puts what was written through these tools among the changes, with
// what was there before.
func (r *recentChangesResult) withOwn(own []ownWrite) {
	for _, w := range slices.Backward(own) {
		c := recentChange{at: w.at, ID: w.id, Did: w.did, Name: w.name, In: w.in, By: w.by, Was: w.was}
		at := slices.IndexFunc(r.Changes, func(c recentChange) bool { return c.ID == w.id })
		if at >= 0 {
			older := r.Changes[at]
			if older.at.After(c.at) {
				c.at = older.at
			}
			c.Did, c.Name = cmp.Or(c.Did, older.Did), cmp.Or(c.Name, older.Name)
			if c.Was == nil {
				c.Was = older.Was
			}
			r.Changes = slices.Delete(r.Changes, at, at+1)
		}
		c.When = c.at.UTC().Format(time.RFC3339)
		r.Changes = slices.Insert(r.Changes, 0, c)
	}
	slices.SortStableFunc(r.Changes, func(a, b recentChange) int { return b.at.Compare(a.at) })
}
