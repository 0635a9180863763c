//go:build darwin && !cgo

package tray

import "context"

// HasIcon tells whether this program was built with the icon.
const HasIcon = false

// Check returns ErrNotBuilt: the tray of macOS needs cgo, and cgo for macOS
// needs a Mac.
func Check(context.Context) error { return ErrNotBuilt }

// Run returns ErrNotBuilt at once.
func Run(context.Context, Bridge) error { return ErrNotBuilt }
