package words

import (
	"strings"
	"testing"
)

// TestPartsMakeUpTheWhole: one after the other they are the text, and none is
// longer than was asked, but for a single character that is.
func TestPartsMakeUpTheWhole(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "née\nfjörd\n🚀🚀🚀", strings.Repeat("a line of some length\n", 300), strings.Repeat("é", 5000), "broken \xff\xfe bytes"} {
		for _, size := range []int{1, 7, 100, 4000} {
			var b strings.Builder
			for from := 0; ; {
				piece, next := Part(text, from, max(size, 2))
				if n := JSONSize(piece); n > max(size, 2) {
					t.Fatalf("%d characters, %d were asked for", n, size)
				}
				b.WriteString(piece)
				if next == 0 {
					break
				}
				if next <= from {
					t.Fatalf("it goes from %d to %d", from, next)
				}
				from = next
			}
			if b.String() != text {
				t.Errorf("size %d: %.40q became %.40q", size, text, b.String())
			}
		}
	}
	if piece, next := Part("abc", 99, 10); piece != "" || next != 0 {
		t.Errorf("past the end: %q, %d", piece, next)
	}
	if piece, next := Part("abc", -5, 10); piece != "abc" || next != 0 {
		t.Errorf("before the beginning: %q, %d", piece, next)
	}
}
