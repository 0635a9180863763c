//go:build !race

package tools_test

import (
	"slices"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// shown is a part of what a search shows.
type shown struct {
	Results    []struct{ ID, Title, Text, Why, Kind string }
	Note       string
	NextCursor string `json:"next_cursor"`
}

func (s shown) titles() (out []string) {
	for _, r := range s.Results {
		out = append(out, r.Title)
	}
	return out
}

// TestSearchShowsAsManyAsThereAre: where words are missing, and a phrase, too. The
// page that one of them names is among the first.
func TestSearchShowsAsManyAsThereAre(t *testing.T) {
	t.Parallel()
	sample := func(s *settings) { s.fake = codatest.Options{Workspace: codatest.Sample()} }
	whole, _, _ := indexed(t, complete, sample)
	names := newHarness(t, sample)
	for _, c := range []struct {
		r       *harness
		ask     object
		least   int
		among   int // so many first ones
		title   string
		says    string
		saysNot string
	}{
		{whole, object{"query": "roadmap vs pipeline"}, 4, 4, "Pipeline · Customer CRM", "No place has all the words", "use more words"},
		{whole, object{"query": "roadmap versus pipeline"}, 4, 4, "Pipeline · Customer CRM", "No place has all the words", "“versus”"},
		{whole, object{"query": `"wave launch" plan`}, 12, 1, "Atlas launch plan · Product Roadmap",
			"The phrase “wave launch” is in no doc. Its words were looked for one by one.", "use more words"},
		{whole, object{"query": "vacation policy"}, 5, 1, "Time off · Team Handbook", "“policy” is in no doc", "use more words"},
		{whole, object{"query": "launch plan"}, 12, 1, "Atlas launch plan · Product Roadmap", "which have only some of the words", "use more words"},
		{whole, object{"query": "launch plan", "limit": 20}, 20, 1, "Atlas launch plan · Product Roadmap", "which have only some of the words", "too long"},
		{whole, object{"query": "weekly"}, 1, 1, "Week plan · Recipe Box", "", "Nothing fits"},
		{whole, object{"query": "what did we decide about pricing in the leadership meeting of november, and who owns the budget"}, 10, 20,
			"Leadership ", "only some of the words", "use more words"},
		{names, object{"query": "roadmap vs pipeline"}, 2, 3, "Pipeline · Customer CRM", "", "Nothing fits"},
		{names, object{"query": "what is overdue on the launch plan"}, 1, 1, "Atlas launch plan · Product Roadmap", "", "Nothing fits"},
		{names, object{"query": "umbrella quarterly pipeline forecast"}, 1, 1, "Pipeline · Customer CRM", "No name has all the words", "Nothing fits"},
	} {
		var got shown
		c.r.call("search", c.ask).ok(&got)
		at := slices.IndexFunc(got.titles(), func(title string) bool { return strings.HasPrefix(title, c.title) })
		if len(got.Results) < c.least || at < 0 || at >= c.among {
			t.Errorf("%v: %q", c.ask, got.titles())
		}
		if !strings.Contains(got.Note, c.says) || strings.Contains(got.Note, c.saysNot) {
			t.Errorf("%v says %q", c.ask, got.Note)
		}
	}
}

// TestSearchGoesOnToTheEnd: a search and its cursors give each result once, the
// same that a single answer has first, in answers that are not too long.
func TestSearchGoesOnToTheEnd(t *testing.T) {
	t.Parallel()
	sample := func(s *settings) { s.fake = codatest.Options{Workspace: codatest.Sample()} }
	whole, _, _ := indexed(t, complete, sample)
	names := newHarness(t, sample)
	for _, query := range []string{"roadmap vs pipeline", `"wave launch" plan`, "pricing", "launch plan", "standup notes", "plan", "rows where owner is empty",
		"meeting notes last week decisions", "status blocked", "book", "support playbook escalation matrix tier two", "atlas type:page", "doc:budget"} {
		for where, r := range map[string]*harness{"in the index": whole, "in names": names} {
			seen, ids := map[string]bool{}, []string{}
			ask := object{"query": query}
			for n := 0; ; n++ {
				var got shown
				answer := r.call("search", ask).ok(&got)
				for _, one := range got.Results {
					if seen[one.ID] {
						t.Errorf("%q %s gives %s twice", query, where, one.ID)
					}
					seen[one.ID] = true
					ids = append(ids, one.ID)
				}
				if len(answer.text) > 16_000 {
					t.Errorf("%q %s: an answer of %d bytes", query, where, len(answer.text))
				}
				if got.NextCursor == "" {
					break
				}
				if len(got.Results) == 0 || n > 40 {
					t.Fatalf("%q %s goes on for ever: %+v", query, where, got)
				}
				ask["cursor"] = got.NextCursor
			}
			var first shown
			r.call("search", object{"query": query, "limit": 20}).ok(&first)
			for i, one := range first.Results {
				if i >= len(ids) || ids[i] != one.ID {
					t.Fatalf("%q %s: %s is not number %d of %v", query, where, one.ID, i, ids)
				}
			}
		}
	}
}
