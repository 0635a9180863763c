package find

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// QueryForms are the ways to ask Coda for the rows with a value in a column, as
// JSON. Whether it takes the number 3 and the text "3" for the same is nowhere
// said, so the one of the column's type comes first and the other follows.
func QueryForms(c coda.Column, value any) []string {
	text := ""
	switch v := value.(type) {
	case string:
		text = strings.TrimSpace(v)
	case json.Number, bool:
		text = fmt.Sprint(v)
	default:
		b, _ := json.Marshal(v) // it came as JSON
		return []string{string(b)}
	}
	typed := bare(c, text)
	_, isText := value.(string)
	switch {
	case typed == "":
		return []string{words.JSONText(text)}
	case isOfNumbers(c.Format.Type) || c.Format.Type == "checkbox":
		return slices.Compact([]string{typed, words.JSONText(typed), words.JSONText(text)})
	case isText && typed != text:
		return []string{words.JSONText(text)} // a name that is a number in other words
	}
	return []string{words.JSONText(text), typed}
}

// bare is a text as a number or truth value, where it is one.
func bare(c coda.Column, text string) string {
	if strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
		return strings.ToLower(text)
	}
	if isOfNumbers(c.Format.Type) {
		if n, ok := words.Amount(text); ok {
			return n
		}
	}
	n, _ := words.BareNumber(text)
	return n.String()
}

func isOfNumbers(columnType string) bool {
	switch columnType {
	case "number", "slider", "scale", "percent", "currency":
		return true
	}
	return false
}
