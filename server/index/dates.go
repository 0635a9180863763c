package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// A date in a cell is stored as 2026-03-12. Each word of a date that somebody
// writes in another way, such as "12 March 2026", counts as met by that too.

// monthNames are the months in the languages that have been asked for, and
// three letters of the English ones.
var monthNames = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for _, year := range []string{
		"january february march april may june july august september october november december",
		"jan feb mar apr may jun jul aug sep oct nov dec",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
	} {
		for i, name := range strings.Fields(year) {
			out[words(name)] = i + 1
		}
	}
	out["sept"] = 9
	return out
})

// withDates lets the words of each written date of a query be met by the
// stored one: "12 March 2026" and "March 12, 2026".
func withDates(clauses []clause) []clause {
	for i := 0; i+2 < len(clauses); i++ {
		three := clauses[i : i+3]
		if slices.ContainsFunc(three, func(c clause) bool { return c.exact || c.dense || len(c.words) > 1 }) {
			continue
		}
		day, month := three[0].words[0], three[1].words[0]
		if monthNames()[day] > 0 {
			day, month = month, day
		}
		date := stored(dayOf(day), monthNames()[month], three[2].words[0])
		if date == nil {
			continue
		}
		for k := range three {
			three[k].dates = [][]string{date}
		}
	}
	return clauses
}

// numbered are the stored forms of a date of numbers, "12.03.2026" or
// "3/12/2026"; none of anything else. With dots the day comes first; with
// strokes it may be either, and where both may be the day there are two.
func numbered(typed string, cut []string) [][]string {
	if len(cut) != 3 {
		return nil
	}
	first, second, year := dayOf(cut[0]), dayOf(cut[1]), cut[2]
	if len(year) == 2 && isDigits(year) && strings.Count(typed, "/") == 2 {
		year = "20" + year
	}
	var out [][]string
	if date := stored(first, second, year); date != nil {
		out = append(out, date)
	}
	if date := stored(second, first, year); date != nil && first != second && strings.Count(typed, ".") != 2 {
		out = append(out, date)
	}
	return out
}

// dayOf reads the number of a day, such as 12 or 12th; 0 for anything else.
func dayOf(w string) int {
	number := strings.TrimRightFunc(w, unicode.IsLetter)
	n, err := strconv.Atoi(number)
	if ending := w[len(number):]; err != nil || n > 31 || ending != "" && !slices.Contains([]string{"st", "nd", "rd", "th", "er", "º"}, ending) {
		return 0
	}
	return n
}

// stored is a date as the words that a cell has of it.
func stored(day, month int, year string) []string {
	if y, err := strconv.Atoi(year); err != nil || len(year) != 4 || y < 1900 || day < 1 || month < 1 || month > 12 {
		return nil
	}
	return []string{year, fmt.Sprintf("%02d", month), fmt.Sprintf("%02d", day)}
}

// dated tells how many words a date of the clause has that stands in a text
// from word i on; 0 where none does.
func (c *clause) dated(in []token, i int) int {
	for _, date := range c.dates {
		if i+len(date) <= len(in) && isAt(date, in[i:]) {
			return len(date)
		}
	}
	return 0
}

// isAt tells whether a text begins with words.
func isAt(words []string, in []token) bool {
	for k, w := range words {
		if in[k].text != w {
			return false
		}
	}
	return true
}
