package logs

import "strings"

// Plain is a text from outside as one line that a terminal only shows: nothing
// in it moves the cursor, sets a colour or a title, begins a line of its own,
// or turns the direction of writing.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029:
			return ' '
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}
