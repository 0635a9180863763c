package query

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// period is a stretch of time: from its first moment up to before its end.
type period struct{ from, to time.Time }

// moment reads a date of a cell. The day of a date column is the one written;
// a date with time is told in the zone.
func moment(s string, k kind, zone *time.Location) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	if len(s) == len(time.DateOnly) { // most are, and the other forms cost an error each
		if at, ok := day(s, zone); ok {
			return at, true
		}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateOnly} {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		switch {
		case k == days:
			return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone), true
		case layout == time.RFC3339Nano:
			return at.In(zone), true
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
	at := time.Date(n/10000, time.Month(n/100%100), n%100, 0, 0, 0, 0, zone)
	y, m, d := at.Date()
	return at, y == n/10000 && int(m) == n/100%100 && d == n%100
}

// pattern is an expression that is compiled at its first use: most questions ask
// for none of them.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

var (
	isMonth   = pattern(`^(\d{4})-(\d{1,2})$`)
	isQuarter = pattern(`^(?:(\d{4})[- ]?q([1-4])|q([1-4])[- ]?(\d{4}))$`)
	isWeek    = pattern(`^(\d{4})-?w(\d{1,2})$`)
	isYear    = pattern(`^\d{4}$`)
	isNamed   = pattern(`^(this|last|past|previous|next|coming) (day|week|month|quarter|year)$`)
	isSpan    = pattern(`^(?:the )?(last|past|previous|next|coming|within) (\d{1,4}) (day|week|month|quarter|year)s?$`)
	isAgo     = pattern(`^(\d{1,4}) (day|week|month|quarter|year)s? (ago|from now|from today)$`)
	isIn      = pattern(`^in (\d{1,4}) (day|week|month|quarter|year)s?$`)
)

const whenHelp = `a date such as "2026-11-18", a month "2026-11", a quarter "2026-Q3", a year "2026", or "today", "yesterday", "last 30 days", "next 7 days", "this week", "last month", "3 weeks ago"`

// readPeriod reads a day, a period or a moment of a condition.
func readPeriod(s string, now time.Time) (period, error) {
	text := strings.Join(strings.Fields(strings.ToLower(s)), " ")
	today := startOf("day", now)
	switch text {
	case "today", "now":
		return unit("day", today, 0), nil
	case "yesterday":
		return unit("day", today, -1), nil
	case "tomorrow":
		return unit("day", today, 1), nil
	}
	if p, ok := relative(text, today); ok {
		return p, nil
	}
	if p, ok := calendar(text, now.Location()); ok {
		return p, nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return unit("day", at, 0), nil
	}
	if at, ok := moment(strings.ToUpper(text), moments, now.Location()); ok {
		return period{at, at}, nil
	}
	return period{}, fmt.Errorf("%s is no date. Give %s", quote(s), whenHelp)
}

// relative reads periods that are told from today.
func relative(text string, today time.Time) (period, bool) {
	if m := isNamed().FindStringSubmatch(text); m != nil {
		step := map[string]int{"this": 0, "next": 1, "coming": 1}
		by, ok := step[m[1]]
		if !ok {
			by = -1
		}
		return unit(m[2], startOf(m[2], today), by), true
	}
	if m := isSpan().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		if m[1] == "next" || m[1] == "coming" || m[1] == "within" {
			return period{today, add(m[3], today, n).AddDate(0, 0, 1)}, true
		}
		return period{add(m[3], today, -n), today.AddDate(0, 0, 1)}, true
	}
	if m := isAgo().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		if m[3] == "ago" {
			n = -n
		}
		return unit("day", add(m[2], today, n), 0), true
	}
	if m := isIn().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		return unit("day", add(m[2], today, n), 0), true
	}
	return period{}, false
}

// calendar reads a month, a quarter, a week or a year.
func calendar(text string, zone *time.Location) (period, bool) {
	first := func(year string, month int) time.Time {
		y, _ := strconv.Atoi(year)
		return time.Date(y, time.Month(month), 1, 0, 0, 0, 0, zone)
	}
	if m := isMonth().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		if n < 1 || n > 12 {
			return period{}, false
		}
		return unit("month", first(m[1], n), 0), true
	}
	if m := isQuarter().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2] + m[3])
		return unit("quarter", first(m[1]+m[4], 3*n-2), 0), true
	}
	if m := isWeek().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		p := unit("week", startOf("week", first(m[1], 1).AddDate(0, 0, 3)), n-1) // the week of January 4th is the first
		year, week := p.from.ISOWeek()
		return p, strconv.Itoa(year) == m[1] && week == n
	}
	if isYear().MatchString(text) {
		return unit("year", first(text, 1), 0), true
	}
	return period{}, false
}

// startOf is the first moment of the day, week, month, quarter or year.
func startOf(name string, at time.Time) time.Time {
	y, m, d := at.Date()
	switch name {
	case "week":
		d -= (int(at.Weekday()) + 6) % 7
	case "month":
		d = 1
	case "quarter":
		m, d = m-(m-1)%3, 1
	case "year":
		m, d = 1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, at.Location())
}

// add moves a day by n units; the end of a month stays in its month.
func add(name string, at time.Time, n int) time.Time {
	months := map[string]int{"month": 1, "quarter": 3, "year": 12}[name]
	switch {
	case name == "week":
		return at.AddDate(0, 0, 7*n)
	case months == 0:
		return at.AddDate(0, 0, n)
	}
	first := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, at.Location()).AddDate(0, n*months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1)
}

// unit is one whole unit, n after the one that begins at.
func unit(name string, at time.Time, n int) period {
	from := add(name, at, n)
	return period{from, add(name, from, 1)}
}

// label names the period of a unit that holds at.
func label(name string, at time.Time) string {
	switch name {
	case "week":
		year, week := at.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case "month":
		return at.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", at.Year(), (int(at.Month())+2)/3)
	case "year":
		return at.Format("2006")
	}
	return at.Format(time.DateOnly)
}

var clockForm = pattern(`^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(?:\s*([ap])\.?m\.?)?(?:z|[+-]\d{2}:?\d{2})?$`)

// clock reads a time of day as minutes.
func clock(s string) (*big.Rat, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexByte(s, 't'); i == 10 {
		s = s[11:] // Coda stores a time as one of a day long ago
	}
	m := clockForm().FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	second, _ := strconv.Atoi("0" + m[3])
	if m[4] != "" && hour <= 12 {
		hour %= 12
		if m[4] == "p" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return nil, false
	}
	return big.NewRat(int64(hour*3600+minute*60+second), 60), true
}

func clockText(minutes *big.Rat) string {
	seconds := new(big.Rat).Mul(minutes, big.NewRat(60, 1))
	n := new(big.Int).Quo(seconds.Num(), seconds.Denom()).Int64()
	if n%60 != 0 {
		return fmt.Sprintf("%02d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%02d:%02d", n/3600, n/60%60)
}

var lengthPart = pattern(`^(\d+(?:\.\d+)?)\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)[\s,]*`)

// length reads a duration such as "2 days 3 hrs" as days; a bare number is
// days, as in Coda.
func length(s string) (*big.Rat, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, ok := decimal(s); ok {
		return n, true
	}
	minus := strings.HasPrefix(s, "-")
	s = strings.TrimSpace(strings.TrimPrefix(s, "-"))
	total, parts := new(big.Rat), 0
	for s != "" {
		m := lengthPart().FindStringSubmatch(s)
		if m == nil || parts > 6 {
			return nil, false
		}
		n, ok := decimal(m[1])
		if !ok {
			return nil, false
		}
		perDay := map[byte]int64{'s': 86400, 'm': 1440, 'h': 24, 'd': 1}[m[2][0]]
		if m[2][0] == 'w' {
			n.Mul(n, big.NewRat(7, 1))
			perDay = 1
		}
		total.Add(total, n.Quo(n, big.NewRat(perDay, 1)))
		s, parts = s[len(m[0]):], parts+1
	}
	if minus {
		total.Neg(total)
	}
	return total, parts > 0
}
