package fault

import (
	"strconv"
	"strings"
	"time"
)

// CodeInput: what was given means nothing, whatever else holds: no number, no
// time, none of a few words.
const CodeInput Code = "input"

// SinceOf reads a moment that has come: how long ago it was (90s, 30m, 2h, 3d), a
// time of today (14:05), a day (2026-11-27), a day and a time, with or without a
// zone, today or yesterday, by the clock of now. Empty is the zero time. The error
// is of CodeInput.
func SinceOf(text string, now time.Time) (time.Time, error) {
	at, err := MomentOf(text, now)
	if err == nil && at.After(now) {
		return at, New(CodeInput, "%q is still to come. Give a time that has been, with its day where it was not today (2026-11-27T14:05).", ClipLine(text, 40))
	}
	return at, err
}

// MomentOf is SinceOf for a moment that may be still to come.
func MomentOf(text string, now time.Time) (time.Time, error) {
	given := strings.ToLower(strings.TrimSpace(text))
	y, m, d := now.Date()
	midnight := func(days int) time.Time { return time.Date(y, m, d+days, 0, 0, 0, 0, now.Location()) }
	switch given {
	case "":
		return time.Time{}, nil
	case "now":
		return now, nil
	case "today":
		return midnight(0), nil
	case "yesterday":
		return midnight(-1), nil
	}
	if at, ok := earlier(strings.TrimSpace(strings.TrimSuffix(given, "ago")), now); ok {
		return at, nil
	}
	stamp := strings.ToUpper(strings.Replace(given, " ", "t", 1))
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(form, stamp, now.Location()); err == nil {
			return at, nil
		}
	}
	for _, form := range []string{"15:04", time.TimeOnly} {
		if at, err := time.Parse(form, stamp); err == nil {
			return time.Date(y, m, d, at.Hour(), at.Minute(), at.Second(), 0, now.Location()), nil
		}
	}
	return time.Time{}, New(CodeInput, "%q is no time: say how long ago (30m, 2h, 3d), a time of today (14:05), a day (2026-11-27), "+
		"a day and a time (2026-11-27T14:05), today or yesterday.", ClipLine(text, 40))
}

// longestAgo is how many days back a time may be.
const longestAgo = 36_500

// earlier is the moment so long before now; a day is as long as the calendar has
// it.
func earlier(text string, now time.Time) (time.Time, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return now.AddDate(0, 0, -n), err == nil && 0 <= n && n <= longestAgo
	}
	ago, err := time.ParseDuration(text)
	return now.Add(-ago), err == nil && ago >= 0
}
