package index

import (
	"context"
	"errors"
	"fmt"
	"time"

	store "codabridge/server/store/index"
)

// Since asks for what has changed.
type Since struct {
	// Time is the moment from which on changes are meant.
	Time time.Time
	// Until is the last moment that is meant; zero for all since Time.
	Until time.Time
	// Newest is the moment after which Later counts; zero where it does not.
	Newest time.Time
	// Documents narrows it to docs with these ids; nil means all.
	Documents []string
	// Limit is how many changes are given.
	Limit int
	// Caller tells who asks; one caller has one search at work at a time.
	Caller string
}

// Change is a page or row that has changed.
type Change struct {
	// ID is page:…/… or row:…/…/…, as fetch takes it; Kind page or row.
	ID, Kind string
	// Title is its own name, Holder that of a row's table, Doc the doc's.
	Title, Holder, Doc string
	URL                string
	Updated            time.Time
	// By is who changed it, where Coda tells: of pages.
	By string
}

// Recent is what has changed, as far as the index knows.
type Recent struct {
	Changes []Change // the newest first
	// Counts say how much changed since Time in each doc and table, the largest
	// first; All is how much did until Until.
	Counts []ChangeCount
	All    int
	Later  int // how much changed after Newest
	// Stopped tells that counting took too long, so that Counts is empty.
	Stopped  bool
	Coverage Coverage
}

// ChangeCount is how many pages of a doc, or rows of a table of it, changed.
type ChangeCount struct {
	Doc, Table string // names; Table is empty for pages
	Count      int
}

// Recent lists the pages and rows that changed. ErrNone says that there is no
// index to ask.
func (x *Index) Recent(ctx context.Context, a Since) (Recent, error) {
	done, err := x.slots.acquire(ctx, a.Caller)
	if err != nil {
		return Recent{}, fmt.Errorf("index: recent changes: %w", err)
	}
	defer done()
	db, owner, err := x.reading()
	if err != nil {
		return Recent{}, err
	}
	defer x.using.RUnlock()
	var out Recent
	out.Coverage, err = x.coverage(ctx, db, a.Documents)
	if err != nil {
		return Recent{}, x.noticed(err)
	}
	scope := store.Scope{Docs: a.Documents, NotDocs: x.o.Excluded()}
	err = db.View(ctx, owner, func(v *store.View) error {
		changed, err := v.Changed(store.Span{From: a.Time, To: a.Until}, scope, a.Limit)
		if err != nil {
			return err
		}
		for _, c := range changed {
			out.Changes = append(out.Changes, changeOf(c))
		}
		err = v.Within(x.o.SearchTime, func(v *store.View) error { return out.count(v, a, scope) })
		out.Stopped = errors.Is(err, store.ErrSpent)
		if out.Stopped {
			out.Counts, out.All, err = nil, 0, nil
		}
		return err
	})
	if err != nil {
		return Recent{}, x.noticed(fmt.Errorf("index: recent changes: %w", err))
	}
	return out, nil
}

func (r *Recent) count(v *store.View, a Since, scope store.Scope) error {
	counts, err := v.CountChanged(a.Time, scope)
	for _, c := range counts {
		r.Counts = append(r.Counts, ChangeCount{Doc: c.DocName, Table: c.Name, Count: c.Count})
		r.All += c.Count
	}
	if err == nil && !a.Until.IsZero() {
		var after int
		after, err = countAfter(v, a.Until, scope)
		r.All -= after
	}
	if err == nil && !a.Newest.IsZero() {
		r.Later, err = countAfter(v, a.Newest, scope)
	}
	return err
}

// countAfter counts what changed after a moment, which is kept in milliseconds.
func countAfter(v *store.View, moment time.Time, scope store.Scope) (n int, err error) {
	counts, err := v.CountChanged(moment.Add(time.Millisecond), scope)
	for _, c := range counts {
		n += c.Count
	}
	return n, err
}

func changeOf(c store.Changed) Change {
	out := Change{Kind: kindNamesOut[c.Kind], Title: c.Title, Doc: c.DocName, URL: c.URL, Updated: c.Updated, By: c.By}
	if c.Kind == store.Rows {
		out.ID, out.Holder = "row:"+c.Doc+"/"+c.Holder+"/"+c.Ref, c.HolderName
		return out
	}
	out.ID = "page:" + c.Doc + "/" + c.Ref
	return out
}
