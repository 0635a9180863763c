package words_test

import (
	"testing"

	"codabridge/server/tools/words"
)

// TestTheSameCallHasOneForm however it is written, and another call has another.
func TestTheSameCallHasOneForm(t *testing.T) {
	same := []string{`{"b":1,"a":[10,-0.5,0,"1"]}`, `{ "a" : [1e1, -5.0E-1, -0.0, "\u0031"], "b" : 1.0 }`, `{"a":[10.00,-0.50,0e7,"1"],"b":100e-2}`}
	for _, text := range same {
		if got, want := string(words.OneForm([]byte(text))), string(words.OneForm([]byte(same[0]))); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	seen := map[string]string{}
	for _, text := range []string{`{"a":1}`, `{"a":"1"}`, `{"a":10}`, `{"a":-1}`, `{"a":0.1}`, `{"a":"1e0"}`, `{"a":[1]}`, `{"a":true}`, `{"a":null}`, `{}`, `no JSON`,
		`{"a":9007199254740993}`, `{"a":9007199254740992}`, `{"a":1e300}`, `{"a":1e-300}`} {
		form := string(words.OneForm([]byte(text)))
		if seen[form] != "" {
			t.Errorf("%s and %s have one form, %s", text, seen[form], form)
		}
		seen[form] = text
	}
}
