//go:build darwin && !cgo

package tray

import "context"

// Check returns ErrNotBuilt: the tray of macOS needs cgo.
func Check(context.Context) error { return ErrNotBuilt }

// Run returns ErrNotBuilt at once.
func Run(context.Context, Bridge) error { return ErrNotBuilt }
