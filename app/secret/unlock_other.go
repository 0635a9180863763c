//go:build windows || darwin

package secret

import (
	"context"
	"runtime"
	"time"
)

// unlocker has nothing to do here: Windows and macOS unlock by themselves.
type unlocker struct{}

func (*unlocker) ensure(context.Context) error { return nil }

// answered knows nothing of their dialogs; a read waits for them.
func (*unlocker) answered(context.Context) error { return nil }

// await looks again every minute on Windows. On macOS each look might open a
// dialog, so there it waits for the owner alone.
func (*unlocker) await(ctx context.Context, _ bool) error {
	var again <-chan time.Time
	if runtime.GOOS == "windows" {
		again = time.After(time.Minute)
	}
	select {
	case <-again:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
