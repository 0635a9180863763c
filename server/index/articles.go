package index

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Arabic and Hebrew write articles, prepositions and the word for "and" in one
// with what follows, in this order of first letters. Longer ones come first.
var (
	arabicPrefixes = strings.Fields("وبال ولل وال فال بال كال لل ال و ف ب ل ك")
	hebrewPrefixes = strings.Fields("וכש שה כש וה וב ול ומ ושה מה לכש ה ו ב כ ל מ ש")
)

const (
	shortestBare  = 3 // letters of a word without its prefix
	shortestAfter = 4 // where the prefix is a single letter, which may be its own
)

// isSemitic tells a word of Arabic or Hebrew letters.
func isSemitic(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.In(r, unicode.Arabic, unicode.Hebrew)
}

// withArticles are the forms of an Arabic or Hebrew word with and without an
// article or preposition; nil for all other words.
func withArticles(w string) []string {
	if !isSemitic(w) {
		return nil
	}
	prefixes := arabicPrefixes
	if r, _ := utf8.DecodeRuneInString(w); unicode.Is(unicode.Hebrew, r) {
		prefixes = hebrewPrefixes
	}
	bases := []string{w}
	for _, p := range prefixes {
		base, ok := strings.CutPrefix(w, p)
		if n := utf8.RuneCountInString(base); ok && (n >= shortestAfter || n >= shortestBare && utf8.RuneCountInString(p) > 1) {
			bases = append(bases, base)
			break
		}
	}
	var out []string
	for _, b := range bases {
		if short, ok := strings.CutSuffix(b, "ه"); ok && utf8.RuneCountInString(short) >= shortestBare { // of the singular only
			b = short
		}
		if utf8.RuneCountInString(b) < shortestBare {
			continue
		}
		out = append(out, b)
		for _, p := range prefixes {
			out = append(out, p+b)
		}
	}
	return out
}
