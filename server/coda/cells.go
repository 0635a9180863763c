package coda

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
)

// Cells are the values of a row as they came, keyed by column id, or by name
// when the query asked for that. They are decoded one by one when somebody
// looks: a table of small values takes twenty times as much decoded.
type Cells []byte

// UnmarshalJSON keeps the text.
func (c *Cells) UnmarshalJSON(text []byte) error {
	*c = bytes.Clone(text)
	return nil
}

// MarshalJSON gives the text back.
func (c Cells) MarshalJSON() ([]byte, error) {
	if len(c) == 0 {
		return []byte("{}"), nil
	}
	return c, nil
}

// All gives the column and the text of each cell, in the order of Coda.
func (c Cells) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for name, value := range Fields(c) {
			column, ok := textOf(name)
			if !ok || !yield(column, json.RawMessage(value)) {
				return
			}
		}
	}
}

// ByColumn gives the text of each cell.
func (c Cells) ByColumn() map[string]json.RawMessage { return maps.Collect(c.All()) }

// Decoded decodes all cells at once.
func (c Cells) Decoded() map[string]any {
	out := map[string]any{}
	for column, text := range c.All() {
		out[column] = DecodeCell(text)
	}
	return out
}

// Text gives the text of one cell.
func (c Cells) Text(column string) (json.RawMessage, bool) {
	for id, text := range c.All() {
		if id == column {
			return text, true
		}
	}
	return nil, false
}

// Get decodes one cell: a string, json.Number, bool, nil, a slice of such, or
// with ValueFormat rich a map with "@type".
func (c Cells) Get(column string) (any, bool) {
	text, ok := c.Text(column)
	if !ok {
		return nil, false
	}
	return DecodeCell(text), true
}

// mostDecoded is the longest list or object of a cell that is decoded.
const mostDecoded = 256 << 10

// DecodeCell decodes the text of a cell. A list or object over 256 KiB comes as
// its JSON text.
func DecodeCell(text json.RawMessage) any {
	if len(text) > mostDecoded && text[0] != '"' {
		return string(text)
	}
	return decoded(text)
}

// blank skips white space of a JSON text.
func blank(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++
	}
	return at
}

// past finds the end of the value that begins at a place of a sound JSON text.
func past(text []byte, at int) int {
	depth := 0
	for ; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = pastString(text, at)
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

// pastString finds the quotation mark that ends a string.
func pastString(text []byte, at int) int {
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
