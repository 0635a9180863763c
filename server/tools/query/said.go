package query

import (
	"slices"
	"strings"

	"codabridge/server/alike"
)

const (
	mostSaid      = 300 // bytes of a condition in words
	mostSaidWords = 5   // words of its comparison
)

// Said takes a condition apart that is written as one text: "not empty", "> 100",
// "before 2026-11-01", "not Done", "one of Low, High", "overdue". A value that is
// none where it is literally meant may be one.
func Said(text string) (is string, value any, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > mostSaid {
		return "", nil, false
	}
	if slices.Contains([]string{"overdue", "is overdue", "past due", "late"}, alike.Caseless(text)) {
		return "<", "today", true
	}
	bare := []string{"empty", "not empty", isTicked, isUnticked}
	if op, err := operator(text); err == nil {
		return op, nil, slices.Contains(bare, op)
	}
	const signs = "<>=!≠≥≤"
	if rest := strings.TrimLeft(text, signs); rest != text {
		op, err := operator(text[:len(text)-len(rest)])
		rest = strings.TrimSpace(rest)
		return op, rest, err == nil && rest != ""
	}
	words := strings.Fields(text)
	for n := min(mostSaidWords, len(words)-1); n > 0; n-- {
		if op, err := operator(strings.Join(words[:n], " ")); err == nil {
			return op, strings.Join(words[n:], " "), !slices.Contains(bare, op)
		}
	}
	return "", nil, false
}
