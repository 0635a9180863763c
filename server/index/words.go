package index

import (
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestWord is how many bytes of a word are kept: what is longer is no word
// but data, and its beginning finds it.
const longestWord = 48

// token is one word, folded, and where it stands in the text.
type token struct {
	text       string
	start, end int
	letter     bool // a single letter of a writing without spaces
	// may tells by clause of a query whether the clause may be met from here on:
	// see query.mark. Zero where that was not found out.
	may uint64
}

// scanner cuts a text into tokens.
type scanner struct {
	text string
	at   int
	word []byte
}

// next gives the next token, and false at the end.
func (s *scanner) next() (token, bool) {
	if t, ok := s.simple(); ok {
		return t, true
	}
	s.word = s.word[:0]
	start := -1
	for s.at < len(s.text) {
		r, n := rune(s.text[s.at]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s.text[s.at:])
		}
		kind := kindOf(r)
		if kind == spaceRune || (kind == alone && start >= 0) {
			if start >= 0 {
				return s.token(start, false)
			}
			s.at += n
			continue
		}
		if start < 0 {
			start = s.at
		}
		s.at += n
		if len(s.word) < longestWord {
			s.word = foldRune(s.word, r)
		}
		if kind == alone {
			s.compose(r)
			return s.token(start, true)
		}
		if len(s.word) == 0 {
			start = -1 // an accent without a letter
		}
	}
	if start >= 0 && len(s.word) > 0 {
		return s.token(start, false)
	}
	return token{}, false
}

// simple gives the next token where it is short, and of small letters and digits
// of ASCII, as most are.
func (s *scanner) simple() (token, bool) {
	for s.at < len(s.text) && s.text[s.at] < utf8.RuneSelf && ascii[s.text[s.at]] == spaceRune {
		s.at++
	}
	end := s.at
	for end < len(s.text) && simple[s.text[end]] {
		end++
	}
	if end == s.at || end-s.at >= longestWord || end < len(s.text) && (s.text[end] >= utf8.RuneSelf || ascii[s.text[end]] != spaceRune) {
		return token{}, false
	}
	t := token{text: s.text[s.at:end], start: s.at, end: end}
	s.at = end
	return t, true
}

// simple are the letters that stay as they are.
var simple = func() (t [256]bool) {
	for c := range utf8.RuneSelf {
		t[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z'
	}
	return t
}()

// compose takes up what makes one letter with the one just read, where a text
// was written in parts as some systems do: the vowel and the end of a Korean
// syllable, the mark of a kana.
func (s *scanner) compose(first rune) {
	if first < 0x1100 || isIdeograph(first) {
		return
	}
	start, end := s.at-utf8.RuneLen(first), s.at
	for end < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[end:])
		if !goesOn(first, r) {
			break
		}
		end += n
	}
	if end > s.at {
		s.word, s.at = append(s.word[:0], norm.NFKC.String(s.text[start:end])...), end
	}
}

// goesOn tells whether a rune is a part of the letter that another begins.
func goesOn(first, r rune) bool {
	switch {
	case first < 0x1160, first >= 0xac00 && first <= 0xd7a3: // Hangul
		return r >= 0x1160 && r <= 0x11ff
	case first >= 0x3041 && first <= 0x30ff, first >= 0xff66 && first <= 0xff9d: // kana
		return r == 0x3099 || r == 0x309a || r == 0xff9e || r == 0xff9f
	}
	return false
}

// token makes one of the word so far. Most words are folded already, and then
// share the memory of the text.
func (s *scanner) token(start int, letter bool) (token, bool) {
	word := s.text[start:s.at]
	if word != string(s.word) {
		word = string(s.word)
	}
	return token{word, start, s.at, letter, 0}, true
}

// tokens cuts a whole text.
func tokens(text string) []token {
	out := make([]token, 0, len(text)/6+1)
	s := scanner{text: text}
	for t, ok := s.next(); ok; t, ok = s.next() {
		out = append(out, t)
	}
	return out
}

// words is a text as the database gets it: its words with single spaces.
func words(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	s := scanner{text: text}
	for t, ok := s.next(); ok; t, ok = s.next() {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

type runeKind uint8

const (
	spaceRune runeKind = iota // between words
	letterRune
	alone // a word by itself
)

// ascii is kindOf for the letters that most text is made of.
var ascii = func() (t [utf8.RuneSelf]runeKind) {
	for r := range t {
		if c := byte(r); c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			t[r] = letterRune
		}
	}
	return t
}()

func kindOf(r rune) runeKind {
	switch {
	case r < utf8.RuneSelf:
		return ascii[r]
	case r < remembered:
		return known(r).kind
	case isIdeograph(r):
		return alone
	}
	return classify(r)
}

// isIdeograph tells the common Chinese characters, which are words by
// themselves and have no other form.
func isIdeograph(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// remembered is below which the letters of most writings lie.
const remembered = 0x3100

// letter is what is known of a rune.
type letter struct {
	kind   runeKind
	folded string
}

// letters are those that were met; to work them out takes long.
var letters [remembered]atomic.Pointer[letter]

func known(r rune) *letter {
	l := letters[r].Load()
	if l == nil {
		l = &letter{classify(r), string(decompose(nil, r))}
		letters[r].Store(l)
	}
	return l
}

func classify(r rune) runeKind {
	switch {
	case r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		if unicode.IsLetter(r) {
			return alone
		}
		if unicode.IsMark(r) {
			return letterRune
		}
		return spaceRune
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return letterRune
	}
	return spaceRune
}

// unlike are letters that have no accent to be taken off but are typed without
// it all the same.
var unlike = map[rune]string{'ß': "ss", 'ẞ': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d",
	'þ': "th", 'Þ': "th", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ı': "i", 'İ': "i", 'ς': "σ", 'ħ': "h", 'ŋ': "n", 'ĸ': "k",
	'ة': "ه", 'ى': "ي", 'ٱ': "ا", 'ک': "ك", 'ی': "ي", 'ـ': "",
	'ך': "כ", 'ם': "מ", 'ן': "נ", 'ף': "פ", 'ץ': "צ"}

// foldRune appends what is left of a letter without case and accents.
func foldRune(to []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(to, byte(r))
	}
	if r < remembered {
		return append(to, known(r).folded...)
	}
	if isIdeograph(r) {
		return utf8.AppendRune(to, r)
	}
	return decompose(to, r)
}

// decompose appends the letter that is left of one above ASCII.
func decompose(to []byte, r rune) []byte {
	if s, ok := unlike[r]; ok {
		return append(to, s...)
	}
	var one [utf8.UTFMax]byte
	raw := one[:utf8.EncodeRune(one[:], r)]
	if r >= 0x3040 && unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		return append(to, norm.NFKC.Bytes(raw)...) // their marks make other letters
	}
	for _, d := range string(norm.NFKD.Bytes(raw)) {
		switch {
		case unicode.In(d, unicode.Mn, unicode.Me):
		case d >= utf8.RuneSelf && unicode.IsDigit(d):
			to = append(to, asciiDigit(d))
		case unlike[d] != "":
			to = append(to, unlike[d]...)
		case unicode.IsLetter(d), unicode.IsNumber(d), unicode.IsMark(d):
			to = utf8.AppendRune(to, unicode.ToLower(d))
		}
	}
	return to
}

// asciiDigit is a digit of any writing; each writing has its ten in one row.
func asciiDigit(r rune) byte {
	for _, row := range unicode.Nd.R16 {
		if lo, hi := rune(row.Lo), rune(row.Hi); r >= lo && r <= hi {
			return '0' + byte((r-lo)%10)
		}
	}
	for _, row := range unicode.Nd.R32 {
		if lo, hi := rune(row.Lo), rune(row.Hi); r >= lo && r <= hi {
			return '0' + byte((r-lo)%10)
		}
	}
	return '0'
}
