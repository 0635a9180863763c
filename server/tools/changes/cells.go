package changes

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// writable is a value in the rich form as a write takes it: people by their
// address, rows by their id, money as a number.
func writable(raw json.RawMessage) any {
	if len(raw) == 0 {
		return ""
	}
	return plainValue(coda.DecodeCell(raw))
}

func plainValue(v any) any {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return words.PlainText(x, "")
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = plainValue(e)
		}
		return out
	case map[string]any:
		for _, field := range []string{"rowId", "amount", "email", "url", "name"} {
			if part, ok := x[field]; ok && part != "" && part != nil {
				return part
			}
		}
		return ""
	}
	return v
}

// sameCell tells that two values in the rich form are the same.
func sameCell(a, b json.RawMessage) bool {
	x, y := list(writable(a)), list(writable(b))
	return slices.EqualFunc(x, y, func(a, b any) bool { return canonical(a) == canonical(b) })
}

// list is the values of a cell; an empty one has none.
func list(v any) []any {
	switch x := v.(type) {
	case []any:
		return x
	case nil:
		return nil
	case string:
		if x == "" {
			return nil
		}
	}
	return []any{v}
}

// canonical is a single value in one form.
func canonical(v any) string {
	s := words.CellWords(v)
	if n, ok := words.BareNumber(s); ok {
		if a, ok := words.Amount(n.String()); ok {
			return a
		}
	}
	return strings.TrimSpace(s)
}

// holds tells that a cell still holds what was written into it. Coda reads what
// is written as if it were typed in, so that the two differ in form.
func holds(written any, now json.RawMessage) bool {
	var shown any
	if len(now) > 0 {
		shown = coda.DecodeCell(now)
	}
	got, put := list(shown), list(written)
	if written == false && len(got) == 0 { // a box that was never ticked
		return true
	}
	if len(put) == 1 && len(got) > 1 { // several in one text
		if s, ok := put[0].(string); ok {
			put = nil
			for part := range strings.SplitSeq(s, ",") {
				put = append(put, strings.TrimSpace(part))
			}
		}
	}
	return slices.EqualFunc(put, got, holdsOne)
}

func holdsOne(written, now any) bool {
	want := canonical(written)
	for _, form := range forms(now) {
		if form == want || sameTime(want, form) || strings.EqualFold(form, want) {
			return true
		}
	}
	if a, ok := words.Amount(want); ok {
		for _, form := range forms(now) {
			if b, ok := words.Amount(form); ok && a == b {
				return true
			}
		}
	}
	return false
}

// forms are the texts by which a value may have been written.
func forms(v any) []string {
	o, isObject := v.(map[string]any)
	if !isObject {
		return []string{canonical(plainValue(v))}
	}
	var out []string
	for _, field := range []string{"rowId", "amount", "email", "url", "name"} {
		if part, ok := o[field]; ok {
			out = append(out, canonical(part))
		}
	}
	return out
}

// sameTime compares days and times: with a zone on both sides by the moment, else
// by what the clock shows.
func sameTime(a, b string) bool {
	if len(a) < len(time.DateOnly) || len(b) < len(time.DateOnly) || a[4] != '-' || b[4] != '-' {
		return false
	}
	x, zonedX, okX := moment(a)
	y, zonedY, okY := moment(b)
	if !okX || !okY {
		return false
	}
	if zonedX && zonedY {
		return x.Equal(y)
	}
	const clock = "2006-01-02T15:04:05"
	return x.Format(clock) == y.Format(clock)
}

func moment(s string) (at time.Time, zoned, ok bool) {
	s = strings.Replace(s, " ", "T", 1)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(form, s); err == nil {
			return at, true, true
		}
	}
	for _, form := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.Parse(form, s); err == nil {
			return at, false, true
		}
	}
	return time.Time{}, false, false
}

// shownCell is a value for the eyes of a person.
func shownCell(raw json.RawMessage, c Column) string {
	return words.CellWords(words.PlainCell(raw, coda.Column{ID: c.ID, Name: c.Name, Format: coda.ColumnFormat{Type: c.Type}}, true))
}

// column finds a column by its id or name; one that is not known is named by
// what it was called.
func column(columns []Column, ref string) Column {
	for _, c := range columns {
		if c.ID == ref {
			return c
		}
	}
	for _, c := range columns {
		if c.Name == ref {
			return c
		}
	}
	return Column{ID: ref, Name: ref}
}
