package index

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// write is a place that somebody has written to through codabridge. Kind Docs
// means the names in the doc, and then ref is empty.
type write struct {
	doc  string
	kind int
	ref  string
}

// written is what is known of a write that the index may not have yet.
type written struct {
	at    time.Time // the last one
	next  time.Time // when it is looked for again
	tries int
}

// catchPauses are the waits between looks for a write: Coda answers from
// snapshots that may be some seconds behind. After the last one the crawler
// finds it in its next pass.
var catchPauses = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 30 * time.Second}

// newDoc stands for a doc that was made, of which the id is not known.
const newDoc = ""

// mostWrites is how many places are remembered; of more, only their docs.
const mostWrites = 200

// Wrote hears of a write that Coda took, by the path of its request, so that
// what it changed is read before all else. Other paths are no matter.
func (x *Index) Wrote(path []string) {
	w, ok := writeOf(path)
	if !ok {
		return
	}
	x.mu.Lock()
	if len(x.wrote) >= mostWrites {
		w = write{doc: w.doc}
	}
	now := x.o.Now()
	x.wrote[w] = &written{at: now, next: now}
	x.mu.Unlock()
	select {
	case x.urgent <- struct{}{}:
	default:
	}
}

// writeOf tells what a write to this path may have changed.
func writeOf(path []string) (w write, ok bool) {
	if len(path) == 0 || path[0] != "docs" || path[len(path)-1] == "export" {
		return w, false
	}
	if len(path) == 1 {
		return write{doc: newDoc}, true
	}
	w.doc = path[1]
	switch {
	case len(path) == 2, len(path) == 3 && path[2] == "pages":
		return w, true
	case len(path) > 3 && path[2] == "pages":
		w.kind, w.ref = store.Pages, path[3]
		return w, true
	case len(path) > 4 && path[2] == "tables":
		w.kind, w.ref = store.Tables, path[3]
		return w, true
	}
	return w, false
}

// catchUp reads what was written as soon as it can, until ctx ends.
func (x *Index) catchUp(ctx context.Context) {
	t := time.NewTimer(time.Hour)
	defer t.Stop()
	for ctx.Err() == nil {
		wait := time.Hour
		for w, next := range x.dueWrites() {
			if left := next.Sub(x.o.Now()); left > 0 {
				wait = min(wait, left)
				continue
			}
			x.catch(ctx, w)
			wait = 0
		}
		if wait == 0 {
			continue
		}
		t.Reset(wait)
		select {
		case <-ctx.Done():
		case <-x.urgent:
		case <-t.C:
		}
	}
}

// dueWrites are the writes that are still looked for, and when.
func (x *Index) dueWrites() map[write]time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := map[write]time.Time{}
	for w, s := range x.wrote {
		if s.tries <= len(catchPauses) {
			out[w] = s.next
		}
	}
	return out
}

// catch looks once for what was written, and notes how that went.
func (x *Index) catch(ctx context.Context, w write) {
	x.mu.Lock()
	s := x.wrote[w]
	if s == nil { // a search saw meanwhile that it is there, or all was forgotten
		x.mu.Unlock()
		return
	}
	at := s.at
	x.mu.Unlock()
	there, err := x.readWritten(coda.WithBackground(ctx), w)
	if err != nil && ctx.Err() == nil {
		x.o.Log.Warn("index: read what was written", "err", err)
	}
	x.changed(true)
	x.mu.Lock()
	defer x.mu.Unlock()
	s = x.wrote[w]
	switch {
	case s == nil || s.at != at: // another write came meanwhile
	case there:
		delete(x.wrote, w)
	default:
		s.next = x.o.Now().Add(catchPauses[min(s.tries, len(catchPauses)-1)])
		s.tries++
	}
}

// readWritten reads what was written, and tells whether it differs from what
// was there.
func (x *Index) readWritten(ctx context.Context, w write) (there bool, err error) {
	owner := x.o.Owner()
	if owner == "" || !x.o.Enabled() || x.o.Paused() {
		return false, nil
	}
	db, done, err := x.writing(ctx, owner)
	if err != nil || db == nil {
		return false, err
	}
	defer done()
	p := &pass{x: x, db: db, owner: owner, began: x.o.Now().Truncate(time.Millisecond)}
	if w.doc == newDoc {
		return p.newDocs(ctx)
	}
	d, known, err := p.docOf(ctx, w.doc)
	if err != nil || !known || !p.readable(d) {
		return known, err
	}
	return p.readAgain(ctx, d, w)
}

// readAgain reads a page, a table, or the names of a doc and its new pages. The
// doc stays one that the next pass looks at once more.
func (p *pass) readAgain(ctx context.Context, d store.DocState, w write) (there bool, err error) {
	known := false
	if w.kind != store.Docs {
		known, err = p.db.Await(ctx, d.Num, w.kind, w.ref)
		if err != nil {
			return false, err
		}
	}
	var changed atomic.Int64
	p.turned = &changed
	switch {
	case known && w.kind == store.Pages:
		err = p.waitingPages(ctx, d, w.ref)
	case known:
		err = p.waitingTables(ctx, d, w.ref)
	}
	if err == nil && changed.Load() == 0 && (w.kind != store.Tables || !known) {
		err = p.namesAgain(ctx, d)
	}
	if err == nil && !known && w.kind == store.Tables { // a view: what it shows is in one of the others
		err = p.waitingTables(ctx, d, "")
	}
	return changed.Load() > 0, errors.Join(err, p.db.Unfinished(ctx, d.Num))
}

// namesAgain reads the names in a doc, its own, and the pages that are new.
func (p *pass) namesAgain(ctx context.Context, d store.DocState) error {
	before, err := p.db.Names(ctx, d.Num)
	if err != nil {
		return err
	}
	doc, err := p.x.o.Coda.GetDoc(ctx, d.ID)
	p.x.requests.Add(1)
	if refusedDoc(err) { // it was deleted, or is not for this token any more
		p.count(1)
		return p.db.SkipDoc(ctx, d.Num, refusal(err), p.x.o.Now().Add(retryAfter))
	}
	if err == nil {
		err = p.addDocs(ctx, doc)
	}
	if err == nil {
		err = p.docNames(ctx, d)
	}
	if err != nil {
		return err
	}
	after, err := p.db.Names(ctx, d.Num)
	if err != nil {
		return err
	}
	if before != after {
		p.count(1)
	}
	return p.waitingPages(ctx, d, "")
}

// waitingPages reads the page with this ref, or every one that waits.
func (p *pass) waitingPages(ctx context.Context, d store.DocState, ref string) error {
	pages, err := p.db.WaitingPages(ctx, d.Num)
	for _, g := range pages {
		if err == nil && (ref == "" || ref == g.Ref) {
			err = p.pageText(ctx, d, g)
		}
	}
	return err
}

func (p *pass) waitingTables(ctx context.Context, d store.DocState, ref string) error {
	tables, err := p.db.WaitingTables(ctx, d.Num)
	for _, t := range tables {
		if err == nil && (ref == "" || ref == t.Ref) {
			err = p.table(ctx, d, t)
		}
	}
	return err
}

// count notes that so many things were found to have changed.
func (p *pass) count(changed int) {
	if p.turned != nil {
		p.turned.Add(int64(changed))
	}
}
