//go:build !race

package query

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plainGroup is what the rows of a group come to: the entries of each column,
// and how many cells have any.
type plainGroup struct {
	keys    []cell // one entry, or none
	rows    int
	filled  []int
	entries []cell
}

// plainKeyOf is a column to group by.
type plainKeyOf struct {
	column int
	by     string
}

// plainNumber is a number that is asked for.
type plainNumber struct {
	op     string
	column int
}

// plainGroups asks for groups.
func plainGroups(t *testing.T, r *rand.Rand, question map[string]any, rows [][]cell, chosen []int) (want []string) {
	t.Helper()
	keys, numbers := askKeys(r, question), askNumbers(r, question)
	groups := gatherPlainly(keys, rows, chosen)
	if len(keys) == 0 && len(groups) == 0 {
		groups = []*plainGroup{{filled: make([]int, len(plainColumns)), entries: make([]cell, len(plainColumns))}}
	}
	all, least, byCount := groups, 0, r.IntN(3) == 0 && slices.Contains(numbers, plainNumber{"count", -1})
	if byCount {
		least = r.IntN(3)
		question["having"] = []any{map[string]any{"column": "count", "is": ">=", "value": least}}
		question["sort"] = []any{map[string]any{"op": "count", "descending": true}}
	}
	slices.SortStableFunc(groups, func(a, b *plainGroup) int {
		if byCount && a.rows != b.rows {
			return b.rows - a.rows
		}
		for i, k := range keys {
			if n := plainOrder(&plainColumns[k.column], a.keys[i], b.keys[i], false); n != 0 {
				return n
			}
		}
		return 0
	})
	names := make([]func(entry) string, len(keys))
	for i, k := range keys {
		names[i] = twins(rows, chosen, k.column)
	}
	for _, g := range groups {
		if g.rows < least {
			continue
		}
		var cells []any
		for i, k := range keys {
			c := plainColumns[k.column]
			if k.by != "" {
				c.Type = "text"
			}
			cells = append(cells, plainCellShown(&c, g.keys[i], names[i]))
		}
		for _, n := range numbers {
			cells = append(cells, g.number(n, all))
		}
		want = append(want, jsonOf(t, cells))
	}
	return want
}

func askKeys(r *rand.Rand, question map[string]any) (keys []plainKeyOf) {
	var asked []any
	for _, i := range r.Perm(len(plainColumns))[:r.IntN(3)] {
		key := plainKeyOf{column: i}
		c := &plainColumns[i]
		var one any = c.Name
		if c.Type == "date" || c.Type == "dateTime" {
			key.by = pick(r, "day", "week", "month", "quarter", "year")
			one = map[string]any{"column": c.Name, "by": key.by}
		}
		keys, asked = append(keys, key), append(asked, one)
	}
	question["group_by"] = asked
	return keys
}

func askNumbers(r *rand.Rand, question map[string]any) (numbers []plainNumber) {
	var asked []any
	for len(numbers) < 1+r.IntN(4) {
		n := plainNumber{pick(r, "count", "share", "count", "distinct", "sum", "average", "min", "max", "median", "share"), r.IntN(len(plainColumns))}
		c := &plainColumns[n.column]
		adds := slices.Contains([]string{"number", "currency", "percent", "duration"}, c.Type)
		switch {
		case (n.op == "count" || n.op == "share") && r.IntN(2) == 0:
			n.column = -1
		case n.op == "count" || n.op == "distinct" || adds || c.order && (n.op == "min" || n.op == "max"):
		default:
			continue
		}
		if slices.Contains(numbers, n) {
			continue
		}
		one := map[string]any{"op": n.op}
		if n.column >= 0 {
			one["column"] = c.Name
		}
		numbers, asked = append(numbers, n), append(asked, one)
	}
	question["aggregate"] = asked
	return numbers
}

// gatherPlainly puts each row into the group of each of its entries.
func gatherPlainly(keys []plainKeyOf, rows [][]cell, chosen []int) (groups []*plainGroup) {
	found := map[string]*plainGroup{}
	for _, at := range chosen {
		lines := [][]cell{nil}
		for _, k := range keys {
			var next [][]cell
			for _, line := range lines {
				for _, one := range alternatives(k, rows[at][k.column]) {
					next = append(next, append(slices.Clip(line), one))
				}
			}
			lines = next
		}
		for _, line := range lines {
			name := ""
			for _, one := range line {
				name += sign(one) + "\x01"
			}
			g := found[name]
			if g == nil {
				g = &plainGroup{keys: line, filled: make([]int, len(plainColumns)), entries: make([]cell, len(plainColumns))}
				found[name], groups = g, append(groups, g)
			}
			g.rows++
			for c, in := range rows[at] {
				g.entries[c] = append(g.entries[c], in...)
				g.filled[c] += min(len(in), 1)
			}
		}
	}
	return groups
}

// alternatives are the different keys of a cell.
func alternatives(k plainKeyOf, in cell) (out []cell) {
	seen := map[string]bool{}
	for _, e := range in {
		one := cell{plainKey(&plainColumns[k.column], e, k.by)}
		if !seen[sign(one)] {
			seen[sign(one)] = true
			out = append(out, one)
		}
	}
	if len(in) == 0 {
		return []cell{nil}
	}
	return out
}

// sign tells values apart.
func sign(in cell) string {
	if len(in) == 0 {
		return ""
	}
	if in[0].id != "" {
		return in[0].id
	}
	return fmt.Sprint(flat(in[0].text), in[0].at)
}

// values are the entries that fit the column.
func (g *plainGroup) values(column int) (out cell) {
	for _, e := range g.entries[column] {
		if !e.odd {
			out = append(out, e)
		}
	}
	return out
}

func (g *plainGroup) sum(column int) *big.Int {
	sum := new(big.Int)
	for _, e := range g.values(column) {
		sum.Add(sum, big.NewInt(e.n))
	}
	return sum
}

func (g *plainGroup) number(n plainNumber, all []*plainGroup) any {
	switch {
	case n.op == "count" && n.column < 0:
		return g.rows
	case n.op == "count":
		return g.filled[n.column]
	case n.op == "distinct":
		different := map[string]bool{}
		for _, e := range g.entries[n.column] {
			different[sign(cell{e})] = true
		}
		return len(different)
	case n.op == "share":
		return g.share(n.column, all)
	}
	c, values := &plainColumns[n.column], g.values(n.column)
	if n.op == "sum" {
		return told(c, new(big.Rat).SetInt(g.sum(n.column)))
	}
	if len(values) == 0 {
		return ""
	}
	sorted := slices.Clone(values)
	slices.SortStableFunc(sorted, func(a, b entry) int { return sideOf(c, a, b) })
	last := len(sorted) - 1
	switch n.op {
	case "min":
		return plainShown(c, sorted[0], func(e entry) string { return e.text })
	case "max":
		return plainShown(c, sorted[last], func(e entry) string { return e.text })
	case "average":
		return told(c, new(big.Rat).SetFrac(g.sum(n.column), big.NewInt(int64(len(values)))))
	}
	two := new(big.Int).Add(big.NewInt(sorted[last/2].n), big.NewInt(sorted[(last+1)/2].n))
	return told(c, new(big.Rat).SetFrac(two, big.NewInt(2)))
}

func (g *plainGroup) share(column int, all []*plainGroup) any {
	part, total := big.NewInt(int64(g.rows)), new(big.Int)
	for _, other := range all {
		if column < 0 {
			total.Add(total, big.NewInt(int64(other.rows)))
		} else {
			total.Add(total, other.sum(column))
		}
	}
	if column >= 0 {
		part = g.sum(column)
	}
	if total.Sign() == 0 || column >= 0 && len(g.values(column)) == 0 {
		return ""
	}
	rounded, _ := new(big.Rat).SetString(new(big.Rat).SetFrac(part, total).FloatString(4))
	return ratText(rounded)
}

// told is a number of thousandths or seconds as an answer has it.
func told(c *plainColumn, n *big.Rat) any {
	if c.Type == "duration" {
		return spanText(n)
	}
	s := ratText(new(big.Rat).Quo(n, big.NewRat(1000, 1)))
	if c.Type == "currency" {
		return string(s) + " USD"
	}
	return s
}

func spanText(seconds *big.Rat) string {
	whole := new(big.Int).Quo(new(big.Int).Abs(seconds.Num()), seconds.Denom()).Int64()
	rest := new(big.Rat).Sub(new(big.Rat).Abs(seconds), big.NewRat(whole, 1))
	rest.Add(rest, big.NewRat(whole%60, 1))
	out := ""
	for _, unit := range []struct {
		n    int64
		name string
	}{{whole / 86400, "day"}, {whole / 3600 % 24, "hr"}, {whole / 60 % 60, "min"}} {
		if unit.n == 1 {
			out += " 1 " + unit.name
		} else if unit.n > 0 {
			out += fmt.Sprintf(" %d %ss", unit.n, unit.name)
		}
	}
	if s := ratText(rest); s != "0" {
		out += " " + string(s) + " secs"
	}
	if out == "" {
		return "0 mins"
	}
	if seconds.Sign() < 0 {
		return "-" + strings.TrimSpace(out)
	}
	return strings.TrimSpace(out)
}
