package tools

import (
	"encoding/json"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

type rowFilter struct {
	Column string `json:"column"`
	Equals any    `json:"equals"`
}

// noneMatched says how values are compared, so that nobody takes a value
// written differently for one that is not there.
func noneMatched(c coda.Column) string {
	how := "upper and lower case and spaces count"
	switch c.Format.Type {
	case "date", "dateTime", "time", "duration":
		how = "dates, times and durations are stored in a form of their own, often with time and zone"
	case "currency":
		how = "money is stored as an amount with its currency"
	case "number", "slider", "scale", "percent":
		how = "numbers are stored unrounded, and percents as fractions (35% is 0.35)"
	case "person", "lookup":
		how = "people and related rows are stored as more than the text they show"
	}
	return "No row matched. A filter compares the whole value with what Coda stores in " + words.Quote(c.Name) + ", not a part of it and not the shown form: " + how +
		". So this does not prove that there is none: before saying so, read this column without the filter."
}

// mostFilter is how long a filter value may be: it stands in the address of a
// request.
const mostFilter = 4000

// filterValue makes a filter value one that Coda can find: an option as it is
// written, or a value of the column's type.
func filterValue(v any, c coda.Column) (any, error) {
	if s, ok := v.(string); ok && len(s) > mostFilter {
		return nil, words.Say("The value to filter by has %d characters; at most %d can be looked for. Ask for the rows by another column.", len(s), mostFilter)
	}
	if c.Format.Type == "select" && !c.Calculated {
		switch v.(type) {
		case string, json.Number:
			if v != "" {
				return option(c, v)
			}
		}
	}
	return likeColumn(v, c), nil
}

// likeColumn gives a filter value the type of its column: Coda compares the
// number 3 and the text "3" differently.
func likeColumn(v any, c coda.Column) any {
	s, isText := v.(string)
	switch c.Format.Type {
	case "number", "slider", "scale", "percent":
		if isText {
			return words.Number(s)
		}
	case "checkbox":
		if isText {
			return mend(map[string]any{"type": "boolean"}, s)
		}
	}
	return v
}
