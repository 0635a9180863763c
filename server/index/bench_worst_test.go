//go:build unix

package index_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/server/index"
)

// worst are queries that a client writes by accident or to keep others
// waiting. Each is made of the words of the generated language.
func worst() []struct{ name, query string } {
	p := newProse(23)
	common := func(n int) string {
		var out []string
		for range n {
			out = append(out, wordOf(uint64(p.r.IntN(12))))
		}
		return strings.Join(out, " ")
	}
	repeat := func(n int, each func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(each(i) + " ")
		}
		return b.String()
	}
	unknown := func(i int) string { return fmt.Sprintf("%szqxjkvwhpmlncbtrdgfszyq%d", wordOf(uint64(i)), i) }
	return []struct{ name, query string }{
		{"phrase-of-1000", `"` + common(1000) + `"`},
		{"phrase-of-12", `"` + common(12) + `"`},
		{"same-word-phrase", `"` + strings.Repeat(wordOf(0)+" ", 1000) + `"`},
		{"phrases-of-12", repeat(30, func(int) string { return `"` + common(12) + `"` })},
		{"dashes-20KB", strings.Repeat("a-", 10_000) + "a"},
		{"common-dashes", repeat(30, func(int) string { return strings.ReplaceAll(common(12), " ", "-") })},
		{"unknown-words", repeat(30, unknown)},
		{"unknown-pairs", repeat(30, func(i int) string { return unknown(i)[:9] + "-" + unknown(i + 1)[:9] })},
		{"prefix-flood", repeat(30, func(i int) string { return wordOf(uint64(40 + i))[:3] })},
		{"two-letters", repeat(30, func(i int) string { return wordOf(uint64(40 + i))[:2] })},
		{"common-words", common(32)},
		{"negations", common(1) + " " + repeat(30, func(int) string { return "-" + common(1) })},
		{"long-negation", common(1) + ` -"` + common(1000) + `"`},
		{"doc-filters", repeat(30, func(i int) string { return "doc:" + wordOf(uint64(i))[:2] }) + common(1)},
		{"long-doc-filter", `doc:"` + common(1000) + `" ` + common(1)},
		{"kanji-20KB", strings.Repeat("東京展示会", 1400)},
		{"slips", repeat(12, func(i int) string { w := wordOf(uint64(3000 + i)); return w[:2] + "q" + w[2:] })},
	}
}

// BenchmarkWorstSearch measures one by one the queries that take longest.
func BenchmarkWorstSearch(b *testing.B) {
	for _, a := range accounts[:2] {
		path, _ := accountAt(b, a)
		for _, q := range worst() {
			b.Run(a.String()+"/"+q.name, func(b *testing.B) {
				x := index.New(index.Options{Path: path, Owner: func() string { return "owner-1" }})
				defer x.Close()
				measure(b, x, []string{"warm"})
				cpu, start := processor(), time.Now()
				for range b.N {
					measure(b, x, []string{q.query})
				}
				b.ReportMetric(float64((processor()-cpu).Milliseconds())/float64(b.N), "CPU-ms")
				b.ReportMetric(float64(time.Since(start).Milliseconds())/float64(b.N), "ms")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
