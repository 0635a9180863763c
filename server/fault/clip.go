package fault

import (
	"strconv"
	"strings"
	"unicode"
)

// Clip shortens what came from outside before it enters a sentence, a log or
// an answer: to n characters, of which the last is then "…".
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes, cut := 0, 0
	for i := range s {
		if runes == n-1 {
			cut = i
		}
		runes++
		if runes > n {
			return s[:cut] + "…"
		}
	}
	return s
}

// ClipLine shortens what came from outside to one line of n characters.
func ClipLine(text string, n int) string { return Clip(OneLine(text), n) }

// OneLine drops from a text of unknown origin what is not printed, and turns
// white space into spaces.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
}

// Quote puts a text of any origin in quotation marks, on one line and n
// characters long at most, for a sentence. One in which there is nothing to be seen
// is shown by the codes of its characters.
func Quote(s string, n int) string {
	text := strings.Join(strings.Fields(s), " ")
	if text != "" && strings.TrimSpace(OneLine(text)) == "" {
		return strings.ReplaceAll(strconv.QuoteToASCII(Clip(text, min(n, 12))), `\x`, `\u00`)
	}
	return `"` + Clip(text, n) + `"`
}
