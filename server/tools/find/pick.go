package find

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"codabridge/server/tools/words"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Pick finds the one item that ref means: its id, else its name as written,
// else its name whatever the case and accents. Two that fit are never guessed
// between.
func Pick[T any](what, listTool, ref string, items []T, label func(T) (id, name, more string)) (T, error) {
	var zero T
	for _, exact := range []func(id, name string) bool{
		func(id, _ string) bool { return id == ref },
		func(_, name string) bool { return strings.TrimSpace(name) == ref },
		func(_, name string) bool { return Fold(name) == Fold(ref) },
	} {
		var fits []T
		for _, it := range items {
			if id, name, _ := label(it); exact(id, name) {
				fits = append(fits, it)
			}
		}
		switch {
		case len(fits) == 1:
			return fits[0], nil
		case len(fits) > 1:
			return zero, words.Say("%d %ss are called %s: %s. Call again with the id of the one you mean.", len(fits), what, words.Quote(ref), candidates(fits, label))
		}
	}
	if near := nearest(ref, items, label); len(near) > 0 {
		return zero, words.Say("There is no %s called %s. Near it: %s. Call %s for all.", what, words.Quote(ref), candidates(near, label), listTool)
	}
	return zero, words.Say("There is no %s called %s. Call %s and use an id from there.", what, words.Quote(ref), listTool)
}

func candidates[T any](items []T, label func(T) (id, name, more string)) string {
	var out []string
	for _, it := range items[:min(len(items), 8)] {
		id, name, more := label(it)
		text := fmt.Sprintf("%s (%s", words.Quote(words.Clip(name, 60)), id)
		if more != "" {
			text += ", " + words.Clip(words.Clean(more), 60)
		}
		out = append(out, text+")")
	}
	if len(items) > 8 {
		out = append(out, fmt.Sprintf("and %d more", len(items)-8))
	}
	return strings.Join(out, ", ")
}

// nearest finds a few items whose name resembles ref.
func nearest[T any](ref string, items []T, label func(T) (id, name, more string)) []T {
	q := NewQuery(ref)
	type scored struct {
		item  T
		score float64
	}
	var near []scored
	for _, it := range items {
		_, name, _ := label(it)
		if s := q.Score(name, ""); s > 0 {
			near = append(near, scored{it, s})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var out []T
	for _, n := range near[:min(len(near), 5)] {
		out = append(out, n.item)
	}
	return out
}

var lower = cases.Fold()

// Fold makes names comparable: no case, no accents, single spaces.
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.In(r, unicode.Cf):
			return -1
		case r == '’' || r == '‘':
			return '\''
		}
		return r
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(lower.String(s)), " ")
}
