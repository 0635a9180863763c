//go:build !race

package oauth

import (
	"strings"
	"testing"
)

func TestCodesDoNotRepeatAndAreEasyToRead(t *testing.T) {
	t.Parallel()
	key := random(32)
	seen := map[string]bool{}
	for n := range uint32(20_000) {
		code := codeOf(key, n+codeCount-10_000)
		if seen[code] || len(code) != codeLength || strings.Trim(code, alphabet) != "" {
			t.Fatalf("number %d gives %q", n, code)
		}
		seen[code] = true
	}
}
