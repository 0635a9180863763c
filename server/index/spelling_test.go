//go:build !race

package index_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// TestAGuessTellsNothingOfOtherDocs: not even that a word is in one of them.
func TestAGuessTellsNothingOfOtherDocs(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	for _, query := range []string{"zeppelni", "zepplein", "zeppelin", "zep-pelin"} {
		a, err := b.x.Search(context.Background(), index.Ask{Query: query, Documents: []string{"kitchen001"}})
		if err != nil || len(a.Hits) > 0 || strings.Contains(a.Odd, "“zeppelin” was") {
			t.Errorf("%q: %+v %v", query, a, err)
		}
	}
	if a := b.search("zeppelni"); !strings.Contains(a.Odd, "“zeppelin” was looked for too") {
		t.Errorf("where it may be told: %q", a.Odd)
	}
}

// TestOneWordIsWrittenInManyWays: together, apart, with a mark, bent.
func TestOneWordIsWrittenInManyWays(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var w codatest.Workspace
	pages := []*codatest.Page{}
	for id, body := range map[string]string{
		"mail": "How to write an e-mail to a customer.", "emil": "Emil is on holiday.", "check": "The checkin at the hotel.", "stop": "They cancel and price everything.",
		"many": "Three companies and their cities.", "state": "The status of the boat is done.", "boat": "Nothing is certain.",
	} {
		pages = append(pages, &codatest.Page{ID: "canvas-" + id, Name: "Page of " + id + "1", Body: body, Updated: at})
	}
	w.Docs = []*codatest.Doc{{ID: "words00001", Name: "Words", Updated: at, Pages: pages}}
	b := newHarness(t, w)
	b.start()
	b.crawled()
	for _, c := range []struct{ query, page, said string }{
		{"email", "mail", "“e mail” was looked for too"},
		{"e-mail", "mail", ""},
		{"check-in", "check", ""},
		{"cancelled", "stop", ""},
		{"pricing", "stop", ""},
		{"company", "many", ""},
		{"city", "many", ""},
		{"status:done", "state", "one by one"},
		{"hotle", "check", "“hotel” was looked for too"},
	} {
		b.finds(c.query, c.query, "page:words00001/canvas-"+c.page)
		if a := b.search(c.query); !strings.Contains(a.Odd, c.said) || (c.said == "" && a.Odd != "") {
			t.Errorf("%s: %q", c.query, a.Odd)
		}
	}
	b.findsNot("a number of which one part is nowhere", "boat-77")
	if text := b.search("email").Hits[0].Text; !strings.Contains(text, "**e-mail**") {
		t.Errorf("not marked: %q", text)
	}
}
