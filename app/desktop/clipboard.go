package desktop

import (
	"errors"
	"fmt"
	"time"

	"github.com/atotto/clipboard"
)

// ErrNoClipboard says that the clipboard cannot be reached.
var ErrNoClipboard = errors.New("desktop: no clipboard; on Linux install wl-clipboard (Wayland) or xclip (X11)")

// copyLimit bounds a copy: a display that hangs must not hold a click.
const copyLimit = 3 * time.Second

// CopyText puts text on the clipboard. On Linux that takes a program, xclip,
// xsel or wl-copy; the error wraps ErrNoClipboard when there is none or it has
// no display.
func CopyText(text string) error {
	if clipboard.Unsupported {
		return ErrNoClipboard
	}
	done := make(chan error, 1)
	go func() { done <- clipboard.WriteAll(text) }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoClipboard, err)
		}
		return nil
	case <-time.After(copyLimit):
		return fmt.Errorf("%w: no answer in %v", ErrNoClipboard, copyLimit)
	}
}
