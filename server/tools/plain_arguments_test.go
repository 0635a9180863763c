//go:build !race

package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestPlainArgumentsMeanWhatOthersDo: arguments that are not looked at twice are
// answered as the same ones are where a letter is escaped, which are.
func TestPlainArgumentsMeanWhatOthersDo(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) { s.tools.Now = atRest() })
	odd := []string{"", " ", "x", " Tasks ", "7", "01", "true", "null", "none", "[]", "{}", `[1]`, "updatedAt", "-updated", "a,b", "é", "\u00a0", strings.Repeat("w ", 300)}
	calls, compared := goodCalls(), 0
	for _, d := range r.listTools() {
		if d.Annotations["readOnlyHint"] != true {
			continue
		}
		for name, p := range shapeOf(t, d).Properties {
			if p.Type != "string" {
				continue
			}
			for _, value := range odd {
				args, err := json.Marshal(spoiled(calls[d.Name], name, value))
				if err != nil {
					t.Fatal(err)
				}
				plain, escaped := string(args), escapedOnce(string(args))
				if escaped == plain {
					continue
				}
				compared++
				got, want := r.call(d.Name, json.RawMessage(plain)), r.call(d.Name, json.RawMessage(escaped))
				if got.text != want.text || got.isError != want.isError {
					t.Errorf("%s %.200s is answered\n%.300s\nand with a letter escaped\n%.300s", d.Name, plain, got.text, want.text)
				}
			}
		}
		for _, text := range []string{`{"document":"a","document":"b"}`, `{"document":"` + "\xff" + `"}`, `{"query":"a","query":""}`, `{}`} {
			if got, want := r.call(d.Name, json.RawMessage(text)), r.call(d.Name, json.RawMessage(escapedOnce(text))); got.text != want.text {
				t.Errorf("%s %q is answered\n%.300s\nand with a letter escaped\n%.300s", d.Name, text, got.text, want.text)
			}
		}
	}
	if compared < 200 {
		t.Errorf("%d calls were compared", compared)
	}
}

// escapedOnce writes the first letter of a value as its number, which means the same.
func escapedOnce(object string) string {
	before, after, ok := strings.Cut(object, `:"`)
	if !ok || after == "" || after[0] < ' ' || after[0] > '~' || after[0] == '"' || after[0] == '\\' {
		return object
	}
	return fmt.Sprintf(`%s:"\u%04x%s`, before, after[0], after[1:])
}
