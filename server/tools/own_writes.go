package tools

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// ownWrite is a change that was made through these tools.
type ownWrite struct {
	doc, id  string // id as fetch takes it
	name, in string
	did      string // added, deleted or renamed; empty where it was changed
	by       string // the connection
	at       time.Time
	was      any // what was there before, as far as it is known
}

const (
	// mostOwn is how many changes are remembered, ownAge for how long: in
	// memory only, since they hold contents.
	mostOwn = 200
	ownAge  = 24 * time.Hour
)

// ownWrites are the last changes, so that a later conversation knows of them
// before the search index does, and can put back what was there.
type ownWrites struct {
	mu   sync.Mutex // guards what follows
	last []ownWrite // the newest at the end
}

// wrote remembers a change.
func (t *Tools) wrote(ctx context.Context, w ownWrite) {
	w.at, w.by = t.o.Now(), caller.From(ctx).Name
	t.own.mu.Lock()
	defer t.own.mu.Unlock()
	t.own.last = append(t.own.last, w)
	if len(t.own.last) > mostOwn {
		t.own.last = slices.Clone(t.own.last[1:])
	}
}

// What was done with a row or page, where it was not only changed.
const (
	didAdd    = "added"
	didDelete = "deleted"
	didRename = "renamed"
)

// wroteRow remembers what was done with a row.
func (t *Tools) wroteRow(ctx context.Context, p find.Place, did, name, table string, was map[string]any) {
	id := "row:" + p.Doc.ID + "/" + p.Table + "/" + p.Row
	w := ownWrite{doc: p.Doc.ID, id: id, did: did, name: words.Clip(words.OneLine(name), 120), in: countName(p.Doc.Name, table)}
	if was != nil {
		w.was = was
	}
	t.wrote(ctx, w)
}

// wrotePage remembers what was done with a page, whose text is read anew from now
// on. The name may be empty where it is as before.
func (t *Tools) wrotePage(ctx context.Context, p find.Place, did, name string, was []string) {
	t.texts.Delete(p.Doc.ID + "/" + p.Page)
	name = words.Clip(words.OneLine(cmp.Or(name, t.find.PageName(p))), 120)
	w := ownWrite{doc: p.Doc.ID, id: "page:" + p.Doc.ID + "/" + p.Page, did: did, name: name, in: countName(p.Doc.Name, "")}
	if len(was) > 0 {
		w.was = was
	}
	t.wrote(ctx, w)
}

// nameIn is the name that an edit gives a row, where it has one.
func nameIn(edit coda.RowEdit, columns []coda.Column) string {
	for _, cell := range edit.Cells {
		if slices.ContainsFunc(columns, func(c coda.Column) bool { return c.Display && c.ID == cell.Column }) {
			return words.PlainText(words.CellWords(cell.Value), "")
		}
	}
	return ""
}

func (o *ownWrites) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = nil
}

// since gives the changes from a moment on, the newest first.
func (o *ownWrites) since(from, now time.Time) []ownWrite {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []ownWrite
	for _, w := range slices.Backward(o.last) {
		if !w.at.Before(from) && now.Sub(w.at) < ownAge {
			out = append(out, w)
		}
	}
	return out
}

// ownSince are the changes through these tools that the caller may see.
func (t *Tools) ownSince(ctx context.Context, since time.Time, within []string) []ownWrite {
	return slices.DeleteFunc(t.own.since(since, t.o.Now()), func(w ownWrite) bool {
		return !t.find.Allows(ctx, w.doc) || within != nil && !slices.Contains(within, w.doc)
	})
}

func countName(doc, table string) string {
	if table == "" {
		return words.Clip(words.OneLine(doc), 80)
	}
	return words.Clip(words.OneLine(table), 80) + " · " + words.Clip(words.OneLine(doc), 80)
}
