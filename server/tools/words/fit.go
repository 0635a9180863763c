package words

import (
	"encoding/json"
	"fmt"
	"slices"
)

// clipMark is the room for what stands behind a text that is clipped.
const clipMark = 60

// Fit clips the longest of some values, in place, until all of them take no
// more than budget characters of JSON, as far as that goes. It gives the places
// of those that were clipped; each ends in words that say how long it is.
func Fit(values []any, budget int) (clipped []int) {
	sizes := make([]int, len(values))
	for i, v := range values {
		sizes[i] = valueSize(v) + 1
	}
	most := fairShare(sizes, budget)
	for i, v := range values {
		if sizes[i] <= most {
			continue
		}
		text := CellWords(v)
		head, _ := Part(text, 0, max(most-clipMark, 1))
		values[i] = head + fmt.Sprintf("… (clipped; it holds %s)", Count(len([]rune(text)), "character"))
		clipped = append(clipped, i)
	}
	return clipped
}

// fairShare is the largest size for each, so that all together fit: what the
// small ones leave is for the large.
func fairShare(sizes []int, budget int) int {
	left := slices.Sorted(slices.Values(sizes))
	for i, size := range left {
		share := budget / (len(left) - i)
		if size > share {
			return max(share, 2*clipMark)
		}
		budget -= size
	}
	return 1 << 40
}

func valueSize(v any) int {
	if s, ok := v.(string); ok {
		return JSONSize(s) + 2
	}
	b, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return JSONSize(string(b))
}

// ClippedNote says which columns of a row are clipped, and how to get the rest.
func ClippedNote(row string, columns []string) string {
	names := make([]string, 0, 5)
	for _, c := range columns[:min(len(columns), 5)] {
		names = append(names, Quote(Clip(c, 60)))
	}
	return fmt.Sprintf("Too long for one answer and clipped in the row %s: %s. coda_get_row with row and column reads one of them whole, in parts.",
		row, List(names, len(columns)))
}
