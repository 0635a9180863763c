package coda

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// What follows walks a JSON text that is known to be sound, by place: nothing is
// copied before somebody wants it.

// Fields gives the names, as they are written, and the values of an object, whose
// text is sound JSON. Of what is none there are none.
func Fields(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		at := blank(object, 0)
		if at >= len(object) || object[at] != '{' {
			return
		}
		for at = blank(object, at+1); at < len(object) && object[at] == '"'; at = blank(object, at+1) {
			end := past(object, at)
			name := object[at:end]
			at = min(blank(object, blank(object, end)+1), len(object)) // past the colon
			end = past(object, at)
			if !yield(name, object[at:end:end]) {
				return
			}
			at = blank(object, end)
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
		at := blank(list, 0)
		if at >= len(list) || list[at] != '[' {
			return
		}
		for at = blank(list, at+1); at < len(list) && list[at] != ']'; at = blank(list, at+1) {
			end := past(list, at)
			if !yield(list[at:end:end]) {
				return
			}
			at = blank(list, end)
			if at >= len(list) || list[at] != ',' {
				return
			}
		}
	}
}

// textOf reads a string; null is an empty one, as encoding/json has it.
func textOf(value []byte) (string, bool) {
	switch {
	case len(value) > 1 && value[0] == '"':
		if inner := value[1 : len(value)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
			return oftenWritten(inner), true
		}
		var s string
		err := json.Unmarshal(value, &s)
		return s, err == nil
	case string(value) == "null":
		return "", true
	}
	return "", false
}

// oftenWritten is a text, which takes no memory where every cell has it.
func oftenWritten(text []byte) string {
	switch string(text) {
	case "@context":
		return "@context"
	case "@type":
		return "@type"
	case "additionalType":
		return "additionalType"
	case "name":
		return "name"
	case "url":
		return "url"
	case "email":
		return "email"
	case "rowId":
		return "rowId"
	case "tableId":
		return "tableId"
	case "tableUrl":
		return "tableUrl"
	case "amount":
		return "amount"
	case "currency":
		return "currency"
	case "http://schema.org/":
		return "http://schema.org/"
	case "Person":
		return "Person"
	case "StructuredValue":
		return "StructuredValue"
	case "MonetaryAmount":
		return "MonetaryAmount"
	case "row":
		return "row"
	}
	return string(text)
}

// decoded decodes a sound value as encoding/json does with UseNumber.
func decoded(value []byte) any {
	v, _ := decodedAt(value, blank(value, 0))
	return v
}

// decodedAt decodes the value that begins at a place, and finds its end.
func decodedAt(text []byte, at int) (v any, end int) {
	if at >= len(text) {
		return nil, at
	}
	switch text[at] {
	case '"':
		end = past(text, at)
		v, _ = textOf(text[at:end])
		return v, end
	case '{':
		return objectAt(text, at)
	case '[':
		list := []any{}
		for at = blank(text, at+1); at < len(text) && text[at] != ']'; at = blank(text, at+1) {
			v, at = decodedAt(text, at)
			list = append(list, v)
			at = blank(text, at)
			if at >= len(text) || text[at] != ',' {
				break
			}
		}
		return list, at + 1
	}
	end = past(text, at)
	switch text[at] {
	case 't':
		return true, end
	case 'f':
		return false, end
	case 'n':
		return nil, end
	}
	return json.Number(bytes.TrimRight(text[at:end], " \t\r\n")), end
}

func objectAt(text []byte, at int) (object map[string]any, end int) {
	object = map[string]any{}
	for at = blank(text, at+1); at < len(text) && text[at] == '"'; at = blank(text, at+1) {
		end = past(text, at)
		name, _ := textOf(text[at:end])
		object[name], at = decodedAt(text, blank(text, blank(text, end)+1)) // past the colon
		at = blank(text, at)
		if at >= len(text) || text[at] != ',' {
			break
		}
	}
	return object, at + 1
}

// rowsOf reads a page of rows; false where it is not quite of the form that it
// always has, and has to be read with more patience.
func rowsOf(body []byte) (p Page[Row], ok bool) {
	if !sound(body) {
		return p, false
	}
	ok = true
	eachField(body, blank(body, 0), func(name []byte, at int) (end int) {
		fits := true
		if string(name) == `"items"` {
			p.Items, end, fits = itemsAt(body, at)
		} else {
			end = past(body, at)
		}
		switch string(name) {
		case `"nextPageToken"`:
			p.NextPageToken, fits = textOf(body[at:end])
		case `"nextSyncToken"`:
			p.NextSyncToken, fits = textOf(body[at:end])
		}
		ok = ok && fits
		return end
	})
	return p, ok && p.Items != nil
}

// eachField gives the name of each field of the object that begins at a place, and
// the place of its value, whose end do finds. It gives the end of the object; of
// what is none there are no fields.
func eachField(text []byte, at int, do func(name []byte, at int) (end int)) (end int) {
	if at >= len(text) || text[at] != '{' {
		return past(text, at)
	}
	for at = blank(text, at+1); at < len(text) && text[at] == '"'; at = blank(text, at+1) {
		end = past(text, at)
		at = blank(text, do(text[at:end], min(blank(text, blank(text, end)+1), len(text)))) // past the colon
		if at >= len(text) || text[at] != ',' {
			break
		}
	}
	return min(at+1, len(text))
}

func itemsAt(text []byte, at int) (rows []Row, end int, ok bool) {
	if text[at] != '[' {
		return nil, past(text, at), false
	}
	rows, ok = []Row{}, true
	for at = blank(text, at+1); at < len(text) && text[at] != ']'; at = blank(text, at+1) {
		r, end, fits := rowAt(text, at)
		rows, ok = append(rows, r), ok && fits
		at = blank(text, end)
		if at >= len(text) || text[at] != ',' {
			break
		}
	}
	return rows, at + 1, ok
}

// rowAt reads a row, whose cells stay where they are.
func rowAt(text []byte, at int) (r Row, end int, ok bool) {
	ok = text[at] == '{'
	end = eachField(text, at, func(name []byte, at int) int {
		end, fits := past(text, at), true
		value := text[at:end:end]
		switch string(name) {
		case `"id"`:
			r.ID, fits = textOf(value)
		case `"name"`:
			r.Name, fits = textOf(value)
		case `"browserLink"`:
			r.BrowserLink, fits = textOf(value)
		case `"createdAt"`:
			r.CreatedAt, fits = textOf(value)
		case `"updatedAt"`:
			r.UpdatedAt, fits = textOf(value)
		case `"values"`:
			r.Values = Cells(value)
		case `"parent"`:
			fits = json.Unmarshal(value, &r.Parent) == nil
		}
		ok = ok && fits
		return end
	})
	return r, end, ok
}
