package jsonrpc

import (
	"fmt"
	"unicode/utf8"
)

// TextResult is the answer to the call with this id whose result holds one text,
// as a json.Encoder writes it with the fields of a result in their order. before
// and after are fields that stand on either side of the text's, each with a comma
// behind or before it. A newline may be put behind without copying.
func TextResult(id []byte, before, text, after string) []byte {
	const head, middle = `{"jsonrpc":"2.0","id":`, `,"result":{`
	b := make([]byte, 0, len(head)+len(id)+len(middle)+len(before)+len(text)+len(text)/4+len(after)+64)
	b = append(append(append(append(b, head...), id...), middle...), before...)
	b = AppendText(append(b, `"content":[{"type":"text","text":`...), text)
	return append(append(append(b, `}]`...), after...), `}}`...)
}

// AppendText writes a text behind what is there as encoding/json does, which
// escapes what HTML would read too.
func AppendText(to []byte, s string) []byte {
	to = append(to, '"')
	kept := 0 // up to where s was written
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		if as := escapeOf(c, size); as != "" {
			to = append(append(to, s[kept:i]...), as...)
			kept = i + size
		}
		i += size
	}
	return append(append(to, s[kept:]...), '"')
}

// escapes are how the characters of ASCII are written that do not stand for themselves.
var escapes = func() (e [utf8.RuneSelf]string) {
	for c := range ' ' {
		e[c] = fmt.Sprintf(`\u%04x`, c)
	}
	for _, c := range "<>&" {
		e[c] = fmt.Sprintf(`\u%04x`, c)
	}
	for i, c := range "\b\f\n\r\t" {
		e[c] = `\` + `bfnrt`[i:i+1]
	}
	e['"'], e['\\'] = `\"`, `\\`
	return e
}()

// escapeOf is how a character is written in JSON; empty where it stands for itself.
func escapeOf(c rune, size int) string {
	switch {
	case c < utf8.RuneSelf:
		return escapes[c]
	case c == utf8.RuneError && size == 1:
		return `\ufffd`
	case c == '\u2028':
		return `\u2028`
	case c == '\u2029':
		return `\u2029`
	}
	return ""
}
