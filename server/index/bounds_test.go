package index_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"codabridge/server/index"
)

// TestALongQueryIsClipped: whatever is pasted into a search, it looks for so
// much and says what it left out.
func TestALongQueryIsClipped(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Zoo")
	paragraph := "the keeper of the old otter said that nobody may feed it after the gates have closed at six because it sleeps"
	f.pages(0, [2]string{"Rules", paragraph}, [2]string{"Other", "the keeper sleeps"}, [2]string{"水族館", "東京の水族館で大きなラッコとアザラシの赤ちゃんが生まれました"})
	const phrase, words, characters = "A phrase of more than 12 words", "Only the first", "Only the first 1,000 characters"
	for _, c := range []struct{ why, query, first, odd string }{
		{"a quoted paragraph", `"` + paragraph + `"`, "Rules", phrase},
		{"of which only the beginning stands there", `"` + paragraph[:90] + strings.Repeat(" elsewhere", 60) + `"`, "Rules", phrase},
		{"with curly marks", "“" + paragraph + "”", "Rules", phrase},
		{"with marks of which the second is missing", `"` + paragraph, "Rules", phrase},
		{"twelve words in quotes", `"` + strings.Join(strings.Fields(paragraph)[:12], " ") + `"`, "Rules", ""},
		{"thirteen", `"` + strings.Join(strings.Fields(paragraph)[:13], " ") + `"`, "Rules", phrase},
		{"the paragraph without quotes", paragraph, "Rules", ""},
		{"words joined by marks", strings.ReplaceAll(paragraph, " ", "-"), "Rules", ""},
		{"very many of them", "otter " + strings.Repeat("a-", 10_000), "", characters},
		{"phrases", strings.Repeat(`"the keeper of the old otter said that" `, 6), "Rules", words},
		{"a phrase of one word", `"` + strings.Repeat("otter ", 1000) + `"`, "", characters},
		{"a long word", strings.Repeat("otter", 2000), "", characters},
		{"many letters of a writing without spaces", strings.Repeat("水", 5000), "", characters},
		{"a sentence of such a writing", "東京の水族館で大きなラッコとアザラシの赤ちゃんが生まれました", "水族館", ""},
		{"a phrase that is left out", `keeper -"` + paragraph + `"`, "Other", phrase},
		{"and many words", "keeper" + strings.Repeat(" -gates", 40), "Other", words},
		{"a filter behind many words", strings.Repeat("otter ", 29) + "doc:nowhere", "", "No doc is called “nowhere”."},
		{"a long filter", `keeper doc:"zoo ` + strings.Repeat("garden ", 30) + `"`, "", phrase},
		{"spaces", strings.Repeat(" ", 5000) + "otter", "", characters},
		{"marks", strings.Repeat(`"`, 5000), "", characters},
		{"broken letters", strings.Repeat("\xff", 5000) + "otter", "", characters},
	} {
		a := f.search(c.query)
		if c.odd == "" && a.Odd != "" && !strings.Contains(a.Odd, "first 32 words") || !strings.Contains(a.Odd, c.odd) {
			t.Errorf("%s: it says %q, want %q", c.why, a.Odd, c.odd)
		}
		if c.first != "" && (len(a.Hits) == 0 || a.Hits[0].Title != c.first) {
			t.Errorf("%s: found %s, want %s", c.why, titles(a), c.first)
		}
		if p := index.Parse(c.query); len(p.Words()) > 4000 || !strings.Contains(p.Odd(), c.odd) && !strings.HasPrefix(c.odd, "No doc") {
			t.Errorf("%s: parsed to %d bytes, %q", c.why, len(p.Words()), p.Odd())
		}
	}
}

// TestASearchEndsWhenItsTimeIsSpent: with any amount of time, the answer is
// what was found in it, and never an error.
func TestASearchEndsWhenItsTimeIsSpent(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Zoo")
	var rows []string
	for i := range 600 {
		rows = append(rows, fmt.Sprintf("otter %d", i))
	}
	f.rows(0, "an otter swims", rows...)
	queries := []string{"otter swims", `"an otter swims"`, "otter -sleeps", "oter swiims", "doc:zoo", "doc:zoo otter"}
	stopped, inTime := 0, 0
	for limit := time.Nanosecond; inTime < len(queries) && limit < time.Hour; limit *= 2 {
		x := index.New(index.Options{Path: f.path, Owner: func() string { return "me" }, SearchTime: limit})
		inTime = 0
		for _, query := range queries {
			a, err := x.Search(t.Context(), index.Ask{Query: query})
			if err != nil || a.Coverage.Docs != 1 || a.Stopped != strings.Contains(a.Odd, "took too long") {
				t.Fatalf("%s within %s: %+v %v", query, limit, a, err)
			}
			if a.Stopped {
				stopped++
				continue
			}
			inTime++
			if titles(a) != titles(f.search(query)) || len(a.Hits) == 0 {
				t.Errorf("%s within %s found %s", query, limit, titles(a))
			}
		}
		x.Close()
	}
	if stopped == 0 || inTime < len(queries) {
		t.Errorf("%d searches were stopped, %d of the last ended in time", stopped, inTime)
	}
}

// TestOneCallerHoldsOneSlot: whoever asks much waits for themselves.
func TestOneCallerHoldsOneSlot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	synctest.Test(t, func(t *testing.T) {
		at, release := map[string]int{}, make(chan struct{})
		entered, caller := make(chan struct{}, 100), make(chan string, 100)
		x := index.New(index.Options{Path: path, Owner: func() string { entered <- struct{}{}; <-release; return "" }})
		ask := func(ctx context.Context, who string) {
			go func() {
				_, _ = x.Search(ctx, index.Ask{Query: "otter", Caller: who}) // there is no index
				if ctx.Err() == nil {
					caller <- who
				}
			}()
			synctest.Wait()
		}
		for range 5 {
			ask(t.Context(), "greedy")
		}
		if n := len(entered); n != 1 {
			t.Errorf("%d searches of one caller at work", n)
		}
		gone, leave := context.WithCancel(t.Context())
		ask(gone, "greedy")
		ask(t.Context(), "patient")
		if n := len(entered); n != 2 {
			t.Errorf("%d searches at work, want one of each caller", n)
		}
		ask(t.Context(), "third")
		if n := len(entered); n != 2 {
			t.Errorf("%d searches at work at once", n)
		}
		leave()
		close(release)
		synctest.Wait()
		for range len(caller) {
			at[<-caller]++
		}
		if at["greedy"] != 5 || at["patient"] != 1 || at["third"] != 1 || len(entered) != 7 {
			t.Errorf("answered: %v, begun: %d", at, len(entered))
		}
	})
}
