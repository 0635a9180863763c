package words

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"codabridge/server/coda"
)

// CellWords is a plain value as the text of a cell.
func CellWords(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = CellWords(e)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

// PlainCell is PlainValue of a cell as it came; one that is not there is empty.
func PlainCell(text json.RawMessage, column coda.Column, detail bool) any {
	if column.Format.Type == "checkbox" && (text == nil || string(text) == `""` || string(text) == "null") {
		return false // one that nobody has touched
	}
	if text == nil {
		return ""
	}
	v := PlainValue(coda.DecodeCell(text), column, detail)
	if _, isText := v.(string); !isText && len(text) > mostListed {
		return CellWords(v)
	}
	return v
}

// mostListed is how long, in bytes, a list may be that stays one.
const mostListed = 64 << 10

// PlainValue makes a value of a row short and plain: rich objects become text.
// With detail it also names what a later write would need: a person's e-mail
// and a relation's row id.
func PlainValue(v any, column coda.Column, detail bool) any {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return PlainText(x, column.Format.Type)
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = PlainValue(e, column, detail)
		}
		return out
	case map[string]any:
		return plainObject(x, detail)
	}
	return v // numbers and truth values as they came
}

// PlainText undoes the fence around plain text and shortens dates.
func PlainText(s, columnType string) string {
	if strings.HasPrefix(s, "```") && strings.HasSuffix(s, "```") && len(s) >= 6 {
		s = s[3 : len(s)-3]
	}
	if (columnType == "date" || columnType == "dateTime") && len(s) >= 19 && s[10] == 'T' {
		if columnType == "date" && strings.HasPrefix(s[11:], "00:00:00") {
			return s[:10]
		}
		return MomentText(s)
	}
	return s
}

// MomentText is a date with a time as all answers show it, made of the one that
// Coda gives (2026-08-27T11:45:00.000-07:00): to the minute unless there are
// seconds, with the difference from UTC.
func MomentText(s string) string {
	if len(s) < 19 || s[13] != ':' || s[16] != ':' {
		return s
	}
	clock, zone := s, ""
	if at := strings.IndexAny(s[19:], "Z+-"); at >= 0 {
		clock, zone = s[:19+at], s[19+at:]
	}
	if zone == "+00:00" {
		zone = "Z"
	}
	if strings.Contains(clock[19:], ".") {
		clock = strings.TrimRight(strings.TrimRight(clock, "0"), ".")
	}
	if len(clock) == 19 {
		clock = strings.TrimSuffix(clock, ":00")
	}
	return clock + zone
}

// plainObject flattens the JSON-LD objects of the rich format.
func plainObject(o map[string]any, detail bool) any {
	name, address := Field(o, "name"), Field(o, "url")
	switch o["@type"] {
	case "MonetaryAmount":
		return strings.TrimSpace(Field(o, "amount") + " " + Field(o, "currency"))
	case "Person":
		if mail := Field(o, "email"); mail != "" && (detail || name == "") {
			return strings.TrimSpace(name + " <" + mail + ">")
		}
		return name
	case "StructuredValue":
		if id := Field(o, "rowId"); id != "" && (detail || name == "") {
			return strings.TrimSpace(name + " (" + id + ")")
		}
		return name
	case "WebPage":
		if name != "" && address != "" && name != address {
			return "[" + name + "](" + address + ")"
		}
		return cmp.Or(address, name)
	case "ImageObject", "MediaObject", "DigitalDocument", "DataDownload", "VideoObject", "AudioObject":
		return file(o)
	}
	if address != "" && (Field(o, "encodingFormat") != "" || Field(o, "contentSize") != "") {
		return file(o)
	}
	if name != "" || address != "" {
		return cmp.Or(name, address)
	}
	b, err := json.Marshal(o)
	if err != nil {
		return ""
	}
	return string(b)
}

// Identity is the name of a person or a related row, and what tells it from
// others of that name: its e-mail or its id. Of other values both are empty.
func Identity(v any) (name, identity string) {
	o, _ := v.(map[string]any)
	switch o["@type"] {
	case "Person":
		return Field(o, "name"), Field(o, "email")
	case "StructuredValue":
		return Field(o, "name"), Field(o, "rowId")
	}
	return "", ""
}

// HasIdentity tells that the text of a cell may hold what has one.
func HasIdentity(text []byte) bool {
	return bytes.Contains(text, []byte("\"Person\"")) || bytes.Contains(text, []byte("\"StructuredValue\""))
}

// Field reads a field as text, whatever it is.
func Field(o map[string]any, field string) string {
	switch v := o[field].(type) {
	case string:
		return PlainText(v, "")
	case json.Number:
		return v.String()
	}
	return ""
}

// MarkdownCell makes one cell of a Markdown table.
func MarkdownCell(v any) string {
	var s string
	switch x := v.(type) {
	case string:
		s = x
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = MarkdownCell(e)
		}
		s = strings.Join(parts, ", ")
	default:
		b, err := json.Marshal(x)
		if err != nil {
			return ""
		}
		s = string(b)
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
