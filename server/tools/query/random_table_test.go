//go:build !race

package query

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// This is the plain evaluation's own world: whole numbers, days counted from
// 1970, minutes, and texts. It shares no code with what it checks.

// entry is one entry of a cell. What does not fit its column has odd set.
type entry struct {
	text  string // as shown, and for texts the value
	id    string // of a person or a related row
	n     int64  // thousandths, minutes of a day, seconds, or 1 for true
	day   int64  // of dates, days since 1970
	at    int64  // of moments, Unix seconds
	odd   bool
	asRaw any // as Coda gives it
}

type cell []entry // none is empty

// plainColumn is a column, and the entries that its cells may have.
type plainColumn struct {
	Column
	pool  []entry
	many  bool
	order bool // greater and less mean something
}

var eastern = func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return zone
}()

// plainNow is a Sunday on which the clocks go back.
var plainNow = time.Date(2026, 11, 1, 13, 30, 0, 0, eastern)

var plainColumns = []plainColumn{
	{Column: Column{ID: "c-t", Name: "Title", Type: "text"}, pool: texts("alpha", "Beta", "ÉCLAIR", "e\u0301clair", "x (i-1)", "100%", "gamma ray", "שלום", "0", "NaN")},
	{Column: Column{ID: "c-s", Name: "Stage", Type: "select", Options: []string{"New", "Open", "Shut"}}, pool: texts("New", "Open", "Shut")},
	{Column: Column{ID: "c-g", Name: "Tags", Type: "select", List: true}, pool: texts("red", "Green", "blue"), many: true},
	{Column: Column{ID: "c-n", Name: "Number", Type: "number"}, order: true, pool: append(figures("", 0, 100, 200, 300, -2500, 1500, 9007199254740993000, 100, 12345), odd("n/a"))},
	{Column: Column{ID: "c-m", Name: "Money", Type: "currency", Currency: "USD"}, order: true, pool: figures("USD", 100, 200, 1200500, -50, 0, 99990)},
	{Column: Column{ID: "c-p", Name: "Rate", Type: "percent"}, order: true, pool: figures("", 0, 350, 500, 1000, 1)},
	{Column: Column{ID: "c-d", Name: "Day", Type: "date"}, order: true, pool: append(dates(-400, -92, -31, -30, -7, -1, 0, 1, 6, 30, 61), odd("soon"))},
	{Column: Column{ID: "c-w", Name: "When", Type: "dateTime"}, order: true, pool: instants()},
	{Column: Column{ID: "c-c", Name: "Clock", Type: "time"}, order: true, pool: clocks_("00:00", "09:30", "23:59", "14:05")},
	{Column: Column{ID: "c-l", Name: "Length", Type: "duration"}, order: true, pool: spans()},
	{Column: Column{ID: "c-b", Name: "Ticked", Type: "checkbox"}, pool: []entry{{text: "true", n: 1, asRaw: true}, {text: "false", asRaw: false}, {text: "false", asRaw: ""}}},
	{Column: Column{ID: "c-o", Name: "Owners", Type: "person", List: true}, many: true, pool: whole_("Person", "email", "Ana Kim/ana@x.example", "ana kim/kim@x.example", "Ben Ode/ben@x.example")},
	{Column: Column{ID: "c-r", Name: "Client", Type: "lookup"}, pool: whole_("StructuredValue", "rowId", "Acme/i-a", "Acme/i-b", "O’Neill/i-c")},
}

func texts(list ...string) (out []entry) {
	for _, s := range list {
		out = append(out, entry{text: s, asRaw: s})
	}
	return out
}

func odd(s string) entry { return entry{text: s, odd: true, asRaw: s} }

// decimalsOf writes thousandths.
func decimalsOf(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%d.%03d", n/1000, n%1000)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "0" {
		return s
	}
	return sign + s
}

func figures(unit string, thousandths ...int64) (out []entry) {
	for _, n := range thousandths {
		e := entry{text: decimalsOf(n), n: n, asRaw: json.Number(decimalsOf(n))}
		if unit != "" {
			e.asRaw = map[string]any{"@type": "MonetaryAmount", "currency": unit, "amount": e.asRaw}
			e.text += " " + unit
		}
		out = append(out, e)
	}
	return out
}

// today is plainNow's day since 1970.
var today = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400

func dayText(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }

func dates(away ...int64) (out []entry) {
	for _, n := range away {
		out = append(out, entry{text: dayText(today + n), day: today + n, asRaw: dayText(today+n) + "T00:00:00.000-07:00"})
	}
	return out
}

func instants() (out []entry) {
	for _, s := range []string{"2026-11-01T03:59:00Z", "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T04:59:00Z",
		"2026-11-02T05:00:00Z", "2026-03-08T07:30:00Z", "2026-10-31T23:00:00-07:00", "2025-12-31T23:30:00-05:00"} {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		y, m, d := at.In(eastern).Date()
		out = append(out, entry{text: at.Format("2006-01-02T15:04Z07:00"), at: at.Unix(), asRaw: s,
			day: time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400})
	}
	return out
}

func clocks_(list ...string) (out []entry) {
	for _, s := range list {
		at, err := time.Parse("15:04", s)
		if err != nil {
			panic(err)
		}
		out = append(out, entry{text: s, n: int64(at.Hour()*60 + at.Minute()), asRaw: "1899-12-30T" + s + ":00.000-08:00"})
	}
	return out
}

func spans() []entry {
	return []entry{{text: "30 mins", n: 1800, asRaw: "30 mins"}, {text: "2 hrs 15 mins", n: 8100, asRaw: "2 hrs 15 mins"},
		{text: "1 day", n: 86400, asRaw: "1 day"}, {text: "-1 hr", n: -3600, asRaw: "-1 hr"}, {text: "a while", odd: true, asRaw: "a while"}}
}

func whole_(kind, field string, list ...string) (out []entry) {
	for _, s := range list {
		name, id, _ := strings.Cut(s, "/")
		out = append(out, entry{text: name, id: id, asRaw: map[string]any{"@type": kind, "name": name, field: id}})
	}
	return out
}

// plainRows are random rows.
func plainRows(r *rand.Rand, n int) [][]cell {
	rows := make([][]cell, n)
	for i := range rows {
		for c := range plainColumns {
			rows[i] = append(rows[i], plainCell(r, &plainColumns[c]))
		}
	}
	return rows
}

func plainCell(r *rand.Rand, c *plainColumn) cell {
	if c.Type == "checkbox" {
		return cell{c.pool[r.IntN(len(c.pool))]}
	}
	most := 1
	if c.many {
		most = 3
	}
	var out cell
	for range r.IntN(most + 1 + r.IntN(2)) {
		out = append(out, c.pool[r.IntN(len(c.pool))])
	}
	return out[:min(len(out), most)]
}

// raw is a cell as Coda gives it.
func (c cell) raw() any {
	switch len(c) {
	case 0:
		return ""
	case 1:
		return c[0].asRaw
	}
	var list []any
	for _, e := range c {
		list = append(list, e.asRaw)
	}
	return list
}
