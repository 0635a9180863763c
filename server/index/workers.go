package index

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"time"

	"golang.org/x/sync/errgroup"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// job is one thing to read. Its id is that of a page or table, or of a doc
// whose names are read.
type job struct {
	id int64
	do func(context.Context) error
}

// each does jobs with a few workers and waits for all of them. A job that
// fails is put off, unless many do, one after the other, or for a reason that
// the next one shares.
func (p *pass) each(ctx context.Context, jobs iter.Seq[job]) error {
	before := ctx // the one of the workers ends with them
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(p.x.o.Workers)
	for j := range jobs {
		if p.checkOwner(ctx) != nil {
			break
		}
		if p.x.isPutOff(j.id) {
			p.left.Add(1)
			continue
		}
		workers.Go(func() error {
			defer p.x.changed(false)
			return p.endsPass(j.id, j.do(ctx))
		})
	}
	if err := workers.Wait(); err != nil {
		return err
	}
	return p.checkOwner(before)
}

// endsPass decides whether a failed job ends the pass. What ends it for want of
// an answer is put off too, so that the next pass does not begin with it.
func (p *pass) endsPass(id int64, err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.failures = 0
		p.x.given(id)
		return nil
	}
	if !passing(err) {
		return err
	}
	p.x.o.Log.Warn("index: put off", "err", err)
	cut := coda.IsKind(err, coda.KindNetwork)
	p.x.putOff(id, cut)
	p.left.Add(1)
	p.failures++
	if cut {
		p.cut.Store(true)
	}
	if p.failures >= patience || p.failures >= patienceOffline && cut {
		return err
	}
	return nil
}

// passing tells errors that another request may not meet.
func passing(err error) bool {
	return coda.IsKind(err, coda.KindUnavailable, coda.KindNetwork, coda.KindOdd, coda.KindBadRequest, coda.KindTooLarge)
}

// putOff notes that a thing could not be read, and is not asked for again
// until some rounds have passed, more each time. One for which the network was
// cut is no worse than others the first time; what is cut off each time waits
// some minutes, so that no pass spends its patience on it.
func (x *Index) putOff(id int64, cut bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	l := x.later[id]
	wait := time.Duration(0)
	if cut {
		l.cuts++
		if l.cuts > 1 {
			wait = min(time.Minute<<min(l.cuts, 12), retryAfter)
		}
	} else {
		l.times++
		wait = min(x.o.Every<<min(l.times, 7), retryAfter)
	}
	l.until = x.o.Now().Add(wait)
	x.later[id] = l
}

// given notes that a thing could be read.
func (x *Index) given(id int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.later, id)
}

func (x *Index) isPutOff(id int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	l, ok := x.later[id]
	left := l.until.Sub(x.o.Now())
	return ok && left > 0 && left <= retryAfter // a clock that was set back puts nothing off for ever
}

// refused tells that Coda will not give a page or table, whoever asks again.
func refused(err error) bool {
	return refusedDoc(err) || coda.IsKind(err, coda.KindBadRequest)
}

// refusedDoc tells the same of a whole doc.
func refusedDoc(err error) bool {
	return coda.IsKind(err, coda.KindForbidden, coda.KindNotFound, coda.KindGone, coda.KindDocTooLarge) || errors.Is(err, coda.ErrSegment)
}

func refusal(err error) string {
	switch {
	case coda.IsKind(err, coda.KindForbidden):
		return "This token may not read it."
	case coda.IsKind(err, coda.KindDocTooLarge):
		return tooLarge
	case coda.IsKind(err, coda.KindNotFound, coda.KindGone):
		return "It is gone, or not visible with this token."
	}
	var e *coda.APIError
	if errors.As(err, &e) {
		return "Coda refuses it: " + clipText(e.Message, 200)
	}
	return "Coda refuses it."
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// OwnerOf makes what Options.Owner gives of a token and the address that it is
// used at. It cannot be turned back; no token gives no owner.
func OwnerOf(token, base string) string {
	if token == "" {
		return ""
	}
	return hash("codabridge index\n" + base + "\n" + token)
}

func moment(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s) // the zero time says unknown
	return t
}

func docURL(d coda.Doc) string { return cmp.Or(d.BrowserLink, "https://docs.superhuman.com/d/_d"+d.ID) }

// eachWaiting reads what waits in each doc, doc after doc in the order of Docs.
func eachWaiting[W interface{ Thing() int64 }](ctx context.Context, p *pass,
	waiting func(context.Context, int64) ([]W, error), read func(context.Context, store.DocState, W) error) error {
	docs, err := p.db.Docs(ctx)
	if err != nil {
		return err
	}
	var failed error
	err = p.each(ctx, func(yield func(job) bool) {
		for _, d := range docs {
			if !p.readable(d) || d.Done == d.Version && d.Done != "" {
				continue
			}
			all, err := waiting(ctx, d.Num)
			failed = err
			if err != nil {
				return
			}
			for _, w := range all {
				if !yield(job{w.Thing(), func(ctx context.Context) error { return read(ctx, d, w) }}) {
					return
				}
			}
		}
	})
	return errors.Join(err, failed)
}
