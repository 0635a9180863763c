package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

const (
	// fresh docs are looked at once more: Coda answers from snapshots that
	// may be some minutes behind its own list of docs.
	freshFor = 5 * time.Minute
	// tablesAge and namesAge are how long may pass without a second look at
	// what Coda does not tell: recalculated columns, and lost changes.
	tablesAge = 24 * time.Hour
	namesAge  = 7 * 24 * time.Hour
	// retryAfter is how long a doc or page that was refused stays skipped.
	retryAfter = 24 * time.Hour
	// patience is how many things may fail one after the other; offline, the
	// next one is not likely to fare better.
	patience        = 25
	patienceOffline = 5

	tooLarge = "It is over 125 MB, and Coda's API does not give such docs."
)

// errSwapped says that the token is another one now: what was read goes
// nowhere.
var errSwapped = errors.New("index: the token has changed")

// pass is one walk over what has changed.
type pass struct {
	x     *Index
	db    *store.DB
	owner string
	began time.Time

	mu       sync.Mutex   // guards failures
	failures int          // one after the other
	left     atomic.Int64 // things that were put off
	cut      atomic.Bool  // the network failed for some of them
	// turned counts what was found to have changed; nil counts nothing.
	turned *atomic.Int64
}

// crawl brings the index up to date: titles, names, texts, rows, each for all
// docs before the next, so that each is of use as soon as it is there.
func (x *Index) crawl(ctx context.Context, owner string) error {
	x.using.RLock()
	db := x.db
	x.using.RUnlock()
	if db == nil {
		return context.Canceled
	}
	p := &pass{x: x, db: db, owner: owner, began: x.o.Now().Truncate(time.Millisecond)}
	var gone error
	for i, stage := range []struct {
		work string
		do   func(context.Context) error
	}{
		{"Listing the docs", p.titles},
		{"Reading the names of pages and tables", p.names},
		{"Reading the pages", p.texts},
		{"Reading the rows of tables", p.rows},
		{"Noting what is complete", p.finish},
	} {
		x.say(stage.work, "")
		err := stage.do(ctx)
		if err != nil && (i == 0 || !passing(err) || coda.IsKind(err, coda.KindNetwork)) {
			return err
		}
		if err != nil {
			gone = err // this stage gave up; the next one may fare better
			p.failures = 0
		}
		x.changed(true)
	}
	if n := p.left.Load(); gone == nil && n > 0 {
		return errPutOff{n, p.cut.Load()}
	}
	return gone
}

// errPutOff says that a pass is over, but that Coda did not give so many
// things; with cut, some of them for want of a network, so that it is worth
// asking again soon.
type errPutOff struct {
	things int64
	cut    bool
}

func (e errPutOff) Error() string { return fmt.Sprintf("index: %d things were put off", e.things) }

// checkOwner fails when the token was swapped since the pass began.
func (p *pass) checkOwner(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.x.o.Owner() != p.owner {
		return errSwapped
	}
	return nil
}

// names is the second stage.
func (p *pass) names(ctx context.Context) error {
	docs, err := p.db.Docs(ctx)
	if err != nil {
		return err
	}
	return p.each(ctx, func(yield func(job) bool) {
		for _, d := range docs {
			if !p.readable(d) || (d.Named == d.Version && d.Named != "") {
				continue
			}
			if !yield(job{d.Num << 32, func(ctx context.Context) error { return p.docNames(ctx, d) }}) {
				return
			}
		}
	})
}

func (p *pass) readable(d store.DocState) bool { return !d.Excluded && d.Problem == "" }

func (p *pass) docNames(ctx context.Context, d store.DocState) error {
	things, err := p.thingsOf(ctx, d)
	if refusedDoc(err) {
		return p.db.SkipDoc(ctx, d.Num, refusal(err), p.x.o.Now().Add(retryAfter))
	}
	if err != nil {
		return err
	}
	if err := p.checkOwner(ctx); err != nil {
		return err
	}
	return p.db.SyncThings(ctx, d.Num, p.settled(d), things, p.x.o.Now())
}

// settled is the version to note for a doc: none while it is fresh.
func (p *pass) settled(d store.DocState) string {
	if age := p.x.o.Now().Sub(d.Updated); age >= 0 && age < freshFor {
		return ""
	}
	return d.Version
}

func (p *pass) thingsOf(ctx context.Context, d store.DocState) ([]store.Thing, error) {
	var out []store.Thing
	for g, err := range coda.Each(func(token string) (coda.Page[coda.DocPage], error) {
		p.x.requests.Add(1)
		return p.x.o.Coda.ListPages(ctx, d.ID, coda.ListOptions{Limit: 100, PageToken: token})
	}) {
		if err != nil {
			return nil, err
		}
		t := store.Thing{Kind: store.Pages, Ref: g.ID, Title: g.Name, URL: cmp.Or(g.BrowserLink, d.URL), Updated: moment(g.UpdatedAt),
			Version: g.UpdatedAt, Words: words(g.Name + " " + g.Subtitle), Also: also(g.Name, g.Subtitle), Subtitle: g.Subtitle,
			Empty: g.ContentType == "embed" || g.ContentType == "syncPage"}
		if g.Parent != nil {
			t.Parent = g.Parent.Name
		}
		if g.UpdatedBy != nil {
			t.Author = cmp.Or(g.UpdatedBy.Name, g.UpdatedBy.Email)
		}
		out = append(out, t)
	}
	for g, err := range coda.Each(func(token string) (coda.Page[coda.Table], error) {
		p.x.requests.Add(1)
		return p.x.o.Coda.ListTables(ctx, d.ID, coda.ListOptions{Limit: 100, PageToken: token})
	}) {
		if err != nil {
			return nil, err
		}
		t := store.Thing{Kind: store.Tables, Ref: g.ID, Title: g.Name, URL: cmp.Or(g.BrowserLink, d.URL),
			Words: words(g.Name), Also: also(g.Name), Empty: g.TableType == "view"}
		if g.Parent != nil {
			t.Parent = g.Parent.Name
		}
		out = append(out, t)
	}
	return out, nil
}

// finish notes the docs of which all is stored.
func (p *pass) finish(ctx context.Context) error {
	docs, err := p.db.Docs(ctx)
	if err != nil {
		return err
	}
	for _, d := range docs {
		named := d.NamedAt // of a doc whose names were not read just now, what is on it is not known
		if !p.readable(d) || named.IsZero() || (d.Named != d.Version && named.Before(p.began)) || (d.Done == d.Version && d.Done != "") {
			continue
		}
		pages, err := p.db.WaitingPages(ctx, d.Num)
		if err != nil {
			return err
		}
		tables, err := p.db.WaitingTables(ctx, d.Num)
		if err != nil {
			return err
		}
		if len(pages)+len(tables) > 0 {
			continue
		}
		if err := p.db.FinishDoc(ctx, d.Num, p.settled(d), p.x.o.Now()); err != nil {
			return err
		}
	}
	if err := p.db.Seal(ctx, sealedAtEnd); err != nil {
		return err
	}
	return p.compact(ctx)
}

// compact leaves no room held for nothing. What hinders it, such as a full disk,
// hinders nothing else: the next pass tries again.
func (p *pass) compact(ctx context.Context) error {
	err := p.db.Compact(ctx)
	if errors.Is(err, store.ErrDamaged) {
		return err
	}
	if err != nil && ctx.Err() == nil {
		p.x.o.Log.Warn("index: compact", "err", err)
	}
	return ctx.Err()
}

// sealedAtEnd is how many bytes of words are sealed when a pass ends. Fewer are
// found in the other way in a millisecond, and are not worth a segment.
const sealedAtEnd = 64 << 10

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }
