package app

import (
	"context"
	"sync"
	"time"

	"codabridge/app/desktop"
)

// settling is how long the tunnel is left alone after it was told to dial: a
// computer that wakes up has several things to say about its networks.
const settling = 3 * time.Second

// keepAwake has the tunnel dial at once after a sleep and on another network,
// until ctx ends: the connection that it has leads nowhere by then, and one that
// it waits to try may work.
func (a *App) keepAwake(ctx context.Context) {
	heard := make(chan string, 1)
	var listening sync.WaitGroup
	defer listening.Wait()
	listening.Go(func() {
		desktop.Wakes(ctx, func(why string) {
			select {
			case heard <- why:
			default:
			}
		})
	})
	for {
		select {
		case why := <-heard:
			a.log.Info("app: the tunnel connects again", "why", why)
			select {
			case a.woken <- struct{}{}:
			default:
			}
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(settling):
		case <-ctx.Done():
			return
		}
	}
}
