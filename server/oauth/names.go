package oauth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clip makes a foreign text fit to be shown between our quotation marks: no
// more than n characters, and none that ends the quotation, looks like
// nothing, or turns the direction of what stands beside it.
func clip(text string, n int) string {
	var b strings.Builder
	blank, marks := false, 0
	for _, c := range text {
		switch {
		case c == utf8.RuneError || isQuotation(c) || isBlank(c):
			continue
		case unicode.IsSpace(c):
			blank = b.Len() > 0
			continue
		case !unicode.IsPrint(c):
			continue
		case !unicode.Is(unicode.M, c):
			marks = 0
		case b.Len() == 0 || blank || marks >= mostMarks:
			continue // a mark on nothing, or one of a tower
		default:
			marks++
		}
		if n == 0 {
			b.WriteRune('…')
			break
		}
		if blank && n > 1 {
			b.WriteByte(' ')
			n--
		}
		blank = false
		b.WriteRune(c)
		n--
	}
	return b.String()
}

// mostMarks is how many combining marks may stand on one letter; Vietnamese and
// Tibetan need that many.
const mostMarks = 4

// isQuotation reports whether a character is, or looks like, a quotation mark.
func isQuotation(c rune) bool {
	return unicode.In(c, unicode.Quotation_Mark, unicode.Pi, unicode.Pf) || strings.ContainsRune(looksQuoted, c)
}

// looksQuoted are accents, primes and letters that read as quotation marks.
const looksQuoted = "`´˝ʹʺʻʼʽʾʿˈˊˋˮ΄՚՛׳״ߴߵ᾽᾿῍῎῏῝῞῟`´῾′″‴‵‶‷⁗❛❜❝❞❟❠❮❯〃Ꞌꞌ꞉｀🙶🙷🙸"

// isBlank reports whether a character shows as nothing though it counts as a
// letter, a mark or a symbol. Unicode has a property for most of them.
func isBlank(c rune) bool {
	return unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Me) ||
		strings.ContainsRune("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\U00016fe4\U0001d159\U00013441\U00013442", c)
}
