package query

import (
	"fmt"
	"time"
)

// midnight is the first moment of a day, which in some zones is not 0:00 or
// comes twice when the clocks are changed.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	if zone == time.UTC {
		return time.Date(year, month, day, 0, 0, 0, 0, zone)
	}
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	changed, _ := noon.ZoneBounds()
	at := midnightBy(noon, noon)
	if changed.IsZero() || changed.Before(at) {
		return at
	}
	before := midnightBy(noon, changed.Add(-time.Second))
	if before.Before(changed) {
		return before
	}
	return changed
}

// midnightBy is 0:00 of the day of noon by the clocks as they go at a moment.
func midnightBy(noon, clocks time.Time) time.Time {
	y, m, d := noon.Date()
	_, ahead := clocks.Zone()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(-time.Duration(ahead) * time.Second).In(noon.Location())
}

// dayOf is the first moment, in a zone, of the day that at has in its own.
func dayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.Date()
	return midnight(y, m, d, zone)
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
	return midnight(y, m, d, at.Location())
}

// add moves a day by n units; the end of a month stays in its month.
func add(name string, at time.Time, n int) time.Time {
	y, m, d := at.Date()
	months := map[string]int{"month": 1, "quarter": 3, "half": 6, "year": 12}[name]
	switch {
	case name == "week":
		return midnight(y, m, d+7*n, at.Location())
	case months == 0:
		return midnight(y, m, d+n, at.Location())
	}
	m += time.Month(n * months)
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return midnight(y, m, min(d, last), at.Location())
}

// unit is one whole unit, n after the one that begins at.
func unit(name string, at time.Time, n int) period {
	from := add(name, at, n)
	return period{from: from, to: add(name, from, 1)}
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

// told is a period as a sentence has it.
func (p period) told() string {
	last := p.to
	if last.After(p.from) {
		last = last.Add(-time.Nanosecond)
	}
	if from, to := p.from.Format(time.DateOnly), last.Format(time.DateOnly); from != to {
		return from + " to " + to
	}
	return p.from.Format(time.DateOnly)
}
