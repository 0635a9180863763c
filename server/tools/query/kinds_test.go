//go:build !race

package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// kindsOfColumns are Coda's types of columns, each with a cell, a value that
// finds it, and one that is none.
var kindsOfColumns = []struct {
	typ, cell, value, wrong string
	ordered                 bool
}{
	{"text", `"` + "```Straße```" + `"`, `"STRASSE"`, ``, false},
	{"canvas", `"` + "```# Plan\\nline two```" + `"`, `"# plan line two"`, ``, false},
	{"select", `"In review"`, `"in  review"`, `"Reviewed"`, false},
	{"number", `-1234.5`, `"-1,234.50"`, `"NaN"`, true},
	{"currency", `{"@type":"MonetaryAmount","currency":"USD","amount":-0.3}`, `"-$0.30"`, `"0,30"`, true},
	{"percent", `0.125`, `"12.5%"`, `12.5`, true},
	{"slider", `40`, `4e1`, `"forty"`, true},
	{"scale", `3`, `"3"`, `"***"`, true},
	{"date", `"2026-03-29T00:00:00.000-07:00"`, `"March 29, 2026"`, `"someday"`, true},
	{"dateTime", `"2026-03-29T01:59:00.000Z"`, `"2026-03-29T01:59"`, `"25:00"`, true},
	{"time", `"1899-12-30T09:05:00.000-08:00"`, `"9:05 am"`, `"9"`, true},
	{"duration", `"1 day 2 hrs"`, `"26h"`, `"long"`, true},
	{"checkbox", `true`, `"yes"`, `"perhaps"`, false},
	{"person", `{"@type":"Person","name":"Zoë Ng","email":"zoe@x.example"}`, `"zoe@X.example"`, ``, false},
	{"lookup", `{"@type":"StructuredValue","name":"Acme","rowId":"i-1"}`, `"Acme (i-1)"`, ``, false},
	{"link", `{"@type":"WebPage","name":"Site","url":"https://x.example/a"}`, `"[site](https://x.example/a)"`, ``, false},
	{"email", `"a@x.example"`, `"A@X.example"`, ``, false},
	{"image", `{"@type":"ImageObject","name":"logo.png","url":"https://x.example/1"}`, `"logo.PNG"`, ``, false},
	{"attachments", `[{"@type":"DigitalDocument","name":"a.pdf","url":"u"},{"@type":"DigitalDocument","name":"b.pdf","url":"v"}]`, `"b.pdf"`, ``, false},
	{"reaction", `[{"@type":"Person","name":"Zoë Ng","email":"zoe@x.example"}]`, `"zoë ng"`, ``, false},
	{"packObject", `{"@type":"Thing","name":"PR 7","url":"https://x.example/7"}`, `"PR 7"`, ``, false},
	{"other", `12`, `12`, ``, false},
}

// askOne asks one condition of one cell.
func askOne(t *testing.T, typ, cell, is, value string) (found bool, err error) {
	t.Helper()
	c := Column{ID: "c-1", Name: "Thing", Type: typ}
	if typ == "select" {
		c.Options = []string{"In review", "Done"}
	}
	q, err := Compile(specOf(t, `{"where":[{"column":"Thing","is":"`+is+`","value":`+value+`}]}`), []Column{c}, testEnv)
	if err != nil {
		return false, err
	}
	var v any
	decode(t, cell, &v)
	if err := q.Add("i-1", map[string]any{"c-1": v}); err != nil {
		t.Fatal(err)
	}
	_, n := q.Read()
	return n == 1, nil
}

// TestEveryComparisonOfEveryType works, or is refused with those that do.
func TestEveryComparisonOfEveryType(t *testing.T) {
	t.Parallel()
	for _, k := range kindsOfColumns {
		takes := []string{"=", "!=", "contains", "not contains", "starts", "in", "not in", "empty", "not empty"}
		switch {
		case k.typ == "checkbox":
			takes = []string{"=", "!=", "empty", "not empty"}
		case k.ordered:
			takes = []string{"=", "!=", "in", "not in", ">", ">=", "<", "<=", "between", "empty", "not empty"}
		}
		for _, is := range ops {
			value := k.value
			if is == "between" {
				value = "[" + value + "," + value + "]"
			}
			found, err := askOne(t, k.typ, k.cell, is, value)
			switch {
			case !slices.Contains(takes, is):
				if err == nil || !strings.Contains(err.Error(), fmt.Sprintf(`cannot be compared by %q. It takes: =, !=`, is)) {
					t.Errorf("%s %s: %v", k.typ, is, err)
				}
			case err != nil:
				t.Errorf("%s %s %s: %v", k.typ, is, value, err)
			case slices.Contains([]string{"=", "in", ">=", "<=", "between", "not empty"}, is) != found && is != "contains" && is != "starts":
				t.Errorf("%s %s %s: found is %v", k.typ, is, value, found)
			}
		}
		if k.wrong == "" {
			continue
		}
		if _, err := askOne(t, k.typ, k.cell, "=", k.wrong); err == nil || !strings.Contains(err.Error(), "Thing") {
			t.Errorf("%s = %s: %v", k.typ, k.wrong, err)
		}
	}
}

// TestAnEmptyCellOfEveryType is empty however Coda gives it, and no value.
func TestAnEmptyCellOfEveryType(t *testing.T) {
	t.Parallel()
	for _, k := range kindsOfColumns {
		for _, nothing := range []string{`""`, `null`, `[]`, `[""]`, `[null,""]`, "\"``````\""} {
			for is, want := range map[string]bool{"empty": true, "not empty": false, "=": false, "!=": true} {
				if found, err := askOne(t, k.typ, nothing, is, k.value); err != nil || found != want {
					t.Errorf("%s: %s %s is %v (%v)", k.typ, nothing, is, found, err)
				}
			}
		}
	}
}

// TestTextsThatLookAlike are one, and those that differ by an accent are not.
func TestTextsThatLookAlike(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Café", "cafe\u0301"}, {"ﬁn", "fin"}, {"a\u00a0b", "A  b"}, {"x\u200by", "xy"}, {"\u202bשלום\u202c", "שלום"}, {"’tis — so", "'TIS - SO"}, {"①", "1"}, {"ＡＢ", "ab"}} {
		if found, err := askOne(t, "text", `"`+pair[0]+`"`, "=", `"`+pair[1]+`"`); err != nil || !found {
			t.Errorf("%q is not %q: %v", pair[0], pair[1], err)
		}
		if found, err := askOne(t, "text", `"- `+pair[1]+` -"`, "contains", `"`+pair[0]+`"`); err != nil || !found {
			t.Errorf("%q is not in %q: %v", pair[0], pair[1], err)
		}
	}
	for _, pair := range [][2]string{{"Café", "cafe"}, {"0", "00"}, {"1", "1.0"}, {"a.c", "abc"}} {
		if found, err := askOne(t, "text", `"`+pair[0]+`"`, "=", `"`+pair[1]+`"`); err != nil || found {
			t.Errorf("%q is taken for %q: %v", pair[0], pair[1], err)
		}
	}
}
