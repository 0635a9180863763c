//go:build !race

package index_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"codabridge/server/index"
)

// TestSearchFindsTheRowThatIsCalledSo: among more rows with the words than are
// weighed, the one with just that title comes first, and the answer says that
// others were not looked at.
func TestSearchFindsTheRowThatIsCalledSo(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Tasks", "Plans")
	var names []string
	for i := range 600 {
		names = append(names, fmt.Sprintf("launch note %d", i))
	}
	f.rows(0, "the launch plan of the year", append(names, "Launch plan", "launch plan b", "The great launch")...)
	for query, want := range map[string]string{"launch plan": "Launch plan", "great launch": "The great launch", "launch": "Launch plan"} {
		a := f.search(query)
		if query == "launch" {
			if !strings.Contains(titles(a), want) && !strings.HasPrefix(titles(a), "launch note") {
				t.Errorf("%s", titles(a))
			}
		} else if len(a.Hits) == 0 || a.Hits[0].Title != want {
			t.Errorf("%q found %s, want first %s", query, titles(a), want)
		}
		if query != "great launch" && a.Many {
			t.Errorf("%q: not all of 603 rows were compared", query)
		}
	}
	f.rows(1, "x", append(names, "launch")...)
	if a := f.search("launch"); len(a.Hits) == 0 || a.Hits[0].Title != "launch" {
		t.Errorf("launch found %s", titles(a))
	}
}

func TestSearchNarrowsByDoc(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 70 {
		names = append(names, fmt.Sprintf("Team %d", i))
	}
	f := newFilled(t, append(names, "Roadmap", "Zebra")...)
	f.pages(69, [2]string{"Minutes", "the otter swims"})
	f.pages(70, [2]string{"Otter plan", "otter"}, [2]string{"Other", "badger"})
	f.rows(71, "an otter", "Otter row")
	for _, c := range []struct{ why, query, titles, odd string }{
		{"a name that more than 50 docs bear", "otter doc:team", "Minutes", ""},
		{"the id of a doc, as results have it", "otter doc:doc0000070", "Otter plan", ""},
		{"a space behind the mark", "otter doc: roadmap", "Otter plan", ""},
		{"a space before a quoted name", `otter -doc: "team" -doc: zebra`, "Otter plan", ""},
		{"a space before a kind", "otter type: row", "Otter row", ""},
		{"a mark with nothing behind it", "otter plan doc: ", "Otter plan, Otter row, Minutes", ""},
		{"one doc or another", "otter doc:roadmap doc:team", "Otter plan, Minutes", ""},
		{"two docs and their rows", "doc:zebra doc:roadmap type:row", "Otter row", ""},
		{"one doc that is there and one that is not", "otter doc:Nowhere doc:roadmap", "Otter plan", "No doc is called “Nowhere”."},
		{"more names of docs than are read", strings.Repeat("doc:nowhere ", 40), "", "Only the first 32 parts of the query were read."},
		{"a name that no doc has", "otter doc:Nowhere", "", "No doc is called “Nowhere”."},
		{"a name mistyped", "otter doc:Roadmp", "", "No doc is called “Roadmp”. Near it: “Roadmap”."},
		{"a name mistyped, of many near ones", "otter doc:Teem", "", "Near it: “Team 0”, “Team 1”, “Team 2”."},
		{"a doc left out", "otter -doc:team -doc:Zebra", "Otter plan", ""},
		{"a doc left out that is not there", "otter type:row -doc:Nowhere", "Otter row", "No doc is called “Nowhere”."},
		{"a kind left out", "otter -type:page", "Otter row", ""},
		{"all kinds left out", "otter -type:page type:page", "", ""},
		{"a doc alone lists it", "doc:roadmap", "Roadmap, Otter plan, Other", ""},
		{"without what has a word", "doc:roadmap -badger", "Roadmap, Otter plan", ""},
		{"a doc and a kind", "doc:roadmap type:page", "Otter plan, Other", ""},
		{"a doc and its rows", "doc:zebra type:row", "Otter row", ""},
		{"a kind alone", "type:row", "", "Words are needed too"},
		{"a word left out alone", "-zebra", "", "Words are needed too"},
		{"a doc left out alone", "-doc:zebra", "", "Words are needed too"},
		{"a picture that is nowhere", "🚀", "", ""},
		{"punctuation", "?! +++ --", "", "Punctuation alone is not looked for"},
		{"punctuation in a doc", "doc:roadmap ?", "Roadmap, Otter plan, Other", "Punctuation alone is not looked for"},
		{"nothing", "  ", "", "The query is empty."},
		{"no type", "otter type:sheet", "", "“type:sheet” was taken for words"},
		{"more words than are looked for", "otter plan " + strings.Repeat("otter plan ", 16), "Otter plan, Otter row, Minutes", "Only the first 32 words were looked for."},
	} {
		a := f.search(c.query)
		if c.odd == "" && a.Odd != "" || !strings.Contains(a.Odd, c.odd) {
			t.Errorf("%s: %q says %q, want %q", c.why, c.query, a.Odd, c.odd)
		}
		if got := titles(a); got != c.titles && !strings.Contains(c.query, "plan otter") && !strings.Contains(c.query, "sheet") {
			t.Errorf("%s: %q found %s, want %s", c.why, c.query, got, c.titles)
		}
	}
}

// TestSearchLeavesOtherDocsAlone: a doc off the allow-list is not there, even
// by its name or id.
func TestSearchLeavesOtherDocsAlone(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Mine", "Private")
	f.pages(1, [2]string{"Secret", "otter"})
	for _, query := range []string{"doc:private", "doc:doc0000001", "otter doc:private", "otter -doc:mine", "otter doc:Privvate"} {
		a, err := f.x.Search(context.Background(), index.Ask{Query: query, Documents: []string{"doc0000000"}})
		if err != nil || len(a.Hits) > 0 || a.More > 0 || strings.Contains(a.Odd, "“Private”") {
			t.Errorf("%q: %+v %v", query, a, err)
		}
	}
}

// TestSearchDoesNotSpeakForWhatIsNotRead: a word that is nowhere so far may be
// in what is still to be read.
func TestSearchDoesNotSpeakForWhatIsNotRead(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "One", "Two")
	f.pages(0, [2]string{"Notes", "the incident of May"})
	if a := f.search("incidnet"); !strings.Contains(a.Odd, "in no doc indexed so far") {
		t.Errorf("%+v", a)
	}
	f.pages(1)
	g := newFilled(t, "One")
	g.pages(0, [2]string{"Notes", "the incident of May"})
	if a := g.search("incidnet"); !strings.Contains(a.Odd, "is in no doc;") {
		t.Errorf("%+v", a)
	}
}

func TestParsedFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, kind, name, doc, docName string
		fits                            bool
	}{
		{"zebra", "page", "Zebra", "d1", "Animals", true},
		{"zebra -zebra", "page", "Zebra", "d1", "Animals", false},
		{"zebra -zeb", "page", "Zebra", "d1", "Animals", true},
		{`zebra -"old zebra"`, "page", "An old zebra", "d1", "Animals", false},
		{"zebra doc:private", "page", "Zebra", "d1", "Animals", false},
		{"zebra doc:anim", "page", "Zebra", "d1", "My Animals", true},
		{`zebra doc:"my anim"`, "page", "Zebra", "d1", "My Animals", true},
		{"zebra doc:d1", "page", "Zebra", "d1", "Animals", true},
		{"zebra -doc:animals", "page", "Zebra", "d1", "Animals", false},
		{"zebra type:table", "page", "Zebra", "d1", "Animals", false},
		{"zebra -type:table", "page", "Zebra", "d1", "Animals", true},
		{"zebra -type:page", "page", "Zebra", "d1", "Animals", false},
		{"zebra type:row", "doc", "Zebra", "d1", "Zebra", false},
	} {
		if got := index.Parse(c.query).Fits(c.kind, c.name, c.doc, c.docName); got != c.fits {
			t.Errorf("%q fits the %s %s in %s: %v", c.query, c.kind, c.name, c.docName, got)
		}
	}
	if got := index.Parse(`Zebra -old "big herd" doc:x type:page`).Words(); got != "Zebra big herd" {
		t.Errorf("words: %q", got)
	}
}
