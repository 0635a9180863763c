// Package clocktest is a clock that tests move.
package clocktest

import (
	"sync"
	"time"
)

// Clock stands still until it is moved. Any goroutine may ask it.
type Clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

// At is a clock that stands at a time.
func At(now time.Time) *Clock { return &Clock{now: now} }

// Now is what stands in for time.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves it on, or back where d is below zero.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
