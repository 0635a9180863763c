package index

import (
	"context"
	"sync"
)

// mostAtOnce is how many searches work at the same time. Each may read many
// long texts, and more of them at once end no sooner.
const mostAtOnce = 2

// turns lets a few at a time work. The zero value is ready.
type turns struct {
	once sync.Once
	free chan struct{}
}

// take waits for a turn; done gives it back.
func (t *turns) take(ctx context.Context) (done func(), err error) {
	t.once.Do(func() { t.free = make(chan struct{}, mostAtOnce) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case t.free <- struct{}{}:
		return func() { <-t.free }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
