package tools

import (
	"encoding/json"
	"strings"

	"codabridge/server/coda"
)

// plainValue makes a value of a row short and plain: rich objects become text.
// With detail it also names what a later write would need: a person's e-mail
// and a relation's row id.
func plainValue(v any, column coda.Column, detail bool) any {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return plainText(x, column.Format.Type)
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = plainValue(e, column, detail)
		}
		return out
	case map[string]any:
		return plainObject(x, detail)
	}
	return v // numbers and truth values as they came
}

// plainText undoes the fence around plain text and shortens dates.
func plainText(s, columnType string) string {
	if strings.HasPrefix(s, "```") && strings.HasSuffix(s, "```") && len(s) >= 6 {
		s = s[3 : len(s)-3]
	}
	if (columnType == "date" || columnType == "dateTime") && len(s) >= 19 && s[10] == 'T' {
		if columnType == "date" && strings.HasPrefix(s[11:], "00:00:00") {
			return s[:10]
		}
		return strings.Replace(s, ".000", "", 1)
	}
	return s
}

// plainObject flattens the JSON-LD objects of the rich format.
func plainObject(o map[string]any, detail bool) any {
	name, address := text(o, "name"), text(o, "url")
	switch o["@type"] {
	case "MonetaryAmount":
		return strings.TrimSpace(text(o, "amount") + " " + text(o, "currency"))
	case "Person":
		if mail := text(o, "email"); mail != "" && (detail || name == "") {
			return strings.TrimSpace(name + " <" + mail + ">")
		}
		return name
	case "StructuredValue":
		if id := text(o, "rowId"); id != "" && (detail || name == "") {
			return strings.TrimSpace(name + " (" + id + ")")
		}
		return name
	case "WebPage":
		if name != "" && address != "" && name != address {
			return "[" + name + "](" + address + ")"
		}
		return orText(address, name)
	case "ImageObject":
		return orText(address, name)
	}
	if name != "" || address != "" {
		return orText(name, address)
	}
	b, err := json.Marshal(o)
	if err != nil {
		return ""
	}
	return string(b)
}

// text reads a field as text, whatever it is.
func text(o map[string]any, field string) string {
	switch v := o[field].(type) {
	case string:
		return plainText(v, "")
	case json.Number:
		return v.String()
	}
	return ""
}

// columnNames are the names that answers show: a name that two columns share
// carries its id.
func columnNames(columns []coda.Column) []string {
	times := map[string]int{}
	for _, c := range columns {
		times[c.Name]++
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
		if times[c.Name] > 1 || c.Name == "" {
			names[i] = strings.TrimSpace(c.Name + " (" + c.ID + ")")
		}
	}
	return names
}

// markdownCell makes one cell of a Markdown table.
func markdownCell(v any) string {
	var s string
	switch x := v.(type) {
	case string:
		s = x
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = markdownCell(e)
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
