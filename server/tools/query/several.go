package query

import (
	"regexp"
	"strings"
)

// rangeMarks stand between the two ends of a range that is written as a text.
var rangeMarks = []string{",", ";", " and ", " to ", " until ", "..", " – ", " - "}

// several are the values of a text that lists them: since tools/list says that a
// value is text, models write "Done, Blocked" and "2026-11-01 to 2026-11-15". What
// can be read as one value is one. A name may hold a comma, so that of names the
// whole counts as well as its parts.
func (r *conditions) several(op string, c *Column, v any) any {
	text, ok := v.(string)
	if !ok || len(text) > maxList*mostName {
		return v
	}
	switch op {
	case "between":
		if _, err := readTarget(c, op, text, r.env); err == nil && c.kind().dated() {
			return v
		}
		text = leadingFrom().ReplaceAllString(strings.TrimSpace(text), "")
		for _, mark := range rangeMarks {
			if list, ok := r.parts(op, c, text, mark); ok && len(list) == 2 {
				return list
			}
		}
	case "in", "not in":
		_, err := readTarget(c, op, text, r.env)
		list, ok := r.parts(op, c, text, ",")
		switch named := c.kind() == words && len(c.Options) == 0 || c.kind() == people || c.kind() == relation; {
		case ok && named:
			return append(list, text)
		case ok && err != nil:
			return list
		}
	}
	return v
}

var leadingFrom = pattern(`^(?i:from) `)

// parts cuts a text where each part can be read as a value. Letters of a mark may
// be large, while those of a value stay: a currency is one by its large letters.
func (r *conditions) parts(op string, c *Column, text, mark string) (list []any, ok bool) {
	cut := regexp.MustCompile(`(?i)`+regexp.QuoteMeta(mark)).Split(text, maxList)
	if len(cut) < 2 || len(cut) >= maxList {
		return nil, false
	}
	for _, part := range cut {
		part = strings.TrimSpace(part)
		if _, err := readTarget(c, op, part, r.env); err != nil {
			return nil, false
		}
		list = append(list, part)
	}
	return list, true
}
