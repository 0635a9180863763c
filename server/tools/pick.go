package tools

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// pick finds the one item that ref means: its id, else its name as written,
// else its name whatever the case and accents. Two that fit are never guessed
// between.
func pick[T any](what, listTool, ref string, items []T, facts func(T) (id, name, more string)) (T, error) {
	var zero T
	for _, exact := range []func(id, name string) bool{
		func(id, _ string) bool { return id == ref },
		func(_, name string) bool { return strings.TrimSpace(name) == ref },
		func(_, name string) bool { return fold(name) == fold(ref) },
	} {
		var fits []T
		for _, it := range items {
			if id, name, _ := facts(it); exact(id, name) {
				fits = append(fits, it)
			}
		}
		switch {
		case len(fits) == 1:
			return fits[0], nil
		case len(fits) > 1:
			return zero, say("%d %ss are called %s: %s. Call again with the id of the one you mean.", len(fits), what, quote(ref), candidates(fits, facts))
		}
	}
	if near := nearest(ref, items, facts); len(near) > 0 {
		return zero, say("There is no %s called %s. Near it: %s. Call %s for all.", what, quote(ref), candidates(near, facts), listTool)
	}
	return zero, say("There is no %s called %s. Call %s and use an id from there.", what, quote(ref), listTool)
}

func candidates[T any](items []T, facts func(T) (id, name, more string)) string {
	var out []string
	for _, it := range items[:min(len(items), 8)] {
		id, name, more := facts(it)
		text := fmt.Sprintf("%s (%s", quote(clip(name, 60)), id)
		if more != "" {
			text += ", " + clip(cleanText(more), 60)
		}
		out = append(out, text+")")
	}
	if len(items) > 8 {
		out = append(out, fmt.Sprintf("and %d more", len(items)-8))
	}
	return strings.Join(out, ", ")
}

// nearest finds a few items whose name resembles ref.
func nearest[T any](ref string, items []T, facts func(T) (id, name, more string)) []T {
	q := newQuery(ref)
	type scored struct {
		item  T
		score float64
	}
	var near []scored
	for _, it := range items {
		_, name, _ := facts(it)
		if s := q.score(name, ""); s > 0 {
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

// fold makes names comparable: no case, no accents, single spaces.
func fold(s string) string {
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

// jsonText is s as a JSON string.
func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
