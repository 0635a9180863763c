package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"sync"
	"time"

	"codabridge/server/coda"
	"codabridge/server/store"
)

// each does jobs with a few hands at once and waits for all of them. A job
// that fails is left for the next pass, unless many do, one after the other,
// or for a reason that the next one shares.
func (p *pass) each(ctx context.Context, jobs iter.Seq[func(context.Context) error]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	slots := make(chan struct{}, p.x.o.Hands)
	var hands sync.WaitGroup
	for job := range jobs {
		if p.mine(ctx) != nil {
			break
		}
		slots <- struct{}{}
		hands.Go(func() {
			defer func() { <-slots }()
			if err := p.judge(job(ctx)); err != nil {
				cancel(err)
			}
			p.x.changed(false)
		})
	}
	hands.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return p.mine(ctx)
}

// judge decides whether a failed job ends the pass.
func (p *pass) judge(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.failures = 0
		return nil
	}
	if p.failures++; p.failures >= patience || !passing(err) {
		return err
	}
	p.x.o.Log.Debug("index: left for the next pass", "err", err)
	return nil
}

// passing tells errors that another request may not meet.
func passing(err error) bool {
	return coda.IsKind(err, coda.KindUnavailable, coda.KindNetwork, coda.KindOdd, coda.KindBadRequest, coda.KindTooLarge)
}

// refused tells that Coda will not give a doc, page or table, whoever asks
// again.
func refused(err error) bool {
	return coda.IsKind(err, coda.KindForbidden, coda.KindNotFound, coda.KindGone, coda.KindBadRequest) || errors.Is(err, coda.ErrSegment)
}

func refusal(err error) string {
	switch {
	case coda.IsKind(err, coda.KindForbidden):
		return "This token may not read it."
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

func orText(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

func docURL(d coda.Doc) string { return orText(d.BrowserLink, "https://docs.superhuman.com/d/_d"+d.ID) }

// eachWaiting reads what waits in each doc, doc after doc in the order of Docs.
func eachWaiting[W any](ctx context.Context, p *pass, waiting func(context.Context, int64) ([]W, error), read func(context.Context, store.IndexDocState, W) error) error {
	docs, err := p.db.Docs(ctx)
	if err != nil {
		return err
	}
	var failed error
	err = p.each(ctx, func(yield func(func(context.Context) error) bool) {
		for _, d := range docs {
			if !p.readable(d) || d.Done == d.Version && d.Done != "" {
				continue
			}
			all, err := waiting(ctx, d.Num)
			if failed = err; err != nil {
				return
			}
			for _, w := range all {
				if !yield(func(ctx context.Context) error { return read(ctx, d, w) }) {
					return
				}
			}
		}
	})
	return errors.Join(err, failed)
}
