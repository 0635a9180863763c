package tools

import (
	"strings"
	"time"

	"codabridge/server/coda"
)

// isoDates are the forms of ISO 8601 that Coda reads the same in every
// locale.
var isoDates = []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00",
	time.RFC3339Nano, "2006-01-02 15:04", time.DateTime, "2006-01-02T15:04:05.999999999"}

func date(c coda.Column, v any) (any, error) {
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		for _, form := range isoDates {
			if _, err := time.Parse(form, s); err == nil {
				return strings.Replace(s, " ", "T", 1), nil
			}
		}
	}
	return nil, misfit(c, `an ISO 8601 date such as "2026-11-20" or "2026-11-20T15:30"`, v)
}

// clock takes times that Coda reads the same in every locale.
func clock(c coda.Column, v any) (any, error) {
	s, _ := v.(string)
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, form := range []string{"15:04", time.TimeOnly, "3:04 PM", "3:04PM", "3:04:05 PM"} {
		if _, err := time.Parse(form, s); err == nil {
			return s, nil
		}
	}
	return nil, misfit(c, `a time such as "15:30" or "3:30 PM"`, v)
}
