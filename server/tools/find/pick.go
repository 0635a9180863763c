package find

import (
	"fmt"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// Pick finds the one item that ref means: its id, else the one whose name is
// alike. Two that fit are never guessed between.
func Pick[T any](what, listTool, ref string, items []T, label func(T) (id, name, more string)) (T, error) {
	var zero T
	for _, it := range items {
		if id, _, _ := label(it); id == ref {
			return it, nil
		}
	}
	fits := alike.Of(ref, items, func(it T) string { _, name, _ := label(it); return name })
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return zero, words.Say("%d %ss are called %s: %s. Call again with the id of the one you mean.", len(fits), what, words.Quote(ref), candidates(fits, label))
	}
	if near := nearest(ref, items, label); len(near) > 0 {
		return zero, words.NoSuch("There is no %s called %s. Near it: %s. Call %s for all.", what, words.Quote(ref), candidates(near, label), listTool)
	}
	if len(items) > 0 && len(items) <= mostOffered {
		return zero, words.NoSuch("There is no %s called %s. There are: %s. Call %s for all.", what, words.Quote(ref), candidates(items, label), listTool)
	}
	return zero, words.NoSuch("There is no %s called %s. Call %s and use an id from there.", what, words.Quote(ref), listTool)
}

// mostOffered is how many items are all named where none is near.
const mostOffered = 8

func candidates[T any](items []T, label func(T) (id, name, more string)) string {
	var out []string
	for _, it := range items[:min(len(items), 8)] {
		id, name, more := label(it)
		text := fmt.Sprintf("%s (%s", words.Quote(words.Clip(name, 60)), id)
		if more != "" {
			text += ", " + words.Clip(words.Clean(more), 80)
		}
		out = append(out, text+")")
	}
	if len(items) > 8 {
		out = append(out, fmt.Sprintf("and %d more", len(items)-8))
	}
	return strings.Join(out, ", ")
}

// NearDocs names the documents whose names resemble a text, with their ids;
// empty where there are none.
func NearDocs(ref string, docs []coda.Doc) string {
	near := nearest(ref, docs, docLabel)
	if len(near) == 0 {
		return ""
	}
	return candidates(near, docLabel)
}

// nearest finds a few items whose name resembles ref.
func nearest[T any](ref string, items []T, label func(T) (id, name, more string)) []T {
	near, _ := alike.Near(ref, items, func(it T) string { _, name, _ := label(it); return name })
	return near[:min(len(near), 5)]
}
