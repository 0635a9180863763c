package index

import (
	"fmt"
	"slices"
	"strings"
)

// Rest says what an answer leaves out; empty where that is nothing.
func (a Answer) Rest() string {
	if a.More == 0 {
		switch {
		case a.Many:
			return "So many places fit that not all were compared" + a.advice + "."
		case a.ManyLack:
			return "Other places have some of the words."
		}
		return ""
	}
	s := moreResults(a.More) + " left out"
	if a.Many || a.ManyLack {
		s = "At least " + s
	}
	if a.AsOne {
		s += ", rows of one name counted once"
	}
	switch {
	case a.Lacking == a.More && a.More == 1:
		s += ", which has only some of the words"
	case a.Lacking == a.More:
		s += ", which have only some of the words"
	case a.Lacking > 0:
		s += fmt.Sprintf(", %s of them with only some of the words", thousands(a.Lacking))
	}
	if a.Full {
		s += ", as the answer would be too long"
	}
	if a.Many && a.Lacking < a.More {
		s += "; so many fit that not all were compared" + a.advice
	}
	return s + "."
}

// mostAdvised is to how many words others are worth being added.
const mostAdvised = 5

// advice is how to look for less, where that helps: more words do not where some
// are missing already.
func (s *search) advice(shown []chosen) string {
	missing := slices.ContainsFunc(s.q.clauses, func(c clause) bool { return c.found == 0 })
	switch {
	case missing || len(shown) == 0 || !shown[0].full:
		return ""
	case len(s.q.clauses) < mostAdvised:
		return ": use more words"
	case len(s.q.docs) == 0:
		return ": name the doc with doc:"
	}
	return ""
}

func moreResults(n int) string {
	if n == 1 {
		return "1 more result is"
	}
	return thousands(n) + " more results are"
}

// Counts says how many of each kind fit; empty where all of them are shown.
func (a Answer) Counts() string {
	var out []string
	total := 0
	for i, n := range a.Kinds {
		total += n
		switch {
		case n == 1:
			out = append(out, "1 "+kindNamesOut[i])
		case n > 1:
			out = append(out, thousands(n)+" "+kindNamesOut[i]+"s")
		}
	}
	if total <= len(a.Hits) {
		return ""
	}
	found := "Found "
	if a.Uncounted {
		found = "Found at least "
	}
	return found + strings.Join(out, ", ") + "."
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
