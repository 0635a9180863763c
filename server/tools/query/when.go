package query

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// period is a stretch of time: from its first moment up to before its end.
type period struct {
	from, to time.Time
	// roll is how many days of a "last 30 days" (less than 0) or "next 7 days"
	// lie before or after today.
	roll int
	// assumed tells that the text leaves open which one is meant, as "Q3" does the
	// year.
	assumed bool
	// clock is the same stretch where its ends name no zone, as the clock shows
	// it, in UTC: it is held against the clock of the document that a moment is of.
	clock *period
}

// inDays is a period of days: those that it touches, in UTC, as days are kept.
func (p period) inDays() period {
	last := p.to
	if last.After(p.from) {
		last = last.Add(-time.Nanosecond)
	}
	p.from, p.to = dayOf(p.from, time.UTC), add("day", dayOf(last, time.UTC), 1)
	return p
}

// moment reads a date of a cell. The day of a date column is the one written,
// and is kept in UTC, which has all days; a date with time keeps the zone that it
// names, else it is of the zone given.
func moment(s string, k kind, zone *time.Location) (time.Time, bool) {
	if k == days {
		zone = time.UTC
	}
	const n = len(time.DateOnly)
	if len(s) == n || k == days && len(s) > n+4 && s[n] == 'T' && s[n+3] == ':' { // most are, and the other forms cost an error each
		if at, ok := day(s[:n], zone); ok {
			return at, true
		}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04"} {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if strings.HasSuffix(layout, "07:00") {
			if k == days {
				at = at.In(zone)
			}
			return at, true
		}
		at, err = time.ParseInLocation(layout, s, zone)
		return at, err == nil
	}
	return time.Time{}, false
}

// day reads a date such as 2026-11-18.
func day(s string, zone *time.Location) (time.Time, bool) {
	if s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	n := 0
	for i := range len(s) {
		switch {
		case i == 4 || i == 7:
		case s[i] < '0' || s[i] > '9':
			return time.Time{}, false
		default:
			n = 10*n + int(s[i]-'0')
		}
	}
	return date(n/10000, n/100%100, n%100, zone)
}

// date is the first moment of a day, where there is such a day.
func date(year, month, of int, zone *time.Location) (time.Time, bool) {
	at := midnight(year, time.Month(month), of, zone)
	y, m, d := at.Date()
	return at, y == year && int(m) == month && d == of
}

// pattern is an expression that is compiled at its first use: most questions ask
// for none of them.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

const whenHelp = `a date such as "2026-11-18", a month "2026-11", a quarter "2026-Q3", a year "2026", or "today", "yesterday", "last 30 days", "next 7 days", "this week", "last month", "3 weeks ago"`

// mostWhen is the longest text that is read as a date, in bytes.
const mostWhen = 60

// readPeriod reads a day, a period or a moment of a condition.
func readPeriod(s string, now time.Time) (period, error) {
	text := strings.Join(strings.Fields(strings.ToLower(s)), " ")
	if len(text) > mostWhen {
		return period{}, fmt.Errorf("%s is no date. Give %s", quote(s), whenHelp)
	}
	for {
		p, ok, err := periodOf(text, now)
		if ok || err != nil {
			return p, err
		}
		lead, rest, _ := strings.Cut(text, " ")
		if !strings.Contains(" in within during over on for of the ", " "+lead+" ") || rest == "" {
			return period{}, fmt.Errorf("%s is no date. Give %s", quote(s), whenHelp)
		}
		text = rest
	}
}

// periodOf reads what a date or period may be called.
func periodOf(text string, now time.Time) (p period, ok bool, err error) {
	if p, ok := relative(text, now); ok {
		return p, true, nil
	}
	if p, ok := calendar(text, now); ok {
		return p, true, nil
	}
	p, ok, err = written(text, now)
	if ok || err != nil {
		return p, ok, err
	}
	if p, ok := fromTo(text, now); ok {
		return p, true, nil
	}
	p, ok = instant(strings.ToUpper(text), now.Location())
	return p, ok, nil
}

// fromTo reads "2026-11-18 to 2026-11-20" and "2026-11-18..2026-11-20".
func fromTo(text string, now time.Time) (period, bool) {
	for _, mark := range []string{" to ", "..", " until ", " – "} {
		a, b, ok := strings.Cut(text, mark)
		if !ok {
			continue
		}
		from, isFrom, _ := periodOf(strings.TrimSpace(a), now)
		to, isTo, _ := periodOf(strings.TrimSpace(b), now)
		if isFrom && isTo && from.from.Before(to.to) {
			p := period{from: from.from, to: to.to, assumed: from.assumed || to.assumed}
			if from.clock != nil && to.clock != nil {
				p.clock = &period{from: from.clock.from, to: to.clock.to}
			}
			return p, true
		}
	}
	return period{}, false
}

// instant reads a date with a time. One that names no seconds stands for its
// minute, as answers show it.
func instant(s string, zone *time.Location) (period, bool) {
	if len(s) < len("2006-01-02T15:04") || s[10] != ' ' && s[10] != 'T' {
		return period{}, false
	}
	s = s[:10] + "T" + s[11:]
	at, ok := moment(s, moments, zone)
	width := time.Duration(0)
	switch rest := s[16:]; {
	case !strings.HasPrefix(rest, ":"):
		width = time.Minute
	case !strings.Contains(rest, "."):
		width = time.Second
	}
	p := period{from: at, to: at.Add(width)}
	if !isZoned(s[16:]) {
		if by, ok := moment(s, moments, time.UTC); ok {
			p.clock = &period{from: by, to: by.Add(width)}
		}
	}
	return p, ok
}

// isZoned tells that what follows hours and minutes names a zone.
func isZoned(rest string) bool { return strings.ContainsAny(rest, "Z+-") }

// byClock is a moment as the clock of its own zone shows it, in UTC.
func byClock(at time.Time) time.Time {
	_, ahead := at.Zone()
	return at.Add(time.Duration(ahead) * time.Second).UTC()
}
