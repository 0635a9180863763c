//go:build windows || (darwin && cgo)

package tray

import "context"

// setsUpEarly says that icon, title and tooltip can be given before the tray
// is there.
const setsUpEarly = false

// Check returns nil: Windows and macOS always have a tray.
func Check(context.Context) error { return nil }

// prepare has nothing to prepare here.
func prepare() error { return nil }

// keepRegistered has nothing to watch here.
func keepRegistered(context.Context) {}

// escape doubles the character that marks an access key, on Windows.
func escape(label string) string { return doubled(label, "&") }
