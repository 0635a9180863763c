//go:build !race

package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

const meterTable = "grid-meter00001"

// withMeters adds a table with a column of each type of number and time.
func withMeters(s *settings) {
	t := &codatest.Table{ID: meterTable, Name: "Meters", Columns: []*codatest.Column{{ID: "c-n", Name: "Name", Display: true},
		{ID: "c-number", Name: "number", Type: "number"}, {ID: "c-usd", Name: "usd", Type: "currency"}, {ID: "c-eur", Name: "eur", Type: "currency", Currency: "EUR"},
		{ID: "c-percent", Name: "percent", Type: "percent"}, {ID: "c-scale", Name: "scale", Type: "scale", Max: 5}, {ID: "c-slider", Name: "slider", Type: "slider", Max: 100},
		{ID: "c-duration", Name: "duration", Type: "duration"}, {ID: "c-date", Name: "date", Type: "date"}, {ID: "c-dateTime", Name: "dateTime", Type: "dateTime"},
		{ID: "c-time", Name: "time", Type: "time"}},
		Rows: []*codatest.Row{{ID: "i-meter", Values: []any{"one"}}}}
	s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, t)
}

// TestNumbersAndTimesGoAsTheyAreMeant: what the column's type takes, written in
// any usual way, on either side.
func TestNumbersAndTimesGoAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withMeters)
	for column, cases := range map[string]map[string]string{ // what is given, as JSON, and what Coda gets
		"number": {`12`: `12`, `"12"`: `12`, `" 12 "`: `12`, `"1,200.50"`: `1200.50`, `"1 200"`: `1200`, `"1'200'300"`: `1200300`, `"-5"`: `-5`, `"−5"`: `-5`, `"+5"`: `5`,
			`".5"`: `0.5`, `"1e3"`: `1000`, `"007"`: `7`, `"9007199254740993"`: `9007199254740993`, `"12,34,567"`: `1234567`, `""`: `""`, `null`: `""`, `0`: `0`, `"0"`: `0`},
		"usd":     {`100`: `100`, `"$1,200"`: `1200`, `"100 USD"`: `100`, `"USD 100"`: `100`, `"usd100"`: `100`, `"-$5.50"`: `-5.50`, `"$-5"`: `-5`, `"$100 USD"`: `100`, `"US$ 7"`: `7`},
		"eur":     {`"€100"`: `100`, `"100 €"`: `100`, `"EUR 1,000.5"`: `1000.5`, `"100EUR"`: `100`},
		"percent": {`0.35`: `0.35`, `"35%"`: `0.35`, `"35 %"`: `0.35`, `"%35"`: `0.35`, `"150%"`: `1.5`, `"0.5%"`: `0.005`, `"-2%"`: `-0.02`, `"33.333333333333333%"`: `0.33333333333333333`, `1`: `1`},
		"scale":   {`3`: `3`, `"5"`: `5`, `0`: `0`},
		"slider":  {`0`: `0`, `"99.5"`: `99.5`, `100`: `100`},
		"duration": {`"2 hours"`: `"2 hours"`, `"90 mins"`: `"90 mins"`, `"1 hr 30 mins"`: `"1 hr 30 mins"`, `"1h30m"`: `"1h30m"`, `"3 days, 4 hrs"`: `"3 days, 4 hrs"`,
			`"1.5 weeks"`: `"1.5 weeks"`, `"1 day and 2 hours"`: `"1 day and 2 hours"`},
		"date": {`"2026-11-20"`: `"2026-11-20"`, `"2026-11-20T00:00:00Z"`: `"2026-11-20"`, `"2026-11-20T00:00:00.000-08:00"`: `"2026-11-20"`, `"2026-11-20t00:00:00z"`: `"2026-11-20"`,
			`"2026-11-20T15:30"`: `"2026-11-20"`, `"2026-11-20 00:00"`: `"2026-11-20"`},
		"dateTime": {`"2026-11-20T00:00:00Z"`: `"2026-11-20T00:00:00Z"`, `"2026-11-20 15:30"`: `"2026-11-20T15:30"`, `"2026-11-20"`: `"2026-11-20"`},
		"time":     {`"15:30"`: `"15:30"`, `"3:30 pm"`: `"3:30 PM"`, `"2pm"`: `"2:00 PM"`, `"11 am"`: `"11:00 AM"`},
	} {
		for given, want := range cases {
			r.call("coda_update_row", object{"document": planDoc, "table": "Meters", "row": "i-meter", "values": object{column: raw(given)}}).ok(nil)
			want = fmt.Sprintf(`[{"column":"c-%s","value":%s}]`, column, want)
			if sentNumbers(r) != want {
				t.Errorf("%s %s: sent %s, want %s", column, given, sentNumbers(r), want)
			}
		}
	}
}

// raw is JSON that goes as it is written.
type raw string

func (r raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// TestNumbersAndTimesThatDoNotFitAreRefused with an example of what would.
func TestNumbersAndTimesThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, withMeters)
	for column, k := range map[string]struct {
		given   []any
		example string
	}{
		"number":   {[]any{"12 apples", "apples 12", "1.2.3", "50 percent", "35%", "$5", "USD 5", "5 USD", "1,5", "1.200,50", "twelve", true, "12-13", "1 2", "--5", "NaN", "Infinity", "0x10", "1_000", "1e400", "-1e999", strings.Repeat("9", 100)}, "1200.5"},
		"usd":      {[]any{"12 apples", "1.2.3", "50 percent", "35%", "EUR 100", "100 EUR", "€100", "100 €", "abc 5", "$", "one dollar", false}, "in USD"},
		"eur":      {[]any{"$100", "100 $", "USD 100", "100 USD", "£5"}, "in EUR"},
		"percent":  {[]any{"50 percent", "percent 50", "12 apples", "1.2.3", "$5", "%5%", 50, "50", -2}, "%"},
		"scale":    {[]any{6, "6", -1, 3.5, "banana", "5 stars", "3/5", 1e30}, "from 0 to 5"},
		"slider":   {[]any{101, "-1", "many", "50%"}, "from 0 to 100"},
		"duration": {[]any{"banana", 5, "5", "2 hours and some", "1:30", "12 apples", "P1D", "hours 2", true}, "90 mins"},
		"date":     {[]any{"2026-11-20T23:30:00Z", "2026-11-20T01:00:00+09:00", "20 November", "2026-02-30", "20.11.2026", 20261120, "tomorrow"}, "2026-"},
		"dateTime": {[]any{"20 November", "2026-13-01"}, "2026-11-20T15:30"},
		"time":     {[]any{"25:00", "half past three", "13pm", "2"}, "15:30"},
	} {
		for _, given := range k.given {
			r.call("coda_update_row", object{"document": planDoc, "table": "Meters", "row": "i-meter", "values": object{column: given}}).fails(column, k.example, "Nothing was written")
			r.call("coda_create_rows", object{"document": planDoc, "table": "Meters", "rows": []object{{"Name": "x", column: given}}}).fails(column, "Nothing was written")
		}
	}
	r.call("coda_update_row", object{"document": planDoc, "table": "Meters", "row": "i-meter", "values": object{"date": "2026-11-20T23:30:00Z"}}).fails("2026-11-20", "day alone")
	if n := r.fake.Count("upsertRows") + r.fake.Count("updateRow"); n != 0 {
		t.Errorf("%d writes reached Coda", n)
	}
}
