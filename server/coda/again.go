package coda

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// tries counts what one call has met so far.
type tries struct {
	refusals, failures int   // 429 answers, and gateway errors
	mark               int64 // of stuckGuard
}

// pause is how long to wait before a call is sent again; zero means not to
// send it again.
func (c *Client) pause(k *call, e *APIError, n *tries) time.Duration {
	switch {
	case e.Status == http.StatusTooManyRequests:
		n.refusals++
		if c.stuck.refused(n.refusals, n.mark) {
			e.Kind = KindStuck
			return 0
		}
		return refusalPause(n.refusals, e.RetryAfter)
	case c.repeatable(k, e):
		n.failures++
		return failurePause(n.failures)
	}
	return 0
}

// replaced reports whether the owner has given another token meanwhile.
func (c *Client) replaced(token string) bool {
	now, err := c.opt.Token()
	return err == nil && now != token
}

// passes reports whether a pause would outlive ctx, so that the caller hears
// of the cause now instead of the deadline later.
func passes(ctx context.Context, pause time.Duration) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) <= pause
}

// repeatable says which failures may be tried again: never a write, since it
// may have been done.
func (c *Client) repeatable(k *call, e *APIError) bool {
	if k.method != http.MethodGet {
		return false
	}
	switch e.Status {
	case 0:
		return e.Kind == KindNetwork
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return true
	case http.StatusGatewayTimeout:
		return !k.own504
	}
	return false
}

// refusalPause is the wait after the n-th 429: what Coda asked for, or 2, 6,
// 18, 54 s with up to a quarter more. Zero means to give up.
func refusalPause(n int, asked time.Duration) time.Duration {
	if n > 4 {
		return 0
	}
	if asked > 0 {
		return asked
	}
	d := 2 * time.Second
	for range n - 1 {
		d *= 3
	}
	return d + rand.N(d/4)
}

// failurePause is the wait after the n-th gateway error. Zero means to give up.
func failurePause(n int) time.Duration {
	if n > 2 {
		return 0
	}
	d := time.Duration(n*n) * 400 * time.Millisecond
	return d + rand.N(d/4)
}

// stuckGuard notices that 429 answers do not end. It guards its fields with mu.
type stuckGuard struct {
	mu        sync.Mutex
	successes int64 // answers other than 429 so far
	stuck     bool  // three 429 in a row have been seen since the last success
}

// success records an answer that was not a 429.
func (g *stuckGuard) success() {
	g.mu.Lock()
	g.successes++
	g.stuck = false
	g.mu.Unlock()
}

// mark gives the number to hand back to refused.
func (g *stuckGuard) mark() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.successes
}

// refused records the n-th 429 in a row of one call that began at mark, and
// reports whether to give up.
func (g *stuckGuard) refused(n int, mark int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n >= 3 && g.successes == mark {
		g.stuck = true
	}
	return g.stuck
}
