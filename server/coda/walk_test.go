package coda

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"codabridge/server/jsontext"
)

var texts = []string{
	`{"items":[{"id":"i-1","name":"a","values":{"c-1":"x","c-2":1.50,"c-3":{"@type":"Person","name":"Zoë","email":"z@example.com"},"c-4":[true,null,[]]}}],"nextPageToken":"t"}`,
	" {\n \"items\" : [ { \"id\" : \"i-1\" , \"index\" : 7 , \"name\" : null , \"values\" : { \"c \\\"1\\\"\" : \"a\\\\\" , \"c-2\" : -0.5e+10 } } , { } ] , \"href\" : \"\\u00e9\" }\t",
	`{"items":[]}`, `{"items":null}`, `{}`, `[]`, `null`, `"x"`, `{"items":[{"id":5}]}`, `{"items":[1]}`, `{"items":{"a":1}}`,
	`{"items":[{"id":"i-1","parent":{"id":"grid-1","name":"T"}}]}`, `{"items":[{"parent":null}]}`, `{"items":[{"parent":7}]}`,
	`{"id":"i-1","name":"a","parent":{"id":"grid-1","type":"table","name":"T","tableType":"view","browserLink":"b","href":"h"},"values":{"c-1":"x"}}`,
	`{"id":7}`, `{"parent":{"id":[]}}`, `{"parent":{"id":null}}`, `{"items":[{"name":"` + "\xff" + `"}]}`,
	`{"a":{},"b":[{},[],[[1,2],{"c":{"d":[]}}]],"c":"\ud83d\ude00"}`,
	`[1,`, `{"a":1`, `{"a" 1}`, `{"a":1,}`, `[1,]`, `01`, `-`, `1.`, `1e`, `tru`, `"\x"`, `"\u12g4"`, "\"a\nb\"", `"`, `{"a`, `{"a":"b`, `[1] 2`, ``, ` `, `{a:1}`, `[,1]`,
	`{"values":{"a":"` + strings.Repeat(`\\`, 9) + `"}}`, `"\\\""`, `{"a":"\\","b":"\\\\\""}`,
	strings.Repeat("[", 10000) + strings.Repeat("]", 10000), strings.Repeat("[", 10001) + strings.Repeat("]", 10001),
}

// checkWalk holds the walk by place against the library that reads everything.
func checkWalk(t *testing.T, text []byte) {
	t.Helper()
	valid := json.Valid(text)
	if jsontext.Valid(text, jsontext.Nested) != valid {
		t.Fatalf("Valid says %v of %.200q", !valid, text)
	}
	_ = DecodeCell(text) // of anything, without a panic
	for range Cells(text).All() {
	}
	quick, ok := rowsOf(text)
	one, isOne := rowOf(text)
	if !valid {
		if ok || isOne {
			t.Fatalf("a page or row was read from %.200q", text)
		}
		return
	}
	var want any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if got := decoded(text); !reflect.DeepEqual(got, want) {
		t.Fatalf("%.200q is decoded to %.300v, not %.300v", text, got, want)
	}
	var page Page[Row]
	if err := json.Unmarshal(text, &page); ok && (err != nil || !samePage(quick, page)) {
		t.Fatalf("%.200q is read as %+v, not %+v (%v)", text, quick, page, err)
	}
	var row Row
	if err := json.Unmarshal(text, &row); isOne && (err != nil || !sameRow(one, row)) {
		t.Fatalf("%.200q is read as %+v, not %+v (%v)", text, one, row, err)
	}
}

func samePage(a, b Page[Row]) bool {
	if len(a.Items) != len(b.Items) || a.NextPageToken != b.NextPageToken || a.NextSyncToken != b.NextSyncToken {
		return false
	}
	for i, r := range a.Items {
		if !sameRow(r, b.Items[i]) {
			return false
		}
	}
	return true
}

func sameRow(a, b Row) bool {
	if a.Values.Decoded() == nil || !reflect.DeepEqual(a.Values.Decoded(), b.Values.Decoded()) {
		return false
	}
	a.Values, b.Values = nil, nil
	return reflect.DeepEqual(a, b)
}

func TestRowsAreReadByPlaceAsTheLibraryReadsThem(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		checkWalk(t, []byte(text))
	}
	if p, ok := rowsOf([]byte(texts[0])); !ok || len(p.Items) != 1 || p.NextPageToken != "t" {
		t.Errorf("the usual page is read slowly: %+v %v", p, ok)
	}
	if r, ok := rowOf([]byte(`{"id":"i-1","parent":{"id":"grid-1","type":"table"},"values":{}}`)); !ok || r.ID != "i-1" || r.Parent.ID != "grid-1" {
		t.Errorf("the usual row is read slowly: %+v %v", r, ok)
	}
}

// FuzzWalk: what the library takes is taken, and means the same.
func FuzzWalk(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.ContainsAny(text, "IiNnVvPp") && foldedNames(text) {
			t.Skip("names in other letters: the library takes them, Coda writes none")
		}
		checkWalk(t, text)
	})
}

// foldedNames tells that a field's name stands there in other letters.
func foldedNames(text []byte) bool {
	for _, name := range []string{"items", "nextPageToken", "nextSyncToken", "id", "name", "browserLink", "createdAt", "updatedAt", "values", "parent", "type", "tableType", "href"} {
		if bytes.Contains(bytes.ToLower(text), []byte(strings.ToLower(name))) && !bytes.Contains(text, []byte(name)) {
			return true
		}
	}
	return false
}
