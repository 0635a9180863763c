package logs

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// How many lines a minute may tell of callers, all and from one address. A
// stranger can cause as many as they like, and without a bound would push all
// that is worth keeping out of the files within the hour; with it, they need
// more than half a day.
const (
	linesAll  = 60
	linesEach = 30
)

// callers hands lines on, but of those about callers, who are known by an
// "addr", only so many. One line says afterwards how many were left out.
type callers struct {
	slog.Handler
	crowd *crowd
}

// crowd is what the callers of one minute caused.
type crowd struct {
	mu    sync.Mutex // guards the rest
	since time.Time
	by    map[string]int // lines kept, by address
	kept  int
	left  int // out
}

func boundCallers(h slog.Handler) callers { return callers{h, &crowd{}} }

func (c callers) WithAttrs(attrs []slog.Attr) slog.Handler {
	return callers{c.Handler.WithAttrs(attrs), c.crowd}
}

func (c callers) WithGroup(name string) slog.Handler {
	return callers{c.Handler.WithGroup(name), c.crowd}
}

func (c callers) Handle(ctx context.Context, r slog.Record) error {
	keep, left := c.crowd.admit(r)
	if left > 0 {
		said := slog.NewRecord(r.Time, slog.LevelWarn, "logs: lines about callers were left out", 0)
		said.AddAttrs(slog.Int("lines", left))
		if err := c.Handler.Handle(ctx, said); err != nil {
			return err
		}
	}
	if !keep {
		return nil
	}
	return c.Handler.Handle(ctx, r)
}

// admit says whether a line is kept, and how many of the minute before, which
// then is over, were not.
func (c *crowd) admit(r slog.Record) (keep bool, left int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := r.Time.Sub(c.since); age >= time.Minute || age < 0 { // a clock may be set back
		left = c.left
		c.since, c.by, c.kept, c.left = r.Time, map[string]int{}, 0, 0
	}
	addr, from := callerOf(r)
	if !from {
		return true, left
	}
	if c.kept >= linesAll || c.by[addr] >= linesEach {
		c.left++
		return false, left
	}
	c.kept++
	c.by[addr]++
	return true, left
}

func callerOf(r slog.Record) (addr string, from bool) {
	r.Attrs(func(a slog.Attr) bool {
		from = a.Key == "addr"
		if from {
			addr = a.Value.String()
		}
		return !from
	})
	return addr, from
}
