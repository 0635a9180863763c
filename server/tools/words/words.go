package words

import (
	"fmt"
	"slices"
	"strings"
)

// Reference names another thing by id, and by name where that is known
// without asking.
type Reference struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Day cuts a time down to the minute: 2026-11-20T15:04Z.
func Day(s string) string {
	if len(s) >= 16 && s[10] == 'T' && strings.HasSuffix(s, "Z") {
		return s[:16] + "Z"
	}
	return s
}

// Count words a number of things: "1 page", "3 pages".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// List joins some of all names: "a, b, and 3 more".
func List(some []string, all int) string {
	text := strings.Join(some, ", ")
	if more := all - len(some); more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// Sentences puts one behind the other those that are there.
func Sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// Lines cuts a text wherever a reader may see a new line begin.
func Lines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Split(strings.TrimRight(s, "\n"), "\n")
}

// OneLine makes one short line of a text.
func OneLine(s string) string { return Clip(strings.Join(strings.Fields(s), " "), 120) }

// CountAre words a number of things with its verb: "1 page is", "3 pages are".
func CountAre(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return Count(n, what) + " are"
}
