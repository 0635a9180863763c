package state

import (
	"slices"
	"strings"
	"time"

	"codabridge/server/fault"
)

// Results are the ways a call ends.
var Results = []string{"ok", "error", "refused", "timeout", "cancelled", "fault"}

// FilterOf reads a filter as the owner gives it, from the fields connection,
// tool, doc, result, since and until: an empty text means anything, and since
// is what fault.SinceOf takes.
func FilterOf(form func(name string) string, now time.Time) (f ActivityFilter, err error) {
	f = ActivityFilter{Connection: form("connection"), Tool: form("tool"), Doc: form("doc"), Status: form("result")}
	if f.Status != "" && !slices.Contains(Results, f.Status) {
		return f, fault.New(fault.CodeInput, "There is no result %q; there are %s.", fault.ClipLine(f.Status, 40), strings.Join(Results, ", "))
	}
	f.Since, err = fault.SinceOf(form("since"), now)
	if err == nil {
		f.Until, err = fault.MomentOf(form("until"), now)
	}
	if err == nil && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		err = fault.New(fault.CodeInput, "%q is not before %q, so nothing can be between. Give the earlier time first.", fault.ClipLine(form("since"), 40), fault.ClipLine(form("until"), 40))
	}
	return f, err
}

// Midnight is when the day of a moment began on this computer.
func Midnight(t time.Time) time.Time {
	y, m, d := t.Local().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.Local)
}
