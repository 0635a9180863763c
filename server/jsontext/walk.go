// Package jsontext walks over JSON texts by place: nothing is decoded or copied
// before somebody wants it. It is for texts that are large or come often; all else
// is read by encoding/json.
package jsontext

import (
	"bytes"
	"iter"
)

// Blank skips white space.
func Blank(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++
	}
	return at
}

// Past finds the end of the value that begins at a place of a sound text; of a
// number or word it is where the next thing stands.
func Past(text []byte, at int) int {
	depth := 0
	for ; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = PastString(text, at)
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth == 0 {
				return at // of a number or word, the last of its object
			}
			depth--
		case ',':
			if depth == 0 {
				return at
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return min(at+1, len(text))
		}
	}
	return len(text)
}

// PastString finds the quotation mark that ends the string that begins at a place.
func PastString(text []byte, at int) int {
	for begin := at + 1; ; {
		n := bytes.IndexByte(text[at+1:], '"')
		if n < 0 {
			return len(text)
		}
		at += 1 + n
		slashes := at
		for slashes > begin && text[slashes-1] == '\\' {
			slashes--
		}
		if (at-slashes)%2 == 0 {
			return at
		}
	}
}

// Fields gives the names, as they are written, and the values of an object, whose
// text is sound JSON. Of what is none there are none.
func Fields(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		at := Blank(object, 0)
		if at >= len(object) || object[at] != '{' {
			return
		}
		for at = Blank(object, at+1); at < len(object) && object[at] == '"'; at = Blank(object, at+1) {
			end := Past(object, at)
			name := object[at:end]
			at = min(Blank(object, Blank(object, end)+1), len(object)) // past the colon
			end = Past(object, at)
			if !yield(name, object[at:end:end]) {
				return
			}
			at = Blank(object, end)
			if at >= len(object) || object[at] != ',' {
				return
			}
		}
	}
}

// Entries gives the values of a list, whose text is sound JSON. Of what is none
// there are none.
func Entries(list []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		at := Blank(list, 0)
		if at >= len(list) || list[at] != '[' {
			return
		}
		for at = Blank(list, at+1); at < len(list) && list[at] != ']'; at = Blank(list, at+1) {
			end := Past(list, at)
			if !yield(list[at:end:end]) {
				return
			}
			at = Blank(list, end)
			if at >= len(list) || list[at] != ',' {
				return
			}
		}
	}
}

// Once gives each field of an object, whose text is sound JSON, the place that it
// is to stand in, by its name as it is written. False says that one has no place, or
// comes again.
func Once(object []byte, place func(name string) *[]byte) bool {
	for name, value := range Fields(object) {
		to := place(string(name))
		if to == nil || *to != nil {
			return false
		}
		*to = bytes.TrimRight(value, " \t\r\n")
	}
	return true
}

// Text is what stands in a string in which nothing is escaped; of all else it is not
// ok.
func Text(value []byte) (text []byte, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	text = value[1 : len(value)-1]
	return text, bytes.IndexByte(text, '\\') < 0
}
