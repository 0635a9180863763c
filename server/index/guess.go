package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"codabridge/server/alike"
	store "codabridge/server/store/index"
)

// otherForms are those forms of a word that count as it. Longer ones are found as
// prefixes.
func otherForms(w string) []string { return append(stems(w), related(w)...) }

// stems are those without the endings that the languages around put on.
func stems(w string) []string {
	var out []string
	for _, ending := range []string{"s", "es", "en", "n", "e", "er", "ed", "ing", "ies", "ly", "'s", "а", "и", "ы", "у", "я", "ой", "ов", "ии", "ия"} {
		base, ok := strings.CutSuffix(w, ending)
		if !ok || utf8.RuneCountInString(base) < 4 {
			continue
		}
		switch ending {
		case "ies":
			base += "y"
		case "ed", "er", "ing": // priced, planner, cancelling
			out = append(out, base+"e")
			if n := len(base); base[n-1] == base[n-2] {
				out = append(out, base[:n-1])
			}
		}
		out = append(out, base)
	}
	if base, ok := strings.CutSuffix(w, "y"); ok && len(base) >= 3 {
		out = append(out, base+"ies")
	}
	return out
}

// guess looks for words one slip away from one that is nowhere, among those
// with the same first letters, four, two and then the first alone.
func (s *search) guess(c *clause) error {
	w := c.words[0]
	if utf8.RuneCountInString(w) < 4 {
		return nil
	}
	if s.guessed == mostGuessed {
		s.say(fmt.Sprintf("Words one slip away were looked for of the first %d that are nowhere.", mostGuessed))
		return nil
	}
	s.guessed++
	r := []rune(w)
	begins := []string{string(r[:2]), string(r[:1])}
	if len(r) > 5 { // of many words that begin with two letters only the first are looked at
		begins = append([]string{string(r[:4])}, begins...)
	}
	for _, inRows := range []bool{false, true} {
		for _, prefix := range begins {
			if inRows && prefix == string(r[:1]) {
				break // too many words begin with one letter
			}
			known, err := s.vocabulary(prefix, inRows)
			if err != nil {
				return err
			}
			near, err := s.commonest(nearest(r, known))
			if err != nil {
				return err
			}
			if len(near) > 0 {
				s.sayInstead(w, near[0])
				s.guesses = append(s.guesses, s.odd[len(s.odd)-1])
				c.other, c.guessed = near, true
				return s.count(c)
			}
		}
	}
	return nil
}

// vocabulary are the words that begin so, the first of many; asked for once.
func (s *search) vocabulary(prefix string, inRows bool) ([]string, error) {
	key := fmt.Sprint(inRows, prefix)
	if all, ok := s.words[key]; ok {
		return all, nil
	}
	all, err := s.v.Vocabulary(prefix, s.own, inRows, 5000)
	if err == nil {
		s.words[key] = all
	}
	return all, err
}

// sayInstead says that one word was taken for another.
func (s *search) sayInstead(w, other string) {
	s.say("“" + w + "” is in no doc" + s.soFar() + "; “" + other + "” was looked for too.")
}

// commonest gives those three of some words that are in most places, of what
// may be searched.
func (s *search) commonest(words []string) ([]string, error) {
	places := map[string]int{}
	for _, w := range words {
		n, err := s.places([]store.Term{{Words: []string{w}}})
		if err != nil {
			return nil, err
		}
		places[w] = n
	}
	words = slices.DeleteFunc(words, func(w string) bool { return places[w] == 0 })
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(places[b], places[a]) })
	return words[:min(len(words), 3)], nil
}

// mostGuessed is of how many words of a query others are guessed.
const mostGuessed = 12

// mostGuesses is how many words are counted for one that is nowhere.
const mostGuesses = 20

// nearest gives words that differ by the fewest slips: one for words of four
// letters, two from eight.
func nearest(w []rune, known []string) []string {
	allowed := 1
	if len(w) >= 8 {
		allowed = 2
	}
	for n := 1; n <= allowed; n++ {
		var out []string
		for _, k := range known {
			o := []rune(k)
			if max(len(o)-len(w), len(w)-len(o)) <= n && alike.Slips(w, o) == n {
				out = append(out, k)
			} else if len(o) > len(w) && alike.Slips(w, o[:len(w)]) == n && len(w) >= 6 {
				out = append(out, k) // the slip is in the part typed so far
			}
			if len(out) == mostGuesses {
				break
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
