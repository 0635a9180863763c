// Package alike knows when two texts mean the same name, and which names are
// near one that was mistyped. It is one for names, questions, search and the
// arguments of tools, so that what one of them takes the others take too.
package alike

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// alike are the ways in which names are held against each other, the strictest
// first: as written, but for what is typographic or cannot be seen, whatever the
// case, and whatever the accents.
var alike = []func(string) string{strings.TrimSpace, Plain, Caseless, Fold}

// Of gives the items whose name is ref, by the strictest way in which there
// is any. Last it takes the one whose name is ref but for pictures in it, which
// many put before their names and nobody says.
func Of[T any](ref string, items []T, name func(T) string) (fits []T) {
	for _, written := range alike {
		want := written(ref)
		if want == "" {
			return nil
		}
		for _, it := range items {
			if written(name(it)) == want {
				fits = append(fits, it)
			}
		}
		if len(fits) > 0 {
			return fits
		}
	}
	want := Fold(ref)
	if withoutPictures(want) != want {
		return nil // whoever writes a picture means it
	}
	for _, it := range items {
		if folded := Fold(name(it)); len(folded) > len(want) && withoutPictures(folded) == want {
			fits = append(fits, it)
		}
	}
	if len(fits) > 1 {
		return nil
	}
	return fits
}

// OfLetters gives the items whose names have the same letters and digits as ref:
// due_date and dueDate are "Due date", email is "E-mail", Net is "Net (€)". It is
// for names of which few stand together, such as columns: C and C++ are one.
func OfLetters[T any](ref string, items []T, name func(T) string) (fits []T) {
	want := lettersOf(ref)
	for _, it := range items {
		if want != "" && lettersOf(name(it)) == want {
			fits = append(fits, it)
		}
	}
	return fits
}

func lettersOf(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Fold(name))
}

// withoutPictures leaves out emoji and other symbols that are no letters, digits,
// punctuation or signs of mathematics.
func withoutPictures(folded string) string {
	if isPlain(folded) {
		return folded
	}
	kept := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.So, unicode.Sk, unicode.Me) {
			return -1
		}
		return r
	}, folded)
	return strings.Join(strings.Fields(kept), " ")
}

// typographic are characters that stand for one of the keyboard.
var typographic = map[rune]rune{
	'’': '\'', '‘': '\'', '‚': '\'', '‛': '\'', '′': '\'', '‵': '\'', 'ʼ': '\'', 'ʻ': '\'', 'ʹ': '\'', '`': '\'', '´': '\'', '‹': '\'', '›': '\'',
	'“': '"', '”': '"', '„': '"', '‟': '"', '″': '"', '‶': '"', '«': '"', '»': '"', '〝': '"', '〞': '"',
	'‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '―': '-', '−': '-', '⁃': '-', '﹣': '-', '－': '-',
	'⁄': '/', '∕': '/', '×': 'x', '∗': '*', '·': '.', '•': '.',
}

// Plain makes names comparable but for case and accents: with the quotation
// marks and dashes of the keyboard, without what cannot be seen, and with single
// spaces for spaces and line breaks of any kind.
func Plain(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.Map(plainRune, s) // before NFKC, which makes a space and an accent of ´
	s = strings.Map(plainRune, norm.NFKC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

func plainRune(r rune) rune {
	switch {
	case r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 || r == 0x2800: // blank letters
		return ' '
	case r >= 0xFE00 && r <= 0xFE0F, unicode.Is(unicode.Cf, r):
		return -1
	}
	if key, ok := typographic[r]; ok {
		return key
	}
	return r
}

// isPlain spares the work for most names: ASCII with single spaces inside.
func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 0x7F || c < ' ' || c == '`' || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

var lower = cases.Fold()

// Caseless makes texts comparable whatever the case; accents stay.
func Caseless(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	return lower.String(Plain(s))
}

// Fold makes names comparable whatever the case and accents, too.
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(Plain(s)))
	return strings.Join(strings.Fields(lower.String(s)), " ")
}
