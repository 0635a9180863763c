package words_test

import (
	"testing"

	"codabridge/server/tools/words"
)

func TestPlainTextsAreTextsAlone(t *testing.T) {
	t.Parallel()
	read := func(object string) (out string, plain bool) {
		plain = words.PlainTexts([]byte(object), func(name, text []byte) bool {
			out += string(name) + "=" + string(text) + ";"
			return string(name) != "no"
		})
		return out, plain
	}
	if out, plain := read(" {\"a\" : \"b é\" ,\n\"c\":\"\"} "); !plain || out != "a=b é;c=;" {
		t.Errorf("texts are read as %q, %v", out, plain)
	}
	for _, other := range []string{``, `{}`, `[]`, `"a"`, `null`, `{"a":1}`, `{"a":null}`, `{"a":["b"]}`, `{"a":{"b":"c"}}`, `{"a":"\u0062"}`, `{"\u0061":"b"}`,
		`{"a":"b"`, `{"a":"b"}}`, `{"a":"b",}`, "{\"a\":\"\xff\"}", "{\"a\":\"b\nc\"}", `{"no":"x"}`} {
		if out, plain := read(other); plain {
			t.Errorf("%q is taken for texts alone: %q", other, out)
		}
	}
}
