package words

import (
	"fmt"
	"strings"
	"unicode"
)

// Sentence is an error whose text was written for the model.
type Sentence struct{ Text string }

// Error is the text.
func (s *Sentence) Error() string { return s.Text }

// Say makes such an error.
func Say(format string, args ...any) error {
	return &Sentence{fmt.Sprintf(format, args...)}
}

// RefuseOdd stops what could never be a name or id, before any request.
func RefuseOdd(argument, ref string) error {
	if strings.TrimSpace(ref) == "" {
		return Say("The argument %q is empty. Give an id, a name or a browser link.", argument)
	}
	for _, part := range strings.FieldsFunc(ref, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			return Say("The argument %q cannot be %s: give an id, a name or a browser link, not a path.", argument, Quote(ref))
		}
	}
	if strings.ContainsFunc(ref, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		return Say("The argument %q has control characters in it, which no id, name or link has. Give %s without them.", argument, Quote(ref))
	}
	if len(ref) > 1000 {
		return Say("The argument %q is longer than any id, name or link. Give an id.", argument)
	}
	return nil
}
