//go:build !race

package query

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// plainTest is a condition, as a model may write it, and as a loop.
type plainTest struct {
	asked any
	holds func(row []cell) bool
}

// wanted is a value of a condition: as written, and how an entry compares with
// it: below, within or above.
type wanted struct {
	asked any
	side  func(e entry) int
}

func any1(c cell, holds func(e entry) bool) bool { return slices.ContainsFunc(c, holds) }

// sameText is how the plain world compares texts.
func sameText(a, b string) bool { return flat(a) == flat(b) }

var flatten = strings.NewReplacer("’", "'", "e\u0301", "é")

func flat(s string) string { return strings.ToLower(flatten.Replace(strings.ToLower(s))) }

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// plainConditionOf is a random condition, or several joined.
func plainConditionOf(r *rand.Rand, depth int) plainTest {
	if depth < 3 && r.IntN(4) == 0 {
		return plainJoin(r, depth)
	}
	i := r.IntN(len(plainColumns))
	c := &plainColumns[i]
	name := pick(r, c.Name, c.ID, strings.ToUpper(c.Name))
	if c.Type == "checkbox" {
		truth, is := r.IntN(2) == 1, pick(r, "=", "!=")
		return plainTest{map[string]any{"column": name, "is": is, "value": truth}, func(row []cell) bool { return (row[i][0].n == 1) == (truth == (is == "=")) }}
	}
	switch r.IntN(6) {
	case 0:
		return plainTest{map[string]any{"column": name, "is": pick(r, "empty", "is empty", "blank")}, func(row []cell) bool { return len(row[i]) == 0 }}
	case 1:
		return plainTest{map[string]any{"column": name, "is": pick(r, "not empty", "filled", "is_not_empty")}, func(row []cell) bool { return len(row[i]) > 0 }}
	}
	if c.order {
		return ordered(r, c, i, name)
	}
	return named(r, c, i, name)
}

func plainJoin(r *rand.Rand, depth int) plainTest {
	either, many := r.IntN(2) == 0, 1+r.IntN(3)
	var parts []plainTest
	var asked []any
	for range many {
		parts = append(parts, plainConditionOf(r, depth+1))
		asked = append(asked, parts[len(parts)-1].asked)
	}
	name := map[bool]string{true: pick(r, "any", "or"), false: pick(r, "all", "and")}[either]
	return plainTest{map[string]any{name: asked}, func(row []cell) bool {
		for _, p := range parts {
			if p.holds(row) == either {
				return either
			}
		}
		return !either
	}}
}

// ordered compares by greater and less.
func ordered(r *rand.Rand, c *plainColumn, i int, name string) plainTest {
	a, b := valueOf(r, c), valueOf(r, c)
	sides := map[string]func(n int) bool{
		"=": func(n int) bool { return n == 0 }, ">": func(n int) bool { return n > 0 }, ">=": func(n int) bool { return n >= 0 },
		"<": func(n int) bool { return n < 0 }, "<=": func(n int) bool { return n <= 0 },
	}
	written := map[string][]string{"=": {"=", "is", "eq"}, ">": {">", "after", "greater than"}, ">=": {">=", "since", "at least"}, "<": {"<", "before"}, "<=": {"<=", "until"}}
	switch op := pick(r, "=", ">", ">=", "<", "<=", "!=", "in", "not in", "between"); op {
	case "!=":
		return plainTest{map[string]any{"column": name, "is": op, "value": a.asked}, func(row []cell) bool {
			return !any1(row[i], func(e entry) bool { return !e.odd && a.side(e) == 0 })
		}}
	case "in", "not in":
		return plainTest{map[string]any{"column": name, "is": op, "value": []any{a.asked, b.asked}}, func(row []cell) bool {
			return any1(row[i], func(e entry) bool { return !e.odd && (a.side(e) == 0 || b.side(e) == 0) }) == (op == "in")
		}}
	case "between":
		low := slices.MinFunc(c.pool, func(x, y entry) int { return sideOf(c, x, y) })
		return plainTest{map[string]any{"column": name, "is": op, "value": []any{exact(c, low).asked, a.asked}}, func(row []cell) bool {
			return any1(row[i], func(e entry) bool { return !e.odd && a.side(e) <= 0 })
		}}
	default:
		return plainTest{map[string]any{"column": name, "is": pick(r, written[op]...), "value": a.asked}, func(row []cell) bool {
			return any1(row[i], func(e entry) bool { return !e.odd && sides[op](a.side(e)) })
		}}
	}
}

// sideOf orders two entries; what is odd comes after all others.
func sideOf(c *plainColumn, x, y entry) int {
	switch {
	case x.odd || y.odd:
		return map[bool]int{true: 1}[x.odd] - map[bool]int{true: 1}[y.odd]
	case c.Type == "date":
		return int(x.day - y.day)
	case c.Type == "dateTime":
		return int(x.at - y.at)
	case x.n < y.n:
		return -1
	}
	return map[bool]int{true: 1}[x.n > y.n]
}

// exact is a value of the column itself.
func exact(c *plainColumn, e entry) wanted {
	var asked any = e.text
	switch c.Type {
	case "number", "percent":
		asked = json.Number(e.text)
	case "dateTime":
		asked = time.Unix(e.at, 0).UTC().Format(time.RFC3339)
	}
	return wanted{asked, func(x entry) int { return sideOf(c, x, e) }}
}

// valueOf is a value to compare with: one that a cell may have, or of dates a
// day or period.
func valueOf(r *rand.Rand, c *plainColumn) wanted {
	e := c.pool[r.IntN(len(c.pool))]
	for e.odd {
		e = c.pool[r.IntN(len(c.pool))]
	}
	if c.Type != "date" && c.Type != "dateTime" || c.Type == "dateTime" && r.IntN(3) == 0 {
		return exact(c, e)
	}
	asked, from, to := stretch(r, e)
	return wanted{asked, func(x entry) int {
		switch {
		case x.day < from:
			return -1
		case x.day > to:
			return 1
		}
		return 0
	}}
}

// stretch is a day or period, from its first to its last day.
func stretch(r *rand.Rand, e entry) (asked string, from, to int64) {
	n := int64(1 + r.IntN(40))
	at := time.Unix(e.day*86400, 0).UTC()
	y, m, _ := at.Date()
	dayOf := func(y int, m time.Month, d int) int64 { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400 }
	switch r.IntN(9) {
	case 0:
		return "today", today, today
	case 1:
		return fmt.Sprintf("%d days ago", n), today - n, today - n
	case 2:
		return fmt.Sprintf("in %d weeks", n), today + 7*n, today + 7*n
	case 3:
		return at.Format("January 2006"), dayOf(y, m, 1), dayOf(y, m+1, 1) - 1
	case 4:
		return at.Format("2006"), dayOf(y, 1, 1), dayOf(y, 12, 31)
	case 5:
		first := (m-1)/3*3 + 1
		return fmt.Sprintf("Q%d %d", (m+2)/3, y), dayOf(y, first, 1), dayOf(y, first+3, 1) - 1
	case 6:
		monday := e.day - (e.day+3)%7 // the first day of 1970 was a Thursday
		year, week := at.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week), monday, monday + 6
	case 7:
		return "last week", today - 13, today - 7 // today is a Sunday
	}
	return dayText(e.day), e.day, e.day
}

// named compares texts, people and related rows.
func named(r *rand.Rand, c *plainColumn, i int, name string) plainTest {
	e := c.pool[r.IntN(len(c.pool))]
	op := pick(r, "=", "!=", "contains", "not contains", "starts", "in")
	text := pick(r, e.text, strings.ToUpper(e.text), " "+e.text)
	same := func(x entry) bool { return sameText(x.text, e.text) || x.id != "" && sameText(x.id, e.text) }
	if e.id != "" && r.IntN(2) == 0 && op != "contains" && op != "not contains" && op != "starts" {
		text = pick(r, e.id, map[string]string{"person": e.text + " <" + e.id + ">", "lookup": e.text + " (" + e.id + ")"}[c.Type])
		same = func(x entry) bool { return x.id == e.id }
	}
	part := []rune(flat(e.text))[:min(2, len([]rune(flat(e.text))))]
	var value any = text
	switch op {
	case "contains", "not contains":
		value = string(part)
		same = func(x entry) bool {
			return strings.Contains(flat(x.text), string(part)) || c.Type == "person" && strings.Contains(x.id, string(part))
		}
	case "starts":
		value = string(part)
		same = func(x entry) bool { return strings.HasPrefix(flat(x.text), string(part)) }
	case "in":
		value = []any{text}
	}
	return plainTest{map[string]any{"column": name, "is": op, "value": value}, func(row []cell) bool {
		return any1(row[i], same) == (op != "!=" && op != "not contains")
	}}
}
