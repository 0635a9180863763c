package words

import (
	"unicode/utf8"

	"codabridge/server/jsontext"
)

// PlainTexts gives the name and the text of each field of a JSON object that has
// texts alone, in none of which anything is escaped. It is false of all else, and
// where take is false, which is not asked again then.
func PlainTexts(object []byte, take func(name, text []byte) bool) bool {
	const deepest = 1
	if !jsontext.Valid(object, deepest) || !utf8.Valid(object) {
		return false
	}
	some := false
	for quoted, value := range jsontext.Fields(object) {
		name, plain := jsontext.Text(quoted)
		text, whole := jsontext.Text(value)
		if !plain || !whole || !take(name, text) {
			return false
		}
		some = true
	}
	return some
}
