package index

import (
	"strconv"
	"strings"
	"unicode"

	store "codabridge/server/store/index"
)

// Telephone numbers are written in many ways. What they share are their last
// digits; so they are found by those, from the last to the first.
const (
	fewestDigits = 7
	mostDigits   = 15 // of a telephone number, after E.164
	plainDigits  = 10 // so many without a mark between are taken for one too
)

// number adds a telephone number that begins with token i.
func (f *forms) number(i int) {
	if !isDigits(f.in[i].text) || i > 0 && isDigits(f.in[i-1].text) && isPhoneGap(f.gap(i)) {
		return
	}
	digits, last := f.in[i].text, i
	for last+1 < len(f.in) && isDigits(f.in[last+1].text) && isPhoneGap(f.gap(last+1)) && len(digits) <= mostDigits {
		last++
		digits += f.in[last].text
	}
	international := strings.HasSuffix(f.text[:f.in[i].start], "+")
	if last == i && len(digits) < plainDigits && !international || !isPhone(digits) || isDate(f.in[i:last+1]) {
		return
	}
	f.add(token{text: tailMark + reversed(digits), start: f.in[i].start, end: f.in[last].end})
}

func isPhone(digits string) bool { return len(digits) >= fewestDigits && len(digits) <= mostDigits }

// isPhoneGap tells what may stand between the groups of a telephone number.
func isPhoneGap(gap string) bool {
	if len(gap) == 0 || len(gap) > 4 || strings.Contains(gap, ". ") {
		return false
	}
	return strings.Trim(gap, " -./()\u00a0\u2009\u2011\u2013\u202f") == ""
}

// isDate tells words that begin with a date of numbers, year first or last.
func isDate(w []token) bool {
	if len(w) < 3 {
		return false
	}
	year, day := w[0].text, w[2].text
	if len(day) == 4 {
		year, day = day, year
	}
	y, err := strconv.Atoi(year)
	return err == nil && len(year) == 4 && y >= 1900 && y < 2100 && len(w[1].text) <= 2 && len(day) <= 2
}

// withNumbers lets the words of each written telephone number of a query be
// met by one that is written in another way, with or without the code of a
// country.
func withNumbers(clauses []clause) []clause {
	for i := 0; i < len(clauses); i++ {
		digits, to := "", i
		for to < len(clauses) && clauses[to].isNumber() && (to == i || !clauses[to].international) {
			digits += strings.Join(clauses[to].words, "")
			to++
		}
		if !isPhone(digits) || to-i == 1 && clauses[i].isDate() {
			i = max(i, to-1)
			continue
		}
		terms := phoneTerms(digits, clauses[i].international)
		for k := i; k < to; k++ {
			clauses[k].loose = append(clauses[k].loose, terms...)
		}
		i = to - 1
	}
	for i := 0; i+1 < len(clauses); i++ {
		c, next := &clauses[i], clauses[i+1]
		if len(c.words) == 1 && ofVersions[c.words[0]] && strings.ContainsAny(next.words[0], "0123456789") {
			c.loose = append(append(c.loose, store.Term{Words: next.words}), next.loose...) // v2.10.3 has no such word
		}
	}
	return clauses
}

// ofVersions are words that stand before a number where a text may have "v",
// or none.
var ofVersions = map[string]bool{"version": true, "versions": true, "ver": true, "v": true, "release": true, "rel": true, "build": true,
	"revision": true, "rev": true, "versione": true, "versie": true, "versao": true}

func (c *clause) isNumber() bool {
	return !c.exact && !c.dense && c.dates == nil && isDigits(strings.Join(c.words, ""))
}

func (c *clause) isDate() bool {
	var w []token
	for _, text := range c.words {
		w = append(w, token{text: text})
	}
	return isDate(w)
}

// phoneTerms are the ways in which a telephone number may stand in the index:
// as it is, without the 0 of a call inside a country, or without the country.
func phoneTerms(digits string, international bool) []store.Term {
	all := []string{digits}
	inland := strings.TrimLeft(digits, "0")
	if strings.HasPrefix(digits, "00") {
		international = true
	}
	all = append(all, inland)
	if international || len(inland) > plainDigits {
		for n := 1; n <= 3 && n < len(inland); n++ {
			all = append(all, strings.TrimLeft(inland[n:], "0"))
		}
	}
	var out []store.Term
	for _, d := range all {
		if isPhone(d) {
			out = append(out, store.Term{Words: []string{tailMark + reversed(d)}, Prefix: true},
				store.Term{Words: []string{d}}, store.Term{Words: []string{"0" + d}})
		}
	}
	return out
}

// isInternational tells a part of a query that begins with the + of a country.
func isInternational(typed string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(typed, "("), "+")
	return ok && rest != "" && unicode.IsDigit(rune(rest[0]))
}
