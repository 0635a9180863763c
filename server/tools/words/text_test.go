package words

import (
	"strings"
	"testing"
)

func TestInvisibleCharactersAreStripped(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ in, want string }{
		"a direction override hides an instruction": {"a\u202eb\u2066c", "abc"},
		"tag characters spell hidden words":         {"a\U000E0041\U000E0042b", "ab"},
		"zero-width spaces":                         {"a\u200bb\ufeffc\u2060d", "abcd"},
		"control characters":                        {"a\u0007b\u001b[0m\u0085c\x7f", "ab[0mc"},
		"a run of joiners carries bits":             {"a\u200d\u200c\u200db", "ab"},
		"blank letters":                             {"a\u3164\u115fb", "ab"},
		"an emoji family stays":                     {"👩\u200d👩\u200d👧 ok", "👩\u200d👩\u200d👧 ok"},
		"a heart keeps its colour":                  {"❤\ufe0f", "❤\ufe0f"},
		"selectors alone carry bits":                {"a\ufe0f\ufe0e\ufe01\U000E0101", "a\ufe0f"},
		"Persian keeps its joiner":                  {"می\u200cخواهم", "می\u200cخواهم"},
		"lines and tabs stay":                       {"a\n\tb", "a\n\tb"},
		"accents stay, composed or not":             {"é e\u0301", "é e\u0301"},
		"a soft hyphen goes":                        {"co\u00adop", "coop"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("%s: text %+q, want %+q", what, got, c.want)
		}
		got, err := Encode(map[string]string{"k": c.in})
		if want := mustEncode(c.want); err != nil || got != want {
			t.Errorf("%s: JSON %s, want %s (%v)", what, got, want, err)
		}
	}
	got, err := Encode([]string{`back\slash \u202e written out`, "<b>&"})
	if want := `["back\\slash \\u202e written out","<b>&"]`; err != nil || got != want {
		t.Errorf("what is written out must stay: %s", got)
	}
}

func mustEncode(s string) string {
	return `{"k":"` + strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(s) + `"}`
}

func TestPartsJoinToTheWhole(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"one line without an end":   strings.Repeat("é\"", 5000),
		"many short lines":          strings.Repeat("line\n", 3000),
		"less than a part":          "short",
		"nothing":                   "",
		"just as long as a part is": strings.Repeat("x", 1000),
	} {
		var whole strings.Builder
		at := 0
		for range 1000 {
			piece, next := Part(text, at, 1000)
			if n := JSONSize(piece); n > 1000 {
				t.Errorf("%s: a part of %d characters", what, n)
			}
			whole.WriteString(piece)
			at = next
			if next == 0 {
				break
			}
		}
		if whole.String() != text {
			t.Errorf("%s: the parts do not join to the whole", what)
		}
	}
}
