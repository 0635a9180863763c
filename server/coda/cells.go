package coda

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"

	"codabridge/server/jsontext"
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

// Fields gives the column as it is written, and the text of each cell.
func (c Cells) Fields() iter.Seq2[[]byte, []byte] { return jsontext.Fields(c) }

// All gives the column and the text of each cell, in the order of Coda.
func (c Cells) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for name, value := range c.Fields() {
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
