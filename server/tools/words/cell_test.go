//go:build !race

package words

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"codabridge/server/coda"
)

// plainly is what AppendCell does, by way of the decoded value.
func plainly(text json.RawMessage, c *coda.Column, detail bool) string {
	return string(AppendJSON(nil, PlainCell(text, *c, detail)))
}

var cellTypes = []string{"text", "date", "dateTime", "checkbox", "number", "currency", "person", "lookup", "select", "link", "", "new kind"}

func checkCell(t *testing.T, text string) {
	t.Helper()
	if !json.Valid([]byte(text)) {
		t.Fatalf("no JSON: %s", text)
	}
	for _, kind := range cellTypes {
		for _, detail := range []bool{false, true} {
			c := &coda.Column{}
			c.Format.Type = kind
			got := string(AppendCell([]byte("x"), json.RawMessage(text), c, detail))
			if want := "x" + plainly(json.RawMessage(text), c, detail); got != want || !json.Valid([]byte(got[1:])) {
				t.Fatalf("%s in a column of %q, detail %v: %s, not %s", text, kind, detail, got, want)
			}
		}
	}
}

// TestCellsAreWrittenAsIfTheyWereDecoded, whatever they hold.
func TestCellsAreWrittenAsIfTheyWereDecoded(t *testing.T) {
	t.Parallel()
	c := &coda.Column{}
	c.Format.Type = "checkbox"
	for _, text := range []json.RawMessage{nil, json.RawMessage(`""`), json.RawMessage(`null`), json.RawMessage(`[]`), json.RawMessage(`" "`)} {
		if got := string(AppendCell(nil, text, c, false)); got != plainly(text, c, false) {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{
		`""`, `"a"`, `"é🌍"`, `"a\"b\\"`, `"\u2028"`, "\"\u2028\"", `"` + "```x```" + `"`, `"` + "```" + `"`, `"` + "```x" + `"`, `"\u0060` + "``x```" + `"`,
		`"2026-11-11T00:00:00.000-08:00"`, `"2026-11-11T00:00:00"`, `"2026-11-11T09:30:00.000-08:00"`, `"2026-11-11"`, `"T2026-11-1T00:00:00.000"`,
		`0`, `-0`, `-0.0`, `1.50`, `1e5`, `-1E-5`, `9007199254740993`, `12345678901234567890.123456789`, `true`, `false`, `null`, `[]`, `[null]`, `[[],["a",1]]`, `{}`, `[{}]`,
		`["a", "b" ,1 , true]`, `{"@type":"Person","name":"Zoë","email":"z@a.example"}`, `{"@type":"Person","name":"","email":"z@a.example"}`, `{"@type":"Person","email":"z@a.example"}`,
		`{"@type":"Person","name":" A ","email":"z@a.example"}`, `{"@type":"Person","name":"A"}`, `{"@type":"Person","name":null,"email":7}`, `{"@type":"Person","name":5}`,
		`{"@type":"Person","name":"A","name":"B","email":"x@y.example"}`, `{"\u0040type":"Person","name":"A"}`, `{"@type":"Person","\u006eame":"A"}`, `{"@type":["Person"],"name":"A"}`,
		`{"@type":"StructuredValue","name":"R","rowId":"i-1","tableId":"grid-1","url":"https://x.example/a"}`, `{"@type":"StructuredValue","name":"","rowId":"i-1"}`, `{"@type":"StructuredValue","name":"R"}`,
		`{"@type":"MonetaryAmount","amount":12.50,"currency":"USD"}`, `{"@type":"MonetaryAmount","amount":"12.50","currency":"USD"}`, `{"@type":"MonetaryAmount","amount":12.5}`,
		`{"@type":"MonetaryAmount","amount":1e400,"currency":"USD"}`, `{"@type":"MonetaryAmount","currency":"USD"}`, `{"@type":"MonetaryAmount","amount":1,"currency":" USD "}`, `{"@type":"MonetaryAmount","amount":-7,"currency":"€"}`,
		`{"@type":"WebPage","name":"N","url":"https://x.example"}`, `{"@type":"WebPage","name":"https://x.example","url":"https://x.example"}`, `{"@type":"WebPage","url":"u"}`, `{"@type":"WebPage","name":"n"}`, `{"@type":"WebPage"}`,
		`{"@type":"WebPage","name":" n ","url":" u "}`, `{"@type":"ImageObject","name":"a.png","url":"https://x.example/a.png"}`, `{"@type":"NewKind","name":"n","url":"u"}`, `{"name":"n"}`, `{"@type":"Person","name":"` + "```A```" + `"}`,
		`[{"@type":"Person","name":"A","email":"a@a.example"},{"@type":"Person","name":"B","email":"b@a.example"}]`, `["2026-11-11T00:00:00.000-08:00","` + "```x```" + `",null,{"a":[1,{"b":2}]}]`,
		`"` + strings.Repeat("a", 70<<10) + `"`, `["` + strings.Repeat("a", 70<<10) + `"]`, `["` + strings.Repeat("a", 300<<10) + `"]`, strings.Repeat("[", 50) + strings.Repeat("]", 50),
	} {
		checkCell(t, text)
	}
	broken, text := json.RawMessage("\"a\xffb\""), &coda.Column{}
	if got := string(AppendCell(nil, broken, text, false)); !json.Valid([]byte(got)) || got != plainly(broken, text, false) {
		t.Errorf("%q", got)
	}
	r := rand.New(rand.NewPCG(11, 4))
	for range 3000 {
		checkCell(t, anyCell(r, 3))
	}
}

var cellParts = []string{"", "a", "Ada", " ", "\\n", "\\u00e9", "é", "2026-11-11T00:00:00.000", "```", "\\\"", "USD", "i-1", "a@b.example", "https://x.example/", "\u2029", "\\ud83d", "<&>"}

// anyCell is the text of some cell.
func anyCell(r *rand.Rand, deep int) string {
	text := func() string {
		return `"` + cellParts[r.IntN(len(cellParts))] + cellParts[r.IntN(len(cellParts))] + `"`
	}
	switch n := r.IntN(10); {
	case n < 3 || deep == 0:
		return text()
	case n == 3:
		return fmt.Sprint(r.IntN(2000)-1000, ".", r.IntN(100))
	case n == 4:
		return []string{"true", "false", "null", "-0", "1e3", "0.10"}[r.IntN(6)]
	case n < 7:
		var list []string
		for range r.IntN(4) {
			list = append(list, anyCell(r, deep-1))
		}
		return "[" + strings.Join(list, []string{",", " , "}[r.IntN(2)]) + "]"
	}
	fields := []string{`"@type":"` + []string{"Person", "StructuredValue", "MonetaryAmount", "WebPage", "ImageObject", "Thing"}[r.IntN(6)] + `"`}
	for _, name := range []string{"name", "url", "email", "rowId", "amount", "currency", "encodingFormat", "other"} {
		if r.IntN(2) == 0 {
			fields = append(fields, `"`+name+`":`+[]string{text(), text(), anyCell(r, 0), anyCell(r, deep-1), "12.50"}[r.IntN(5)])
		}
	}
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return "{" + strings.Join(fields, ",") + "}"
}
