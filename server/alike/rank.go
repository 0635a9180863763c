package alike

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Query is what somebody looks for, folded and cut into words.
type Query struct {
	whole string
	words []string
}

// NewQuery cuts what somebody looks for into words.
func NewQuery(s string) Query {
	if r := []rune(s); len(r) > mostName {
		s = string(r[:mostName])
	}
	q := Query{whole: Fold(s)}
	for _, w := range WordsOf(q.whole) {
		if !filler[w] {
			q.words = append(q.words, w)
		}
	}
	if len(q.words) == 0 {
		q.words = WordsOf(q.whole)
	}
	q.words = q.words[:min(len(q.words), mostWords)] // each is held against every name
	return q
}

// mostName is how many characters of what is looked for count.
const mostName = 1000

// mostWords is how many words of a query are looked for in names.
const mostWords = 32

// filler words say nothing about a name.
var filler = map[string]bool{"the": true, "a": true, "an": true, "of": true, "for": true, "in": true, "on": true,
	"and": true, "to": true, "my": true, "our": true, "doc": true, "docs": true, "document": true, "page": true, "table": true}

// WordsOf cuts a text at all that is neither letter nor digit.
func WordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Score says how well a name fits; 0 is not at all. Words may also be found in
// the name of what holds it ("roadmap risks" for the page Risks in the
// document Roadmap), for less. The whole name always beats parts of it.
func (q Query) Score(name, holder string) float64 {
	folded := Fold(name)
	if folded == "" || len(q.words) == 0 {
		return 0
	}
	if folded == q.whole {
		return 100
	}
	own := WordsOf(folded)
	around := WordsOf(Fold(holder))
	total, hits, ownHits := 0.0, 0, 0
	for _, w := range q.words {
		best, inside := bestFit(w, own), 0.6*bestFit(w, around)
		if best > 0 {
			ownHits++
		}
		best = max(best, inside)
		if best > 0 {
			hits++
		}
		total += best
	}
	n := float64(len(q.words))
	if ownHits == 0 || float64(hits) < n/2 {
		return 0
	}
	score := 60 * total / n
	if hits < len(q.words) {
		score *= 0.5
	}
	if strings.HasPrefix(folded, q.whole) {
		score += 20
	} else if strings.Contains(folded, q.whole) {
		score += 12
	}
	// Of two names that hold the words, the shorter is meant.
	return score + 5*min(1, float64(len(q.words))/float64(max(len(own), 1)))
}

// bestFit is how well a word fits the best of some words, from 0 to 1.
func bestFit(w string, in []string) float64 {
	best := 0.0
	for _, o := range in {
		best = max(best, fit(w, o))
	}
	return best
}

func fit(w, o string) float64 {
	switch {
	case w == o:
		return 1
	case len(w) >= 2 && strings.HasPrefix(o, w):
		return 0.8
	case len(o) >= 4 && strings.HasPrefix(w, o): // "roadmaps" for Roadmap
		return 0.7
	case len(w) >= 3 && strings.Contains(o, w):
		return 0.5
	case isSlip(w, o):
		return 0.4
	}
	return 0
}

// isSlip reports one slip in a word of four letters or more, two from eight.
func isSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	allowed := 0
	switch n := min(len(x), len(y)); {
	case n >= 8:
		allowed = 2
	case n >= 4:
		allowed = 1
	}
	if allowed == 0 || x[0] != y[0] || max(len(x)-len(y), len(y)-len(x)) > allowed {
		return false
	}
	return Slips(x, y) <= allowed
}

// Slips is the optimal string alignment distance: how many letters were added,
// left out, changed or swapped with the next.
func Slips(x, y []rune) int {
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			step := 1
			if x[i] == y[j] {
				step = 0
			}
			row[j+1] = min(last[j]+step, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// NearestFirst puts the items whose name resembles ref before all others, which
// stay in their order.
func NearestFirst[T any](ref string, items []T, name func(T) string) []T {
	near, rest := Near(ref, items, name)
	return append(near, rest...)
}

// Near gives the items whose name resembles ref, those most like it first, and
// the rest as they stood.
func Near[T any](ref string, items []T, name func(T) string) (near, rest []T) {
	q := NewQuery(ref)
	scores := map[int]float64{}
	var at []int
	for i, it := range items {
		scores[i] = q.Score(name(it), "")
		if scores[i] > 0 {
			at = append(at, i)
		} else {
			rest = append(rest, it)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for _, i := range at {
		near = append(near, items[i])
	}
	return near, rest
}
