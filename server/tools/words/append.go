package words

import (
	"encoding/json"
	"unicode/utf8"
)

// AppendJSON writes a plain value behind what is there: a text, a number, a
// truth value, nothing, or a list of such, as a json.Encoder does that leaves
// "<" alone. A table of rows has thousands of them.
func AppendJSON(to []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(to, "null"...)
	case bool:
		if x {
			return append(to, "true"...)
		}
		return append(to, "false"...)
	case json.Number:
		if len(x) > 0 && number().MatchString(string(x)) {
			return append(to, x...)
		}
	case string:
		if writtenAsItIs(x) {
			return append(append(append(to, '"'), x...), '"')
		}
	case []any:
		if x != nil {
			return appendList(to, x)
		}
	}
	text, err := encoded(v)
	if err != nil {
		text = []byte("null") // cannot happen with decoded JSON
	}
	return append(to, text...)
}

func appendList(to []byte, list []any) []byte {
	to = append(to, '[')
	for i, e := range list {
		if i > 0 {
			to = append(to, ',')
		}
		to = AppendJSON(to, e)
	}
	return append(to, ']')
}

// writtenAsItIs tells that JSON escapes nothing in a text.
func writtenAsItIs[T string | []byte](s T) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == '"' || c == '\\' {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			return false
		}
		i += size
	}
	return true
}
