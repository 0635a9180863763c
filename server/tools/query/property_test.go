//go:build !race

package query

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
)

// plainRow is a row as the plain evaluation sees it: cents, days since
// 2026-01-01, and a status; -1 is an empty cell.
type plainRow struct {
	cents, day, status int
	paid               bool
}

var statuses = []string{"Not started", "In progress", "Done"}

func (r plainRow) cells() map[string]any {
	m := map[string]any{"c-7": r.paid, "c-4": "", "c-5": "", "c-3": ""}
	if r.cents >= 0 {
		m["c-5"] = map[string]any{"@type": "MonetaryAmount", "currency": "USD", "amount": json.Number(fmt.Sprintf("%d.%02d", r.cents/100, r.cents%100))}
	}
	if r.day >= 0 {
		m["c-4"] = fmt.Sprintf("2026-%02d-%02dT00:00:00.000-07:00", r.day/28+1, r.day%28+1)
	}
	if r.status >= 0 {
		m["c-3"] = statuses[r.status]
	}
	return m
}

// plainCondition is a condition, as JSON and as Go.
type plainCondition struct {
	text  string
	holds func(plainRow) bool
}

func randomCondition(r *rand.Rand, depth int) plainCondition {
	switch n := r.IntN(7); {
	case n == 0 && depth < 3, n == 1 && depth < 3:
		parts := []plainCondition{randomCondition(r, depth+1), randomCondition(r, depth+1)}
		name := []string{"any", "all"}[n]
		return plainCondition{fmt.Sprintf(`{"%s":[%s,%s]}`, name, parts[0].text, parts[1].text), func(x plainRow) bool {
			if n == 0 {
				return parts[0].holds(x) || parts[1].holds(x)
			}
			return parts[0].holds(x) && parts[1].holds(x)
		}}
	case n <= 2:
		limit := r.IntN(500)
		return plainCondition{fmt.Sprintf(`{"column":"Amount","is":">=","value":%d.%02d}`, limit/100, limit%100), func(x plainRow) bool { return x.cents >= limit && x.cents >= 0 }}
	case n == 3:
		day := r.IntN(300)
		return plainCondition{fmt.Sprintf(`{"column":"Due","is":"<","value":"2026-%02d-%02d"}`, day/28+1, day%28+1), func(x plainRow) bool { return x.day >= 0 && x.day < day }}
	case n == 4:
		s := r.IntN(3)
		return plainCondition{fmt.Sprintf(`{"column":"Status","is":"!=","value":"%s"}`, strings.ToUpper(statuses[s])), func(x plainRow) bool { return x.status != s }}
	case n == 5:
		return plainCondition{`{"column":"Paid","is":"=","value":true}`, func(x plainRow) bool { return x.paid }}
	}
	return plainCondition{`{"column":"Due","is":"empty"}`, func(x plainRow) bool { return x.day < 0 }}
}

// TestAgainstAPlainEvaluation asks random questions about random rows, and
// works the answer out a second way: with loops over integers.
func TestAgainstAPlainEvaluation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 27))
	for range 400 {
		rows := make([]plainRow, r.IntN(60))
		for i := range rows {
			rows[i] = plainRow{cents: r.IntN(600) - 100, day: r.IntN(330) - 30, status: r.IntN(4) - 1, paid: r.IntN(2) == 0}
			rows[i].cents, rows[i].day = max(rows[i].cents, -1), max(rows[i].day, -1)
		}
		c := randomCondition(r, 0)
		checkGroups(t, rows, c)
		checkSorted(t, rows, c, 1+r.IntN(20))
	}
}

func given(t *testing.T, question string, rows []plainRow) Answer {
	t.Helper()
	q, err := Compile(specOf(t, question), table, testEnv)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	for i, row := range rows {
		if err := q.Add(fmt.Sprint("i-", i), row.cells()); err != nil {
			t.Fatal(err)
		}
	}
	return q.Answer(0, limitOf(t, question))
}

func checkGroups(t *testing.T, rows []plainRow, c plainCondition) {
	t.Helper()
	var want []string
	for s := range 4 {
		count, cents := 0, 0
		for _, x := range rows {
			if c.holds(x) && x.status == []int{0, 1, 2, -1}[s] {
				count++
				cents += max(x.cents, 0)
			}
		}
		if count > 0 {
			want = append(want, fmt.Sprintf("%s %d %d", append(statuses, "")[s], count, cents))
		}
	}
	var got []string
	for _, row := range given(t, `{"where":[`+c.text+`],"group_by":["Status"],"aggregate":[{"op":"count"},{"op":"sum","column":"Amount"}]}`, rows).Rows {
		sum := "0"
		switch x := row[2].(type) {
		case string:
			sum = strings.TrimSuffix(x, " USD")
		case json.Number:
			sum = x.String()
		}
		n, _ := number(sum)
		f, _ := n.Float64()
		got = append(got, fmt.Sprintf("%s %s %.0f", row[0], row[1], f*100))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s\n got %q\nwant %q", c.text, got, want)
	}
}

func checkSorted(t *testing.T, rows []plainRow, c plainCondition, limit int) {
	t.Helper()
	var order []int
	for i := range rows {
		if c.holds(rows[i]) {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool {
		x, y := rows[order[a]], rows[order[b]]
		if x.cents < 0 || y.cents < 0 {
			return x.cents >= 0 && y.cents < 0
		}
		return x.cents > y.cents
	})
	var want, got []string
	for _, i := range order[:min(len(order), limit)] {
		want = append(want, fmt.Sprint("i-", i))
	}
	a := given(t, fmt.Sprintf(`{"where":[%s],"select":["Task"],"sort":[{"column":"Amount","descending":true}],"limit":%d}`, c.text, limit), rows)
	for _, row := range a.Rows {
		got = append(got, row[0].(string))
	}
	if !slices.Equal(got, want) || a.More != (len(order) > limit) {
		t.Fatalf("%s sorted: got %q more %v, want %q of %d", c.text, got, a.More, want, len(order))
	}
}
