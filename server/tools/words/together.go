package words

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// ErrPanic marks a defect of ours that was met while working.
var ErrPanic = errors.New("tools: a part of this call met a fault")

// IsContext says that err came of a call that ended.
func IsContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// workers is how many requests of one call run at once; Coda's limit leaves
// no use for more.
const workers = 8

// EachOf runs do for 0 … n-1, some at a time, waits for all, and gives the
// first error. After an error no new ones start.
func EachOf(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	if n == 1 && ctx.Err() == nil { // no goroutine is needed for one alone
		return cmp.Or(shielded(ctx, 0, do), ctx.Err())
	}
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for i := range n {
		if each.Err() != nil {
			break
		}
		g.Go(func() error { return shielded(each, i, do) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// shielded turns a panic into an error: in a goroutine it would end the
// process.
func shielded(ctx context.Context, i int, do func(context.Context, int) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
		}
	}()
	return do(ctx, i)
}
