package coda

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"codabridge/server/jsontext"
)

// textOf reads a string; null is an empty one, as encoding/json has it.
func textOf(value []byte) (string, bool) {
	switch {
	case len(value) > 1 && value[0] == '"':
		if text, ok := jsontext.Text(value); ok && utf8.Valid(text) {
			return oftenWritten(text), true
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
	v, _ := decodedAt(value, jsontext.Blank(value, 0))
	return v
}

// decodedAt decodes the value that begins at a place, and finds its end.
func decodedAt(text []byte, at int) (v any, end int) {
	if at >= len(text) {
		return nil, at
	}
	switch text[at] {
	case '"':
		end = jsontext.Past(text, at)
		v, _ = textOf(text[at:end])
		return v, end
	case '{':
		return objectAt(text, at)
	case '[':
		list := []any{}
		for at = jsontext.Blank(text, at+1); at < len(text) && text[at] != ']'; at = jsontext.Blank(text, at+1) {
			v, at = decodedAt(text, at)
			list = append(list, v)
			at = jsontext.Blank(text, at)
			if at >= len(text) || text[at] != ',' {
				break
			}
		}
		return list, at + 1
	}
	end = jsontext.Past(text, at)
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
	for at = jsontext.Blank(text, at+1); at < len(text) && text[at] == '"'; at = jsontext.Blank(text, at+1) {
		end = jsontext.Past(text, at)
		name, _ := textOf(text[at:end])
		object[name], at = decodedAt(text, jsontext.Blank(text, jsontext.Blank(text, end)+1)) // past the colon
		at = jsontext.Blank(text, at)
		if at >= len(text) || text[at] != ',' {
			break
		}
	}
	return object, at + 1
}

// rowOf reads an answer that is one row; false as of rowsOf.
func rowOf(body []byte) (r Row, ok bool) {
	if !jsontext.Valid(body, jsontext.Nested) {
		return r, false
	}
	r, _, ok = rowAt(body, jsontext.Blank(body, 0))
	return r, ok
}

// rowsOf reads a page of rows; false where it is not quite of the form that it
// always has, and has to be read with more patience.
func rowsOf(body []byte) (p Page[Row], ok bool) {
	if !jsontext.Valid(body, jsontext.Nested) {
		return p, false
	}
	ok = true
	eachField(body, jsontext.Blank(body, 0), func(name []byte, at int) (end int) {
		fits := true
		if string(name) == `"items"` {
			p.Items, end, fits = itemsAt(body, at)
		} else {
			end = jsontext.Past(body, at)
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
		return jsontext.Past(text, at)
	}
	for at = jsontext.Blank(text, at+1); at < len(text) && text[at] == '"'; at = jsontext.Blank(text, at+1) {
		end = jsontext.Past(text, at)
		at = jsontext.Blank(text, do(text[at:end], min(jsontext.Blank(text, jsontext.Blank(text, end)+1), len(text)))) // past the colon
		if at >= len(text) || text[at] != ',' {
			break
		}
	}
	return min(at+1, len(text))
}

func itemsAt(text []byte, at int) (rows []Row, end int, ok bool) {
	if text[at] != '[' {
		return nil, jsontext.Past(text, at), false
	}
	rows, ok = []Row{}, true
	for at = jsontext.Blank(text, at+1); at < len(text) && text[at] != ']'; at = jsontext.Blank(text, at+1) {
		r, end, fits := rowAt(text, at)
		rows, ok = append(rows, r), ok && fits
		at = jsontext.Blank(text, end)
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
		end, fits := jsontext.Past(text, at), true
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
			r.Parent, fits = parentOf(value)
		}
		ok = ok && fits
		return end
	})
	return r, end, ok
}

// parentOf reads what a row says of its table; null says nothing.
func parentOf(value []byte) (ref *Reference, ok bool) {
	if value[0] != '{' {
		return nil, string(value) == "null"
	}
	ref, ok = &Reference{}, true
	for name, text := range jsontext.Fields(value) {
		fits := true
		switch string(name) {
		case `"id"`:
			ref.ID, fits = textOf(text)
		case `"type"`:
			ref.Type, fits = textOf(text)
		case `"name"`:
			ref.Name, fits = textOf(text)
		case `"tableType"`:
			ref.TableType, fits = textOf(text)
		case `"browserLink"`:
			ref.BrowserLink, fits = textOf(text)
		case `"href"`:
			ref.Href, fits = textOf(text)
		}
		ok = ok && fits
	}
	return ref, ok
}
