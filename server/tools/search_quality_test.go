//go:build !race

package tools_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
	"codabridge/server/golden"
)

// TestSearchQuality keeps a scoreboard over the sample workspace, so that a
// change of ranking shows what it costs.
func TestSearchQuality(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) { s.fake = codatest.Options{Workspace: codatest.Sample()} })
	cases := []struct{ query, title string }{}
	for _, d := range codatest.Sample().Docs {
		cases = append(cases, struct{ query, title string }{d.Name, d.Name},
			struct{ query, title string }{slip(d.Name), d.Name}, struct{ query, title string }{strings.ToUpper(d.Name), d.Name})
		for _, p := range d.Pages {
			cases = append(cases, struct{ query, title string }{p.Name + " " + d.Name, p.Name + " · " + d.Name})
		}
		for _, g := range d.Tables {
			cases = append(cases, struct{ query, title string }{g.Name + " in " + d.Name, g.Name + " · " + d.Name})
		}
	}
	at1, at5, mrr := 0, 0, 0.0
	var missed []string
	for _, c := range cases {
		var got found
		r.call("search", object{"query": c.query}).ok(&got)
		rank := 0
		for i, x := range got.Results {
			if x.Title == c.title {
				rank = i + 1
				break
			}
		}
		if rank == 1 {
			at1++
		}
		if rank > 0 && rank <= 5 {
			at5++
		} else {
			missed = append(missed, fmt.Sprintf("%q did not find %q in the first five", c.query, c.title))
		}
		if rank > 0 {
			mrr += 1 / float64(rank)
		}
	}
	n := float64(len(cases))
	board := fmt.Sprintf("queries %d\nrecall@1 %.3f\nrecall@5 %.3f\nMRR %.3f\n%s\n", len(cases), float64(at1)/n, float64(at5)/n, mrr/n, strings.Join(missed, "\n"))
	golden.Check(t, filepath.Join("testdata", "search_quality.txt"), board)
}

// slip swaps two letters in the longest word.
func slip(name string) string {
	longest := ""
	for _, w := range strings.Fields(name) {
		if len(w) > len(longest) {
			longest = w
		}
	}
	r := []rune(longest)
	if len(r) < 5 {
		return name
	}
	r[2], r[3] = r[3], r[2]
	return strings.Replace(name, longest, string(r), 1)
}
