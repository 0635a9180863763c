package words

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"codabridge/server/fault"
)

var (
	PlainMail = Pattern(`^[^<>@\s]+@[^<>@\s]+$`)
	IdInText  = Pattern(`\((i-[A-Za-z0-9_-]+)\)$`)
)

// Encode makes the JSON of an answer and cleans all text in it at once, so
// that no tool can forget to.
func Encode(answer any) (string, error) {
	if large, ok := answer.(interface{ AppendAnswer([]byte) ([]byte, error) }); ok {
		text, err := large.AppendAnswer(nil)
		return cleanJSON(text), err
	}
	text, err := encoded(answer)
	return cleanJSON(text), err
}

// encoded is an answer as JSON, in which "<" stays as it is.
func encoded(answer any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(answer)
	return bytes.TrimSpace(b.Bytes()), err
}

// AppendWithRows writes the JSON of an answer, whose list "rows" is empty, with
// rows in it. They are JSON already, and most of the answer: they are neither
// checked nor copied again.
func AppendWithRows(to []byte, answer any, rows []json.RawMessage) ([]byte, error) {
	text, err := encoded(answer)
	if err != nil {
		return nil, err
	}
	head, tail, _ := bytes.Cut(text, []byte(`"rows":[]`)) // within a text its marks would stand behind backslashes
	size := len(text) + len(rows)
	for _, row := range rows {
		size += len(row)
	}
	to = append(append(slices.Grow(to, size), head...), `"rows":[`...)
	for i, row := range rows {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, row...)
	}
	return append(append(to, ']'), tail...), nil
}

// cleanJSON strips characters that a person would not see from the strings of
// a JSON text; text of documents is written by many hands, and an instruction
// hidden from its reader must not reach the model either.
func cleanJSON(b []byte) string {
	var out strings.Builder
	out.Grow(len(b))
	var f filter
	for i := 0; i < len(b); {
		if run := plainRun(b[i:]); run > 0 {
			out.Write(b[i : i+run])
			i += run
			f.last = rune(b[i-1])
			continue
		}
		if b[i] == '\\' && i+1 < len(b) {
			n := 2
			if b[i+1] == 'u' && i+6 <= len(b) {
				n = 6
			}
			if n == 2 || f.keep(escaped(b[i+2:i+6]), ' ') {
				out.Write(b[i : i+n])
			}
			i += n
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		next, _ := utf8.DecodeRune(b[i+n:])
		if f.keep(r, next) {
			out.Write(b[i : i+n])
		}
		i += n
	}
	return out.String()
}

// plainRun is how many bytes from the first on are letters, digits, marks and
// spaces of ASCII, which always stay.
func plainRun[T string | []byte](b T) int {
	i := 0
	for i < len(b) && ' ' <= b[i] && b[i] <= '~' && b[i] != '\\' {
		i++
	}
	return i
}

func escaped(hex []byte) rune {
	v, err := strconv.ParseUint(string(hex), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(v)
}

// Clean does the same to plain text.
func Clean(s string) string {
	if plainRun(s) == len(s) {
		return s
	}
	var out strings.Builder
	var f filter
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		if f.keep(r, next) {
			out.WriteString(s[i : i+n])
		}
		i += n
	}
	return out.String()
}

// filter decides rune by rune; it remembers the last one kept.
type filter struct{ last rune }

func (f *filter) keep(r, next rune) bool {
	if !visible(r, f.last, next) {
		return false
	}
	f.last = r
	return true
}

// visible says whether r may stay between its neighbours. Joiners and
// variation selectors stay one at a time inside a word or an emoji, where
// writing needs them.
func visible(r, last, next rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return true
	case r == 0x200C || r == 0x200D: // joiners: Persian, Indic scripts, emoji
		return !plain(last) && !plain(next) && !selects(next)
	case r >= 0xFE00 && r <= 0xFE0F: // variation selectors: emoji
		return last > 0x20 && !selects(last)
	case r >= 0xE0100 && r <= 0xE01EF:
		return unicode.Is(unicode.Han, last)
	case r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 || r == 0x2800: // blank letters
		return false
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf)
}

// plain reports what cannot be joined to a neighbour.
func plain(r rune) bool { return r < 0x300 || unicode.In(r, unicode.Cf, unicode.Zs) }

func selects(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// Clip shortens text to n runes.
func Clip(s string, n int) string { return fault.Clip(s, n) }

// Quote makes one short line of foreign text, in quotation marks.
func Quote(s string) string {
	if clean := Clean(s); strings.TrimSpace(clean) != "" {
		return fault.Quote(clean, 300)
	}
	return fault.Quote(s, 300) // by its codes
}

// JSONSize is how many characters s takes in JSON.
func JSONSize(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '\n' || r == '\t':
			n += 2
		case r < 0x20:
			n += 6
		default:
			n++
		}
	}
	return n
}

// JSONText is s as a JSON string.
func JSONText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
