package codatest

import (
	"cmp"
	"strconv"
	"strings"
)

// zone is how the service writes the times of date columns: in the doc's own.
const zone = "-07:00"

func valueAt(r *Row, i int) any {
	if i < 0 || i >= len(r.Values) {
		return nil
	}
	return r.Values[i]
}

// show gives a value in one of the three value formats.
func (s *Server) show(d *Doc, v any, c *Column, format string) any {
	if list, ok := v.([]any); ok {
		if format == "" || format == "simple" {
			return d.text(v, c)
		}
		out := make([]any, 0, len(list))
		for _, e := range list {
			out = append(out, s.show(d, e, c, format))
		}
		return out
	}
	if format == "rich" {
		return s.rich(d, v, c)
	}
	return d.simple(v, c)
}

// simple gives a single value as a JSON scalar.
func (d *Doc) simple(v any, c *Column) any {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		if (c.Type == "date" || c.Type == "dateTime") && len(t) >= 10 && t[4] == '-' {
			return fullDate(t)
		}
		return t
	case float64:
		if c.Type == "currency" {
			return money(t)
		}
		return t
	case bool:
		return t
	case Person:
		return t.Name
	case Link:
		return t.URL
	case Image:
		return t.URL
	case Ref:
		return d.refName(t, c)
	}
	return ""
}

// text is the plain text of a value, by which queries compare.
func (d *Doc) text(v any, c *Column) string {
	if list, ok := v.([]any); ok {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = d.text(e, c)
		}
		return strings.Join(parts, ",")
	}
	switch t := d.simple(v, c).(type) {
	case string:
		return t
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(t)
	}
	return ""
}

// fullDate completes 2026-11-20, 2026-11-20T15:04 and 2026-11-20T15:04:05.
func fullDate(t string) string {
	switch len(t) {
	case len("2006-01-02"):
		return t + "T00:00:00.000" + zone
	case len("2006-01-02T15:04"):
		return t + ":00.000" + zone
	case len("2006-01-02T15:04:05"):
		return t + ".000" + zone
	}
	return t
}

// money writes dollars as the doc shows them: $12,400.00.
func money(v float64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	text := strconv.FormatFloat(v, 'f', 2, 64)
	whole, cents := text[:len(text)-3], text[len(text)-3:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + "$" + whole + cents
}

// target finds the row that a relation points to.
func (d *Doc) target(ref Ref, c *Column) (*Table, *Row) {
	t := d.table(c.Table)
	if t == nil {
		return nil, nil
	}
	return t, find(t.rows(), func(r *Row) bool { return r.ID == string(ref) })
}

func (d *Doc) refName(ref Ref, c *Column) string {
	t, r := d.target(ref, c)
	if r == nil {
		return ""
	}
	return d.rowName(t, r)
}

// rowName is the text of the display column.
func (d *Doc) rowName(t *Table, r *Row) string {
	i, c := t.displayColumn()
	return d.text(valueAt(r, i), c)
}

func linked(kind string) map[string]any {
	return map[string]any{"@context": "http://schema.org/", "@type": kind}
}

// rich gives a single value as JSON-LD; plain text comes in three backticks.
func (s *Server) rich(d *Doc, v any, c *Column) any {
	switch t := v.(type) {
	case string:
		if c.Type == "text" && t != "" {
			return "```" + t + "```"
		}
	case float64:
		if c.Type == "currency" {
			m := linked("MonetaryAmount")
			m["currency"], m["amount"] = cmp.Or(c.Currency, "USD"), t
			return m
		}
	case Person:
		return showPerson(t)
	case Link:
		m := linked("WebPage")
		m["name"], m["url"] = cmp.Or(t.Name, t.URL), t.URL
		return m
	case Image:
		m := linked("ImageObject")
		m["name"], m["url"], m["height"], m["width"], m["status"] = t.Name, t.URL, 128, 128, "live"
		return m
	case Ref:
		target, row := d.target(t, c)
		if row == nil {
			return ""
		}
		m := linked("StructuredValue")
		m["additionalType"], m["name"] = "row", d.rowName(target, row)
		m["url"], m["tableId"], m["rowId"] = d.rowLink(target, row), target.ID, row.ID
		m["tableUrl"] = d.tableLink(target)
		return m
	}
	return d.simple(v, c)
}
