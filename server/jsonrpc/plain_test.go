package jsonrpc

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// plainForms are calls in their plain form, and others are what is left to the
// usual reading: wrong in some way, or unusual.
var (
	plainForms = []string{
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"a"}}}`,
		` { "params" : { "_meta" : { "progressToken" : "p" } , "name" : "x" } , "method" : "tools/call" , "id" : "a b" , "jsonrpc" : "2.0" } ` + "\n",
		`{"jsonrpc":"2.0","id":-5,"method":"tools/call","params":{"name":"x","arguments":{"a":[],"b":[[{}]],"c":-0.5e+3,"d":"\"\\\u00e9\n","d":null}}}`,
		`{"jsonrpc":"2.0","id":"","method":"tools/call","params":{"arguments":{},"name":"ä"}}`,
	}
	otherForms = []string{
		``, `{}`, `[]`, `null`, `{"jsonrpc":"2.0","id":1,"method":"tools/call"}`, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`,
		`{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","ID":1,"method":"tools/call","params":{"name":"x"}}`,
		`{"jsonrpc":"1.0","id":1,"method":"tools/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"x"}}`,
		`{"jsonrpc":"2.0","id":"<","method":"tools/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","id":-0,"method":"tools/call","params":{"name":"x"}}`,
		`{"jsonrpc":"2.0","id":1e3,"method":"tools/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":{"name":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"n\u0061me":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","name":"y"}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","task":{}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":"{}"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"a":[]}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":null}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":01}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":1.}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":1e999}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":` + strings.Repeat("1", 41) + `}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":"` + "\x01" + `"}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":"` + "\xff" + `"}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":"\x"}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":"\u12g4"}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":tru}}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":1,}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}{}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}},`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"},"result":{}}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":""}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":` + strings.Repeat(`{"a":`, 200) + `1` + strings.Repeat(`}`, 200) + `}}`,
		`{"jsonrpc":"2.0","id":"` + strings.Repeat("x", 1001) + `","method":"tools/call","params":{"name":"x"}}`, `{"jsonrpc":"2.0","id":true,"method":"tools/call","params":{"name":"x"}}`,
	}
)

// TestPlainCallsAreRead in the short way, and all others in the usual one.
func TestPlainCallsAreRead(t *testing.T) {
	t.Parallel()
	for _, text := range plainForms {
		if _, ok := plainCall(unmarked([]byte(text))); !ok {
			t.Errorf("%s is read in the usual way", text)
		}
	}
	for _, text := range otherForms {
		if _, ok := plainCall(unmarked([]byte(text))); ok {
			t.Errorf("%.200s is read in the short way", text)
		}
	}
}

// FuzzPlain: what the short way reads, the usual one reads in the same way.
func FuzzPlain(f *testing.F) {
	for _, text := range append(plainForms, otherForms...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = unmarked(text)
		short, ok := plainCall(text)
		if !ok {
			return
		}
		usual, _, err := readUsual(text, "2025-06-18")
		var m struct {
			Params struct {
				Name      string
				Arguments json.RawMessage
				Meta      json.RawMessage `json:"_meta"`
			}
		}
		if err != nil || json.Unmarshal(text, &m) != nil {
			t.Fatalf("%q is no message: %v", text, err)
		}
		want := usual[0]
		if short.Method != want.Method || !bytes.Equal(short.ID, want.ID) || !bytes.Equal(short.Body, want.Body) || !short.WantsAnswer() {
			t.Errorf("%q is read as %s %s, not %s %s", text, short.Method, short.ID, want.Method, want.ID)
		}
		if c := short.Call; c.Name != m.Params.Name || !bytes.Equal(c.Arguments, m.Params.Arguments) || !bytes.Equal(c.Meta, m.Params.Meta) {
			t.Errorf("%q: %q %s %s", text, c.Name, c.Arguments, c.Meta)
		}
	})
}

// FuzzText: a text is written as encoding/json writes it.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "\x00\x1f \x7f\"\\/<>&\b\f\n\r\t", "ä\u2028\u2029\ufffd\xff\xc3", "😀\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if got := AppendText([]byte("x"), s); err != nil || string(got[1:]) != string(want) {
			t.Errorf("%q is written %s, not %s", s, got[1:], want)
		}
	})
}
