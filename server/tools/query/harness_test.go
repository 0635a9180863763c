//go:build !race

package query

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

var table = []Column{
	{ID: "c-1", Name: "Task", Type: "text"},
	{ID: "c-2", Name: "Assignee", Type: "person"},
	{ID: "c-3", Name: "Status", Type: "select", Options: []string{"Not started", "In progress", "Done"}},
	{ID: "c-4", Name: "Due", Type: "date"},
	{ID: "c-5", Name: "Amount", Type: "currency"},
	{ID: "c-6", Name: "Tags", Type: "select", List: true, Options: []string{"launch", "docs", "data"}},
	{ID: "c-7", Name: "Paid", Type: "checkbox"},
	{ID: "c-8", Name: "Share", Type: "percent"},
	{ID: "c-9", Name: "Started", Type: "dateTime"},
	{ID: "c-10", Name: "Effort", Type: "duration"},
	{ID: "c-11", Name: "Vendor", Type: "lookup"},
	{ID: "c-12", Name: "Hours", Type: "number"},
}

var berlin = time.FixedZone("Europe/Berlin", 3600)

// testEnv stands on Friday, the 27th of November 2026.
var testEnv = Env{Now: time.Date(2026, 11, 27, 15, 0, 0, 0, berlin), MyName: "Ana Kim", MyEmail: "ana@example.com"}

const testRows = `[
	["i-1",{"c-1":"` + "```Sign off```" + `","c-2":{"@type":"Person","name":"Ana Kim","email":"ana@example.com"},"c-3":"In progress","c-4":"2026-11-18T00:00:00.000-07:00","c-5":{"@type":"MonetaryAmount","currency":"USD","amount":0.1},"c-6":["launch","docs"],"c-7":false,"c-8":0.35,"c-9":"2026-11-18T23:30:00.000Z","c-10":"2 hrs 30 mins","c-11":{"@type":"StructuredValue","name":"Acme Corp","rowId":"i-a"},"c-12":3}],
	["i-2",{"c-1":"` + "```Load test```" + `","c-2":{"@type":"Person","name":"Ben Ode","email":"ben@example.com"},"c-3":"Done","c-4":"2026-12-01T00:00:00.000-07:00","c-5":{"@type":"MonetaryAmount","currency":"USD","amount":0.2},"c-6":["data"],"c-7":true,"c-8":0.5,"c-9":"2026-11-19T09:00:00.000Z","c-10":"1 day","c-11":{"@type":"StructuredValue","name":"O’Neill","rowId":"i-o"},"c-12":"n/a"}],
	["i-3",{"c-1":"` + "```Write notes```" + `","c-2":"","c-3":"Not started","c-4":"","c-5":"","c-6":[],"c-7":"","c-8":"","c-9":"","c-10":"","c-11":"","c-12":""}],
	["i-4",{"c-1":"` + "```Sign lease```" + `","c-2":[{"@type":"Person","name":"Ana Kim","email":"ana@example.com"},{"@type":"Person","name":"Ben Ode","email":"ben@example.com"}],"c-3":"In progress","c-4":"2026-10-31T00:00:00.000-07:00","c-5":{"@type":"MonetaryAmount","currency":"USD","amount":1200.3},"c-6":"launch","c-7":false,"c-8":0,"c-9":"2026-10-31T23:30:00.000Z","c-10":"30 mins","c-11":{"@type":"StructuredValue","name":"Acme Corp","rowId":"i-b"},"c-12":12.5}]
]`

func decode(t testing.TB, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// specOf reads a question as the tool does.
func specOf(t testing.TB, question string) Spec {
	t.Helper()
	var in struct {
		Where     any      `json:"where"`
		Select    []string `json:"select"`
		Distinct  bool     `json:"distinct"`
		Sort      []any    `json:"sort"`
		GroupBy   []any    `json:"group_by"`
		Aggregate []any    `json:"aggregate"`
		Having    any      `json:"having"`
	}
	decode(t, question, &in)
	return Spec{Where: in.Where, Select: in.Select, Distinct: in.Distinct,
		Sort: in.Sort, GroupBy: in.GroupBy, Aggregate: in.Aggregate, Having: in.Having}
}

func ask(t testing.TB, question, rows string) (Answer, error) {
	t.Helper()
	q, err := Compile(specOf(t, question), table, testEnv)
	if err != nil {
		return Answer{}, err
	}
	var all [][]any
	decode(t, rows, &all)
	for _, r := range all {
		if err := q.Add(r[0].(string), r[1].(map[string]any)); err != nil {
			return Answer{}, err
		}
	}
	return q.Answer(0, limitOf(t, question)), nil
}

func limitOf(t testing.TB, question string) int {
	t.Helper()
	in := struct {
		Limit int `json:"limit"`
	}{100}
	decode(t, question, &in)
	return in.Limit
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
