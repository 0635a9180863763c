package tools

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// workers is how many requests of one call run at once; Coda's limit leaves
// no use for more.
const workers = 8

// eachOf runs do for 0 … n-1, some at a time, waits for all, and gives the
// first error. After an error no new ones start.
func eachOf(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	next := make(chan int)
	for range min(workers, n) {
		wg.Go(func() {
			for i := range next {
				if err := shielded(ctx, i, do); err != nil {
					once.Do(func() { first = err; cancel() })
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	wg.Wait()
	if first == nil {
		first = ctx.Err() // set only from outside: cancel has not run yet
	}
	return first
}

// shielded turns a panic into an error: in a goroutine it would end the
// process.
func shielded(ctx context.Context, i int, do func(context.Context, int) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return do(ctx, i)
}
