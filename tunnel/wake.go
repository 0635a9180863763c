package tunnel

import (
	"context"
	"time"
)

const (
	clockTick = 5 * time.Second
	clockJump = 15 * time.Second
)

// watchClock reconnects when the wall clock jumps ahead between two ticks, as it
// does when the computer slept. The function it returns waits for its end, which
// comes with ctx's.
func (t *Tunnel) watchClock(ctx context.Context) (wait func()) {
	ticks, stop := t.opts.Ticks, func() {}
	if ticks == nil {
		ticker := time.NewTicker(clockTick)
		ticks, stop = ticker.C, ticker.Stop
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer stop()
		t.watch(ctx, ticks)
	}()
	return func() { <-over }
}

func (t *Tunnel) watch(ctx context.Context, ticks <-chan time.Time) {
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticks:
			now = now.Round(0) // without the monotonic part, which may stand still in a sleep
			if !last.IsZero() && now.Sub(last) > clockJump {
				t.log.Info("tunnel: the clock jumped, connecting again", "by", now.Sub(last))
				t.Reconnect()
			}
			last = now
		}
	}
}
