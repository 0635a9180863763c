package words

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"codabridge/server/coda"
	"codabridge/server/jsontext"
)

// AppendCell writes what PlainCell makes of a cell as JSON behind what is there.
// Nearly all cells are written without being decoded: a table of rows has
// thousands.
func AppendCell(to []byte, text json.RawMessage, column *coda.Column, detail bool) []byte {
	kind := column.Format.Type
	if len(text) > 0 && len(text) <= mostListed && (kind != "checkbox" || text[0] == 't' || text[0] == 'f') {
		if out, ok := appendQuick(to, text, column, detail); ok {
			return out
		}
	}
	return AppendJSON(to, PlainCell(text, *column, detail))
}

// appendQuick writes a value as it came, or leaves it to PlainValue: what is out
// of the common is not ok.
func appendQuick(to []byte, text []byte, column *coda.Column, detail bool) (out []byte, ok bool) {
	switch text[0] {
	case '"':
		return appendText(to, text, column.Format.Type)
	case '{':
		return appendRich(to, text, detail)
	case '[':
		return appendEntries(to, text, column, detail), true
	case 't', 'f':
		return append(to, text...), string(text) == "true" || string(text) == "false"
	}
	return append(to, text...), IsDecimal(text)
}

func appendEntries(to []byte, list []byte, column *coda.Column, detail bool) []byte {
	to = append(to, '[')
	first := len(to)
	for entry := range jsontext.Entries(list) {
		if len(to) > first {
			to = append(to, ',')
		}
		out, ok := appendQuick(to, entry, column, detail)
		if !ok {
			out = AppendJSON(to, PlainValue(coda.DecodeCell(entry), *column, detail))
		}
		to = out
	}
	return append(to, ']')
}

// appendText writes a text, of a date the day alone where it is all.
func appendText(to []byte, text []byte, kind string) (out []byte, ok bool) {
	inner, ok := usualText(text)
	if !ok {
		return to, false
	}
	if (kind == "date" || kind == "dateTime") && len(inner) >= 19 && inner[10] == 'T' {
		if kind != "date" || !bytes.HasPrefix(inner[11:], []byte("00:00:00")) {
			return to, false
		}
		return append(append(append(to, '"'), inner[:10]...), '"'), true
	}
	return append(to, text...), true
}

// usualText is what stands in a text that JSON and Coda write as it is.
func usualText(text []byte) (inner []byte, ok bool) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return nil, false
	}
	inner = text[1 : len(text)-1]
	return inner, writtenAsItIs(inner) && !bytes.HasPrefix(inner, []byte("```"))
}

// UsualText is what stands in the JSON of a text, within its quotes, if that is
// the text.
func UsualText(cell []byte) (inner string, ok bool) {
	text, ok := usualText(cell)
	return string(text), ok
}

// IsDecimal tells that a text is a number of JSON without an exponent.
func IsDecimal[T string | []byte](text T) bool {
	whole, fraction, point := 0, 0, false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '-' && i == 0:
		case c == '.' && whole > 0 && !point:
			point = true
		case c < '0' || c > '9':
			return false
		case point:
			fraction++
		default:
			whole++
		}
	}
	leading := whole > 1 && (text[0] == '0' || text[0] == '-' && text[1] == '0')
	return whole > 0 && !leading && point == (fraction > 0)
}

// rich is an object of the rich format by those of its fields that are shown.
type rich struct {
	kind, name, address, mail, row, amount, currency []byte
	odd                                              bool // it has to be decoded
}

func readRich(object []byte) (r rich) {
	for name, value := range jsontext.Fields(object) {
		var field *[]byte
		switch string(name) {
		case `"@type"`:
			field = &r.kind
		case `"name"`:
			field = &r.name
		case `"url"`:
			field = &r.address
		case `"email"`:
			field = &r.mail
		case `"rowId"`:
			field = &r.row
		case `"amount"`:
			field = &r.amount
		case `"currency"`:
			field = &r.currency
		default:
			r.odd = r.odd || bytes.IndexByte(name, '\\') >= 0
			continue
		}
		inner, ok := usualText(value)
		if !ok && IsDecimal(value) {
			inner, ok = value, true
		}
		*field, r.odd = inner, r.odd || !ok
	}
	return r
}

// appendRich writes an object as plainObject has it.
func appendRich(to []byte, object []byte, detail bool) (out []byte, ok bool) {
	r := readRich(object)
	if r.odd {
		return to, false
	}
	switch string(r.kind) {
	case "MonetaryAmount":
		return appendPair(to, r.amount, " ", r.currency, "")
	case "Person":
		return appendNamed(to, r.name, " <", r.mail, ">", detail)
	case "StructuredValue":
		return appendNamed(to, r.name, " (", r.row, ")", detail)
	case "WebPage":
		if len(r.name) > 0 && len(r.address) > 0 && !bytes.Equal(r.name, r.address) {
			return appendPair(to, slices.Concat([]byte("["), r.name), "](", r.address, ")")
		}
		return append(append(append(to, '"'), cmp.Or(string(r.address), string(r.name))...), '"'), true
	}
	return to, false
}

// appendNamed writes a name, with what tells it apart where that is wanted or all
// there is.
func appendNamed(to, name []byte, between string, identity []byte, end string, detail bool) (out []byte, ok bool) {
	if len(identity) > 0 && (detail || len(name) == 0) {
		return appendPair(to, name, between, identity, end)
	}
	return append(append(append(to, '"'), name...), '"'), true
}

// appendPair writes two texts in one; what could begin or end in white space is
// not ok.
func appendPair(to, a []byte, between string, b []byte, end string) (out []byte, ok bool) {
	if len(a) == 0 || len(b) == 0 || isEdge(a[0]) || end == "" && isEdge(b[len(b)-1]) {
		return to, false
	}
	to = append(append(to, '"'), a...)
	to = append(append(to, between...), b...)
	return append(append(to, end...), '"'), true
}

func isEdge(c byte) bool { return c <= ' ' || c >= 0x80 }
