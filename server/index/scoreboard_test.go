//go:build !race

package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/server/golden"
)

type question struct {
	kind, query string
	wanted      []string
}

func questions(t testing.TB, places map[string]place) []question {
	raw, err := os.ReadFile(filepath.Join("testdata", "quality", "questions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []question
	kind := "everyday"
	for line := range strings.Lines(string(raw)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			kind = strings.TrimSpace(name)
		}
		query, wanted, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok || strings.HasPrefix(line, "# ") {
			continue
		}
		q := question{kind: kind, query: query}
		for path := range strings.SplitSeq(wanted, " | ") {
			p, ok := places[path]
			if !ok {
				t.Fatalf("%q wants %q, which is not in the workspace", query, path)
			}
			q.wanted = append(q.wanted, p.id)
		}
		out = append(out, q)
	}
	return out
}

// scores of one way of searching.
type scores struct {
	n, at1, at5, none int
	mrr               float64
}

func (s *scores) add(found, wanted []string) (rank int) {
	s.n++
	if len(found) == 0 {
		s.none++
	}
	rank = 1 + slices.IndexFunc(found, func(id string) bool { return slices.Contains(wanted, id) })
	if rank == 1 {
		s.at1++
	}
	if rank > 0 && rank <= 5 {
		s.at5++
	}
	if rank > 0 {
		s.mrr += 1 / float64(rank)
	}
	return rank
}

func (s scores) line(name string) string {
	n := float64(s.n)
	return fmt.Sprintf("%-34s %9d  %8.3f  %8.3f  %5.3f  %9.3f\n", name, s.n, float64(s.at1)/n, float64(s.at5)/n, s.mrr/n, float64(s.none)/n)
}

func (s scores) recall5() float64 { return float64(s.at5) / float64(s.n) }

// bySubstring finds what holds the query as it is typed, as a box that
// filters a list does.
func bySubstring(all []place, query string) (found []string) {
	query = strings.ToLower(query)
	for _, p := range all {
		if strings.Contains(strings.ToLower(p.title+" "+p.text), query) {
			found = append(found, p.id)
		}
	}
	return found
}

// byTitle finds what has most of the query's words in its title, as a search
// without an index can.
func byTitle(all []place, query string) (found []string) {
	type scored struct {
		id string
		n  int
	}
	var hits []scored
	for _, p := range all {
		n := 0
		for w := range strings.FieldsSeq(strings.ToLower(query)) {
			if strings.Contains(strings.ToLower(p.title), w) {
				n++
			}
		}
		if n > 0 {
			hits = append(hits, scored{p.id, n})
		}
	}
	slices.SortStableFunc(hits, func(a, b scored) int { return b.n - a.n })
	for _, h := range hits {
		found = append(found, h.id)
	}
	return found
}

// TestQuality is the scoreboard: what a change of the ranking gains and costs
// shows as a change of its golden file.
func TestQuality(t *testing.T) {
	t.Parallel()
	w, places, all := library(t)
	b := newHarness(t, w)
	b.start()
	b.crawled()
	var ours, substring, titles scores
	var missed strings.Builder
	kinds, order := map[string]*scores{}, []string{}
	asked := questions(t, places)
	for _, q := range asked {
		if kinds[q.kind] == nil {
			kinds[q.kind], order = &scores{}, append(order, q.kind)
		}
		var found []string
		for _, h := range b.search(q.query).Hits {
			found = append(found, h.ID)
		}
		kinds[q.kind].add(found, q.wanted)
		if rank := ours.add(found, q.wanted); rank != 1 {
			fmt.Fprintf(&missed, "rank %d  %s\n", rank, q.query)
		}
		substring.add(bySubstring(all, q.query), q.wanted)
		titles.add(byTitle(all, q.query), q.wanted)
	}
	board := fmt.Sprintf("%d docs, pages, tables and rows\n\n%-34s questions  recall@1  recall@5    MRR  zero hits\n", len(all), "")
	for _, kind := range order {
		board += kinds[kind].line(kind)
	}
	board += "\n" + ours.line("index") + titles.line("title only") + substring.line("plain substring") + "\nnot at rank 1 (0 is not found):\n" + missed.String()
	golden.Check(t, filepath.Join("testdata", "quality", "scoreboard.txt"), board)
	if everyday := kinds["everyday"]; everyday.recall5() < 0.99 || everyday.none > 0 || ours.recall5() < max(substring.recall5(), titles.recall5())+0.2 {
		t.Errorf("below the floor:\n%s", board)
	}
}
