package words

import (
	"strconv"
	"strings"
	"unicode"

	"codabridge/server/fault"
)

// What a tool says instead of a result.
const (
	// CodeRefused: a call is refused before anything is sent, or cannot go on;
	// the sentence tells the model what to change.
	CodeRefused fault.Code = "call_refused"
	// CodeNoSuch: nothing has the id, name or link that was given.
	CodeNoSuch fault.Code = "call_no_such"
)

// Say makes an error whose sentence was written for the model.
func Say(format string, args ...any) error { return fault.New(CodeRefused, format, args...) }

// NoSuch is Say for a sentence about what does not exist.
func NoSuch(format string, args ...any) error { return fault.New(CodeNoSuch, format, args...) }

// MostName is how many bytes an id, a name or a link may have.
const MostName = 1000

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
		return Say("The argument %q has control characters in it, which no id, name or link has. Give it without them, unlike %s.", argument,
			strconv.QuoteToASCII(Clip(ref, 60)))
	}
	if len(ref) > MostName {
		return Say("The argument %q is longer than any id, name or link. Give an id.", argument)
	}
	return nil
}
