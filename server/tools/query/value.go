package query

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// value is one entry of a cell, read by the type of its column.
type value struct {
	text   string   // as shown; empty for an empty entry
	also   string   // a person's e-mail, a related row's id
	number *big.Rat // of numbers and durations (in days); nil where it is none
	unit   string   // currency
	when   time.Time
	truth  bool
	empty  bool
}

// maxEntries is how many entries of a cell count; one with more is a text that
// somebody split.
const maxEntries = 1000

// read makes the entries of a cell. Zone is where moments are told. A cell
// without entries is one empty value.
func read(c *Column, cell any, zone *time.Location) []value {
	list, ok := cell.([]any)
	if !ok {
		return []value{readOne(c, cell, zone)}
	}
	var out []value
	for _, e := range list[:min(len(list), maxEntries)] {
		if inner, ok := e.([]any); ok {
			out = append(out, read(c, inner, zone)...)
			continue
		}
		if v := readOne(c, e, zone); !v.empty {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		out = []value{{empty: true}}
	}
	return out[:min(len(out), maxEntries)]
}

func readOne(c *Column, cell any, zone *time.Location) value {
	v := value{}
	switch x := cell.(type) {
	case bool:
		v.truth, v.text = x, map[bool]string{true: "true", false: "false"}[x]
	case json.Number:
		v.number, _ = decimal(x.String())
		v.text = x.String()
	case float64:
		b, _ := json.Marshal(x)
		v.number, _ = decimal(string(b))
		v.text = string(b)
	case string:
		v.text = unfence(x)
	case map[string]any:
		v = readObject(x)
	}
	v.settle(c.kind(), zone)
	if v.unit == "" && v.number != nil {
		v.unit = c.Currency
	}
	return v
}

// settle reads the text by the column's type.
func (v *value) settle(k kind, zone *time.Location) {
	switch k {
	case truths:
		if v.text == "" {
			v.text = "false"
		}
		v.truth = v.text == "true" || v.truth
	case numbers:
		if v.number == nil && v.text != "" {
			v.number, _ = number(v.text)
		}
	case lengths:
		if v.number == nil && v.text != "" {
			v.number, _ = length(v.text)
		}
	case days, moments:
		v.when, _ = moment(v.text, k, zone)
	case clocks:
		v.number, _ = clock(v.text)
	}
	v.empty = v.text == "" && v.number == nil
}

// readObject takes the JSON-LD forms of Coda's rich values.
func readObject(o map[string]any) value {
	name := textOf(o["name"])
	switch o["@type"] {
	case "MonetaryAmount":
		v := value{text: textOf(o["amount"]), unit: textOf(o["currency"])}
		v.number, _ = decimal(v.text)
		return v
	case "Person":
		mail := textOf(o["email"])
		if name == "" {
			name = mail
		}
		return value{text: name, also: mail}
	case "StructuredValue":
		id := textOf(o["rowId"])
		if name == "" {
			name = id
		}
		return value{text: name, also: id}
	}
	address := textOf(o["url"])
	if name == "" {
		name = address
	}
	return value{text: name, also: address}
}

func textOf(v any) string {
	switch x := v.(type) {
	case string:
		return unfence(x)
	case json.Number:
		return x.String()
	case float64:
		b, _ := json.Marshal(x)
		return string(b)
	}
	return ""
}

// unfence takes the three backticks off plain text.
func unfence(s string) string {
	if len(s) >= 6 && strings.HasPrefix(s, "```") && strings.HasSuffix(s, "```") {
		return s[3 : len(s)-3]
	}
	return s
}

// shown is a whole cell as the answer has it.
func shown(k kind, entries []value) any {
	if len(entries) == 1 {
		return entries[0].show(k)
	}
	out := make([]any, len(entries))
	for i := range entries {
		out[i] = entries[i].show(k)
	}
	return out
}

// momentText tells a moment as all answers do: by the clock of its document, to
// the minute unless there are seconds, with the difference from UTC.
func momentText(at time.Time) string {
	if at.Second() != 0 || at.Nanosecond() != 0 {
		return at.Format(time.RFC3339Nano)
	}
	return at.Format("2006-01-02T15:04Z07:00")
}

func (v *value) show(k kind) any {
	switch {
	case k == truths:
		return v.truth
	case v.empty:
		return ""
	case k == numbers && v.number != nil && v.unit != "":
		return string(plain(v.number)) + " " + v.unit
	case k == numbers && v.number != nil:
		return plain(v.number)
	case k == days && !v.when.IsZero():
		return v.when.Format(time.DateOnly)
	case k == moments && !v.when.IsZero():
		return momentText(v.when)
	case k == clocks && v.number != nil:
		return clockText(v.number)
	case k == lengths && v.text == "" && v.number != nil:
		return lengthText(v.number)
	}
	return v.text
}
