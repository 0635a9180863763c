package logs

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Plain is a text from outside as one line that a terminal only shows: nothing
// in it moves the cursor, sets a colour or a title, or begins a line of its
// own; what would turn the direction of writing is written as its number.
func Plain(s string) string {
	return string(Escape([]byte(strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s))))
}

// obeyed tells a character that a terminal obeys or that turns the direction of
// writing (Unicode Standard Annex 9), but not the controls of ASCII below 0x20,
// which JSON escapes by itself and texts need.
func obeyed(r rune) bool {
	return r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 ||
		r == 0x061c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x206f
}

// Escape writes each such character as \u and its number, which inside JSON is
// the same text. Bytes that are no UTF-8 become the sign for that: a terminal
// that does not know UTF-8 may obey them.
func Escape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if obeyed(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = utf8.AppendRune(out, r)
		}
		b = b[n:]
	}
	return out
}

// Screen is a writer for a terminal, or for what may be shown on one: it writes
// what Escape makes of each piece. A piece holds whole characters.
func Screen(w io.Writer) io.Writer { return screen{w} }

type screen struct{ io.Writer }

func (s screen) Write(p []byte) (int, error) {
	if _, err := s.Writer.Write(Escape(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
