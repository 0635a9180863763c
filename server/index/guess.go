package index

import (
	"strings"
	"unicode/utf8"
)

// stems are other forms of a word that count as it: without the endings that
// the languages around put on. Longer forms are found as prefixes.
func stems(w string) []string {
	var out []string
	for _, ending := range []string{"s", "es", "en", "n", "e", "er", "ed", "ing", "ies", "'s", "а", "и", "ы", "у", "я", "ой", "ов", "ии", "ия"} {
		base, ok := strings.CutSuffix(w, ending)
		if !ok || utf8.RuneCountInString(base) < 4 {
			continue
		}
		if ending == "ies" {
			base += "y"
		}
		out = append(out, base)
	}
	return out
}

// guess looks for words one slip away from one that is nowhere, among those
// with the same first two letters, and then among those with the first alone.
func (s *search) guess(c *clause) error {
	w := c.words[0]
	if utf8.RuneCountInString(w) < 4 {
		return nil
	}
	r := []rune(w)
	for _, inRows := range []bool{false, true} {
		for _, prefix := range []string{string(r[:2]), string(r[:1])} {
			if inRows && prefix == string(r[:1]) {
				break // too many words begin with one letter
			}
			known, err := s.v.Vocabulary(prefix, inRows, 5000)
			if err != nil {
				return err
			}
			if near := nearest(r, known); len(near) > 0 {
				c.other = near
				if err := s.recount(c); err != nil {
					return err
				}
				where := "in no doc"
				if !s.whole {
					where = "in no doc indexed so far"
				}
				s.say("“" + w + "” is " + where + "; “" + near[0] + "” was looked for too.")
				return nil
			}
		}
	}
	return nil
}

func (s *search) recount(c *clause) error {
	other := c.other
	err := s.count(c)
	c.other = other
	return err
}

// nearest gives up to three words that differ by the fewest slips: one for
// words of four letters, two from eight.
func nearest(w []rune, known []string) []string {
	allowed := 1
	if len(w) >= 8 {
		allowed = 2
	}
	for n := 1; n <= allowed; n++ {
		var out []string
		for _, k := range known {
			o := []rune(k)
			if max(len(o)-len(w), len(w)-len(o)) <= n && Slips(w, o) == n {
				out = append(out, k)
			} else if len(o) > len(w) && Slips(w, o[:len(w)]) == n && len(w) >= 6 {
				out = append(out, k) // the slip is in the part typed so far
			}
			if len(out) == 3 {
				break
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// Slips is the optimal string alignment distance: how many letters were added,
// left out, changed or swapped with the next.
func Slips(x, y []rune) int {
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			step := 1
			if x[i] == y[j] {
				step = 0
			}
			row[j+1] = min(last[j]+step, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
