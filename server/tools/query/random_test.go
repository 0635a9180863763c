//go:build !race

package query

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRandomQuestionsAgainstAPlainEvaluation: tables of every type of column,
// and questions with every comparison, group, number and order.
func TestRandomQuestionsAgainstAPlainEvaluation(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 26))
	for range 3000 {
		rows, test := plainRows(random, random.IntN(40)), plainConditionOf(random, 0)
		var chosen []int
		for i := range rows {
			if test.holds(rows[i]) {
				chosen = append(chosen, i)
			}
		}
		question := map[string]any{"where": test.asked}
		var want []string
		if random.IntN(2) == 0 {
			want = plainListing(t, random, question, rows, chosen)
		} else {
			want = plainGroups(t, random, question, rows, chosen)
		}
		text := jsonOf(t, question)
		if got := answered(t, random, text, rows, len(chosen)); !slices.Equal(got, want) {
			t.Fatalf("%s\n got %s\nwant %s", text, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

// answered are the lines of an answer, which is asked for in parts, with an
// answer in the middle of reading.
func answered(t *testing.T, r *rand.Rand, question string, rows [][]cell, matching int) (lines []string) {
	t.Helper()
	columns := make([]Column, len(plainColumns))
	for i := range columns {
		columns[i] = plainColumns[i].Column
	}
	q, err := Compile(specOf(t, question), columns, Env{Now: plainNow})
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	middle := r.IntN(len(rows) + 1)
	for i, row := range rows {
		values := map[string]any{}
		for c := range row {
			values[plainColumns[c].ID] = row[c].raw()
		}
		if err := q.Add(fmt.Sprint("i-", i), values); err != nil {
			t.Fatal(err)
		}
		if i == middle {
			q.Answer(0, 3)
		}
	}
	if read, met := q.Read(); read != len(rows) || met != matching {
		t.Fatalf("%s: %d of %d rows, want %d of %d", question, met, read, matching, len(rows))
	}
	for limit := 1 + r.IntN(9); ; {
		a := q.Answer(len(lines), limit)
		for _, row := range a.Rows {
			lines = append(lines, jsonOf(t, row))
		}
		if !a.More {
			return lines
		}
	}
}

// twins tells which names in a column stand for several, among some rows.
func twins(rows [][]cell, chosen []int, column int) func(e entry) string {
	who := map[string]map[string]bool{}
	for _, i := range chosen {
		for _, e := range rows[i][column] {
			if who[flat(e.text)] == nil {
				who[flat(e.text)] = map[string]bool{}
			}
			who[flat(e.text)][e.id] = true
		}
	}
	return func(e entry) string {
		if e.id != "" && len(who[flat(e.text)]) > 1 {
			return apart(e.text, e.id)
		}
		return e.text
	}
}

// plainShown is an entry as an answer has it.
func plainShown(c *plainColumn, e entry, name func(entry) string) any {
	switch {
	case c.Type == "checkbox":
		return e.n == 1
	case !e.odd && (c.Type == "number" || c.Type == "percent"):
		return json.Number(e.text)
	}
	return name(e)
}

func plainCellShown(c *plainColumn, in cell, name func(entry) string) any {
	if len(in) == 0 {
		return ""
	}
	if len(in) == 1 {
		return plainShown(c, in[0], name)
	}
	var list []any
	for _, e := range in {
		list = append(list, plainShown(c, e, name))
	}
	return list
}

// plainListing asks for rows.
func plainListing(t *testing.T, r *rand.Rand, question map[string]any, rows [][]cell, chosen []int) (want []string) {
	t.Helper()
	shown, distinct := r.Perm(len(plainColumns))[:1+r.IntN(3)], r.IntN(3) == 0
	sorts := r.Perm(len(plainColumns))[:r.IntN(3)]
	down := make([]bool, len(sorts))
	var names []string
	var by []any
	for _, c := range shown {
		names = append(names, plainColumns[c].Name)
	}
	for i, c := range sorts {
		down[i] = r.IntN(2) == 0
		by = append(by, map[string]any{"column": plainColumns[c].Name, "descending": down[i]})
	}
	question["select"], question["sort"], question["distinct"] = names, by, distinct
	name := map[int]func(entry) string{}
	for _, c := range shown {
		name[c] = twins(rows, chosen, c)
	}
	if distinct {
		chosen = different(rows, chosen, shown)
	}
	chosen = slices.Clone(chosen)
	slices.SortStableFunc(chosen, func(a, b int) int {
		for k, c := range sorts {
			if n := plainOrder(&plainColumns[c], rows[a][c], rows[b][c], down[k]); n != 0 {
				return n
			}
		}
		return 0
	})
	for _, i := range chosen {
		var cells []any
		if !distinct {
			cells = append(cells, fmt.Sprint("i-", i))
		}
		for _, c := range shown {
			cells = append(cells, plainCellShown(&plainColumns[c], rows[i][c], name[c]))
		}
		want = append(want, jsonOf(t, cells))
	}
	return want
}

// different are the first of the rows that show the same.
func different(rows [][]cell, chosen, shown []int) (out []int) {
	seen := map[string]bool{}
	for _, i := range chosen {
		key := ""
		for _, c := range shown {
			for _, e := range rows[i][c] {
				key += sign(cell{e}) + "\x00"
			}
			key += "\x01"
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, i)
		}
	}
	return out
}

// plainOrder orders two cells by their first entries: values, then what is odd,
// then what is empty.
func plainOrder(c *plainColumn, x, y cell, down bool) int {
	rank := func(in cell) int {
		switch {
		case len(in) == 0:
			return 2
		case in[0].odd:
			return 1
		}
		return 0
	}
	if n := rank(x) - rank(y); n != 0 || rank(x) == 2 {
		return n
	}
	n := 0
	switch a, b := x[0], y[0]; {
	case c.order && !a.odd, c.Type == "checkbox":
		n = sideOf(c, a, b)
	case len(c.Options) > 0:
		n = slices.Index(c.Options, a.text) - slices.Index(c.Options, b.text)
	default:
		n = strings.Compare(flat(a.text), flat(b.text))
	}
	if down {
		return -n
	}
	return n
}

// plainKey is the group of an entry: what it is called, and what it is sorted by.
func plainKey(c *plainColumn, e entry, by string) entry {
	at := time.Unix(e.day*86400, 0).UTC()
	if e.odd || by == "" {
		return e
	}
	first := entry{}
	switch y, m, _ := at.Date(); by {
	case "day":
		first = entry{text: dayText(e.day), day: e.day}
	case "week":
		year, week := at.ISOWeek()
		first = entry{text: fmt.Sprintf("%d-W%02d", year, week), day: e.day - (e.day+3)%7}
	case "month":
		first = entry{text: at.Format("2006-01"), day: int64(12*y) + int64(m)}
	case "quarter":
		first = entry{text: fmt.Sprintf("%d-Q%d", y, (m+2)/3), day: int64(4*y) + int64((m+2)/3)}
	case "year":
		first = entry{text: fmt.Sprint(y), day: int64(y)}
	}
	first.at = first.day
	return first
}

// ratText is a number as answers have it.
func ratText(n *big.Rat) json.Number {
	s := n.FloatString(12)
	if exact, _ := new(big.Rat).SetString(s); exact.Cmp(n) != 0 {
		s = n.FloatString(6)
	}
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		s = "0"
	}
	return json.Number(s)
}
