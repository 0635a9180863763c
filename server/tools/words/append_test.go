package words

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestValuesAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		nil, true, false, "", "plain", "Zoë 🌍", "a \"b\" \\ \t\n\x01", "<b> & 'c'", "\u2028\u2029", "\xff", "\x7f", "\ufffd", json.Number("1.50"), json.Number("-0e+7"), json.Number("0"),
		[]any{}, []any(nil), []any{"a", json.Number("2"), []any{nil, "x\"y"}, true}, map[string]any{"a": "<", "b": []any{"c"}}, 1.5, 7,
	} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if got, want := string(AppendJSON([]byte("x"), v)), "x"+strings.TrimSuffix(b.String(), "\n"); got != want {
			t.Errorf("%#v is written as %s, not %s", v, got, want)
		}
	}
}
