package tools

import (
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
)

// isoDates are the forms of ISO 8601 that Coda reads the same in every
// locale.
var isoDates = []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00",
	time.RFC3339Nano, "2006-01-02 15:04", "2006-01-02 15:04Z07:00", "2006-01-02 15:04:05Z07:00", time.DateTime, "2006-01-02T15:04:05.999999999"}

// date checks a date. A text that is none, such as "next Friday", is answered
// with the day that it is: a model may not know.
func (w *cellWriter) date(c coda.Column, v any) (any, error) {
	at, err := date(c, v)
	if _, isText := v.(string); isText {
		err = fault.With(err, " Today is "+w.t.o.Now().Format("Monday, 2006-01-02")+".")
	}
	return at, err
}

// date checks a date, or a date with a time. A column of days gets the day
// alone: with a time and a zone it would become the day before in a document of
// another zone.
func date(c coda.Column, v any) (any, error) {
	s, _ := v.(string)
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, form := range isoDates {
		at, err := time.Parse(form, s)
		switch {
		case err != nil:
			continue
		case c.Format.Type != "date":
			return strings.Replace(s, " ", "T", 1), nil
		case zoned(form) && !isMidnight(at):
			return nil, misfit(c, `the day alone, such as "`+at.Format(time.DateOnly)+`", since with a time it is another day in another zone`, v)
		}
		return at.Format(time.DateOnly), nil
	}
	if c.Format.Type == "date" {
		return nil, misfit(c, `an ISO 8601 date such as "2026-11-20"`, v)
	}
	return nil, misfit(c, `an ISO 8601 date such as "2026-11-20" or "2026-11-20T15:30"`, v)
}

func zoned(form string) bool { return strings.Contains(form, "Z07:00") }

func isMidnight(t time.Time) bool { return t.Hour()+t.Minute()+t.Second()+t.Nanosecond() == 0 }

// clock takes times that Coda reads the same in every locale.
func clock(c coda.Column, v any) (any, error) {
	s, _ := v.(string)
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, form := range []string{"15:04", time.TimeOnly, "3:04 PM", "3:04PM", "3:04:05 PM", "3 PM", "3PM"} {
		if at, err := time.Parse(form, s); err == nil {
			if !strings.Contains(s, ":") {
				s = at.Format("3:04 PM")
			}
			return s, nil
		}
	}
	return nil, misfit(c, `a time such as "15:30" or "3:30 PM"`, v)
}
