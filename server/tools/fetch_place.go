package tools

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// placeMark stands in the id of a long page before the words of the place that
// a search means, with a dash between.
const placeMark = "#"

// pageAt reads a page, of a long one the part in which words of a place stand.
func (t *Tools) pageAt(ctx context.Context, p find.Place, place string) (g getPageResult, note string, err error) {
	g, err = t.pageFrom(ctx, p, 0)
	if err != nil || g.NextCursor == "" || place == "" {
		return g, "", err
	}
	first, err := readPageCursor(g.NextCursor, p.Page)
	if err != nil {
		return g, "", err
	}
	text, err := t.readPage(ctx, p, true)
	if err != nil {
		return g, "", err
	}
	at := placeIn(text.text, strings.Split(place, "-"))
	if at < first {
		return g, "", nil
	}
	there, err := t.pageFrom(ctx, p, at)
	there.Tables, there.Subpages = g.Tables, g.Subpages
	return there, "This is the part that the search found. The page begins earlier: fetch page:" + p.Doc.ID + "/" + p.Page + " for its beginning.", err
}

// shortestPlace is how many words of a place must be found.
const shortestPlace = 2

// placeIn gives where the line before the one with these words side by side
// begins, in characters; 0 where they are not, or not even the first of them.
func placeIn(text string, place []string) int {
	for ; len(place) > 0; place = place[:len(place)-1] {
		if at := wordsAt(text, place); at >= 0 {
			line := strings.LastIndexByte(text[:at], '\n') + 1
			line = strings.LastIndexByte(text[:max(line-1, 0)], '\n') + 1
			return utf8.RuneCountInString(text[:line])
		}
		if len(place) <= shortestPlace {
			break
		}
	}
	return 0
}

// wordsAt is the byte at which some words begin to stand side by side, -1 where
// they do not.
func wordsAt(text string, place []string) int {
	var starts []int // of the words met so far
	for start, word := range runs(text) {
		starts = append(starts, start)
		if !strings.EqualFold(word, place[len(starts)-1]) {
			starts = starts[:0]
			if strings.EqualFold(word, place[0]) {
				starts = append(starts, start)
			}
		}
		if len(starts) == len(place) {
			return starts[0]
		}
	}
	return -1
}

// runs gives the runs of letters and digits of a text, and where they begin.
func runs(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		start := -1
		for i, r := range text {
			isWord := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
			switch {
			case isWord && start < 0:
				start = i
			case !isWord && start >= 0:
				if !yield(start, text[start:i]) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(start, text[start:])
		}
	}
}

// mostOfPlace is how many words of a place an id has, and their bytes.
const (
	mostOfPlace  = 6
	longestPlace = 80
)

// placeOf are the words of a shown part from the first one that was found on,
// as pageAt takes them.
func placeOf(shown string) string {
	_, found, ok := strings.Cut(shown, "**")
	if !ok {
		return ""
	}
	var out []string
	size := 0
	for _, w := range runs(words.Clip(found, 400)) {
		size += len(w) + 1
		if len(out) == mostOfPlace || size > longestPlace {
			break
		}
		out = append(out, w)
	}
	return strings.Join(out, "-")
}

// withoutPlace is the id of a hit without its place.
func withoutPlace(id string) string {
	id, _, _ = strings.Cut(id, placeMark)
	return id
}
