//go:build !race

// Tests whose cost is the size of what goes through them. They run without the
// race detector, which makes them ten times slower and finds nothing in them:
// each has one caller.

package index_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/server/index"
)

func TestSearchInLongPages(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Library")
	f.pages(0, [2]string{"Walrus", "walrus"}, [2]string{"Middle", book(60_000, "one walrus")}, [2]string{"Long", book(80_000, "here a walrus sleeps")},
		[2]string{"Longer", book(1_000_000, "a Résumé of tusks and Walrus teeth")}, [2]string{"One line", strings.Repeat("слово без строк ", 20_000) + "полярный Морж"})
	for _, c := range []struct{ why, query, titles, text string }{
		{"a hit that holds the word stands beside one that is called so", "walrus", "Walrus, Longer, Long, Middle", ""},
		{"words at the end of a long page are shown under their heading", "tusks teeth", "Longer", "Last words: …a Résumé of **tusks** and Walrus **teeth**"},
		{"a word with accents is found in a long page too", "resume tusk", "Longer", "Last words: …a **Résumé** of **tusks** and Walrus teeth"},
		{"a page may be one line, and not in English", "морж", "One line", "**Морж**"},
	} {
		a := f.search(c.query)
		if titles(a) != c.titles {
			t.Errorf("%s: %q found %s, want %s", c.why, c.query, titles(a), c.titles)
		} else if !strings.Contains(a.Hits[0].Text, c.text) {
			t.Errorf("%s: %q shows %q, want %q", c.why, c.query, a.Hits[0].Text, c.text)
		}
	}
}

// TestSearchShowsWordsWithAccentsInManyLongPages: to find where such words
// stand takes long, and is done for what is shown.
func TestSearchShowsWordsWithAccentsInManyLongPages(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Library")
	var pages [][2]string
	for i := range 25 {
		pages = append(pages, [2]string{fmt.Sprint("Volume ", i), book(200_000, "the résumé of a "+strings.Repeat("walrus ", i))})
	}
	f.pages(0, pages...)
	for i, h := range f.search("resume").Hits {
		if !strings.Contains(h.Text, "**résumé**") {
			t.Errorf("hit %d shows %q", i, h.Text)
		}
	}
}

// TestSearchEndsWithItsDeadline: what comes back is that time is over, at
// once, and not what the database says about it.
func TestSearchEndsWithItsDeadline(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Library")
	var pages [][2]string
	for i := range 20 {
		pages = append(pages, [2]string{fmt.Sprint("Volume ", i), book(100_000, "a walrus sleeps")})
	}
	f.pages(0, pages...)
	start := time.Now()
	f.search("walrus sleeps")
	whole := time.Since(start)
	for i := range 20 {
		ctx, cancel := context.WithTimeout(context.Background(), whole*time.Duration(i)/20)
		start := time.Now()
		_, err := f.x.Search(ctx, index.Ask{Query: "walrus sleeps"})
		if err != nil && (!errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "transaction")) {
			t.Errorf("after %d/20 of the time it takes: %v", i, err)
		}
		if late := time.Since(start) - whole*time.Duration(i)/20; err != nil && late > time.Minute {
			t.Errorf("it ended %s late", late)
		}
		cancel()
	}
}
