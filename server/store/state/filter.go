package state

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"codabridge/server/fault"
)

// CodeFilter: what was asked of the record cannot be.
const CodeFilter fault.Code = "store_activity_filter"

// Results are the ways a call ends.
var Results = []string{"ok", "error", "refused", "timeout", "cancelled", "fault"}

// FilterOf reads a filter as the owner gives it, from the fields connection,
// tool, doc, result, since and until: an empty text means anything, and since
// and until are what SinceOf takes.
func FilterOf(form func(name string) string, now time.Time) (f ActivityFilter, err error) {
	f = ActivityFilter{Connection: form("connection"), Tool: form("tool"), Doc: form("doc"), Status: form("result")}
	if f.Status != "" && !slices.Contains(Results, f.Status) {
		return f, fault.New(CodeFilter, "There is no result %q; there are %s.", fault.ClipLine(f.Status, 40), strings.Join(Results, ", "))
	}
	f.Since, err = SinceOf(form("since"), now)
	if err == nil {
		f.Until, err = SinceOf(form("until"), now)
	}
	return f, err
}

// SinceOf reads a moment: how long ago it was (90s, 30m, 2h, 3d), a time of
// today (14:05), a day (2026-11-27), a day and a time, today or yesterday. Empty
// is the zero time.
func SinceOf(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "":
		return time.Time{}, nil
	case "today":
		return Midnight(now), nil
	case "yesterday":
		return Midnight(Midnight(now).Add(-time.Hour)), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 10_000 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("15:04", text, time.Local); err == nil {
		return Midnight(now).Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), nil
	}
	return time.Time{}, fault.New(CodeFilter, "%q is no time: say how long ago (30m, 2h, 3d), a time of today (14:05), a day (2026-11-27), "+
		"a day and a time (2026-11-27 14:05), today or yesterday.", fault.ClipLine(text, 40))
}

// Midnight is when the day of a moment began on this computer.
func Midnight(t time.Time) time.Time {
	y, m, d := t.Local().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.Local)
}
