package coda

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// What the answers of Coda may take of memory, in bytes. All work together
// holds at most freely for each piece of work and most for each of the few
// that go deep: with 64 calls at once, 64 x 512 KiB + 4 x 24 MiB = 128 MiB.
const (
	// freely is what a piece of work may hold without asking.
	freely = 512 << 10
	// deepAtOnce is how many may hold more at a time; others wait.
	deepAtOnce = 4
	// mostHeld is what such a one may hold.
	mostHeld = 24 << 20
	// deepPatience is how long one waits for its turn.
	deepPatience = 30 * time.Second
)

// budget bounds the bytes of answers in flight. One who goes deep waits for
// nobody from then on, so no two can wait for each other.
type budget struct{ deep chan struct{} }

func newBudget() *budget { return &budget{deep: make(chan struct{}, deepAtOnce)} }

// hold is what one piece of work holds of answers.
type hold struct {
	mu     sync.Mutex // guards what follows
	bytes  int64
	budget *budget // whose turn it has; nil while it holds little
}

type holdKey struct{}

// WithHold marks all calls made with a context as one piece of work, which
// keeps the answers until done is called. Calls without one are pieces of their
// own, and keep nothing when they return.
func WithHold(ctx context.Context) (_ context.Context, done func()) {
	h := &hold{}
	return context.WithValue(ctx, holdKey{}, h), h.done
}

// LetGo gives back what the work of a context holds: it keeps nothing of the
// answers any more, as one that waits for the owner.
func LetGo(ctx context.Context) {
	if h, ends := held(ctx); !ends {
		h.done()
	}
}

// Keep counts n bytes more that the work of a context keeps of answers, in a
// form of its own: a caller that reads a long list must not make more of it
// than it may. The error is as of an answer that is too large.
func (c *Client) Keep(ctx context.Context, n int) error {
	h, ends := held(ctx)
	if ends || n <= 0 {
		return nil
	}
	err := h.take(ctx, c.budget, int64(n))
	if errors.Is(err, errTooMuch) {
		return &APIError{Operation: "read a list", Kind: KindTooLarge, Message: "what is to be kept of it is too large; ask for fewer rows or columns"}
	}
	return err
}

// take waits until n more bytes may be held.
func (h *hold) take(ctx context.Context, b *budget, n int64) error {
	if ok, err := h.add(n, nil); ok || err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, deepPatience)
	defer cancel()
	select {
	case b.deep <- struct{}{}:
	case <-wait.Done():
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: codabridge reads several large answers of Coda already", ErrBusy)
	}
	_, err := h.add(n, b)
	return err
}

// add takes n bytes where that needs no turn, or with the turn that was got;
// one that turns out not to be needed is given back.
func (h *hold) add(n int64, turn *budget) (ok bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.bytes+n > mostHeld:
		err = errTooMuch
	case h.bytes+n > freely && h.budget == nil && turn == nil:
		return false, nil
	default:
		h.bytes += n
	}
	switch {
	case turn == nil:
	case h.budget == nil && h.bytes > freely:
		h.budget = turn
	default:
		<-turn.deep
	}
	return err == nil, err
}

// give gives n bytes back, and the turn where it is not needed any more.
func (h *hold) give(n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bytes -= n
	if h.budget != nil && h.bytes <= freely {
		<-h.budget.deep
		h.budget = nil
	}
}

func (h *hold) done() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bytes = 0
	if h.budget != nil {
		<-h.budget.deep
		h.budget = nil
	}
}

// held is the hold of a context, or one that ends with the call itself.
func held(ctx context.Context) (_ *hold, ends bool) {
	if h, ok := ctx.Value(holdKey{}).(*hold); ok {
		return h, false
	}
	return &hold{}, true
}
