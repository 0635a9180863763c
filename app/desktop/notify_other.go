//go:build windows || darwin

package desktop

import (
	"context"
	"fmt"

	"github.com/gen2brain/beeep"

	"codabridge/server/fault"
)

// Notify shows a notification with the program's icon; nobody hears here of a
// click. An error means that the desktop shows no notifications; nothing depends
// on them. It returns when ctx ends, even if the system has not answered.
func Notify(ctx context.Context, title, body string, _ func()) error {
	done := make(chan error, 1)
	go func() {
		beeep.AppName = appName
		var icon any = "" // beeep refuses an empty picture
		if p := picture(); len(p) > 0 {
			icon = p
		}
		done <- beeep.Notify(fault.ClipLine(title, longestTitle), fault.ClipLine(body, longestBody), icon)
	}()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("desktop: notify: %w", err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("desktop: notify: %w", ctx.Err())
	}
}
