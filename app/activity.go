package app

import (
	"context"
	"errors"
	"time"

	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// waitingActivity is how many finished calls may wait to be written down.
const waitingActivity = 256

// onCall notes a finished tool call: who, what, how long, never the contents.
// It does not wait for the database, since a call must not be slower for being
// noted.
func (a *App) onCall(c tools.Call) {
	a.made.stale.Store(true) // when its connection was used last
	select {
	case a.calls <- c:
	default:
		a.log.Warn("app: activity not noted, too much is waiting", "tool", c.Tool)
	}
}

// lastNotes is how long the rest of what onCall heard may take at the end.
const lastNotes = time.Second

// keepActivity writes down what onCall hears until ctx ends, and then the rest.
func (a *App) keepActivity(ctx context.Context) {
	for {
		select {
		case c := <-a.calls:
			a.writeActivity(context.Background(), c)
			continue
		case <-ctx.Done():
		}
		break
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastNotes)
	defer cancel()
	for ctx.Err() == nil {
		select {
		case c := <-a.calls:
			a.writeActivity(ctx, c)
		default:
			return
		}
	}
	a.log.Warn("app: activity not noted at the end", "calls", len(a.calls))
}

func (a *App) writeActivity(ctx context.Context, c tools.Call) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := a.store.AddActivity(ctx, store.Activity{
		Time: c.Started, Connection: c.Caller.Name, Tool: c.Tool, Status: string(c.Status),
		Duration: c.Duration, In: c.BytesIn, Out: c.BytesOut,
	})
	if err != nil {
		a.log.Error("app: note activity", "err", err)
		a.warnOfStore(err)
	}
}

// warnOfStore shows the owner that nothing can be kept any more. Nothing else
// would: reading goes on, and the log may be on the same full disk.
func (a *App) warnOfStore(err error) {
	warning := "codabridge cannot write its database: what assistants do is not noted, and new connections are not kept. codabridge doctor says why."
	if errors.Is(err, store.ErrDiskFull) {
		warning = "The disk with codabridge's data folder is full: what assistants do is not noted, and new connections are not kept. Free some space."
	}
	if a.warn(warning) {
		a.update()
	}
}
