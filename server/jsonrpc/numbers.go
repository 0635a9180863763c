package jsonrpc

import (
	"strconv"
	"strings"
)

const (
	// MostDigits is how long a number may be written. Coda keeps 15 digits;
	// what checks and compares numbers does so exactly, at a cost that grows
	// with the square of their length.
	MostDigits = 40
	// MostExponent is beyond what a float64 holds: 1e999999999 is short, and
	// written out it would fill the memory.
	MostExponent = 999
)

// FloatsHold tells that a JSON text has only numbers that OddNumber takes and
// a float64 can hold.
func FloatsHold(raw []byte) bool {
	_, odd := OddNumber(raw, MostExponent/4)
	return !odd
}

// OddNumber finds the first number that is too long, or whose exponent is too
// large, and says how long it is.
func OddNumber(raw []byte, exponent int) (length int, odd bool) {
	inText := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case !inText && (c == '-' || '0' <= c && c <= '9'):
			end := i + 1
			for end < len(raw) && inNumber(raw[end]) {
				end++
			}
			if !Bearable(string(raw[i:min(end, i+MostDigits+1)]), exponent) {
				return end - i, true
			}
			i = end - 1
		}
	}
	return 0, false
}

func inNumber(c byte) bool {
	return '0' <= c && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-'
}

// Bearable tells that the number of a text has a bearable length, and an
// exponent of at most the given one.
func Bearable(s string, exponent int) bool {
	if len(s) > MostDigits {
		return false
	}
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return true
	}
	e, err := strconv.Atoi(s[at+1:])
	return err == nil && -exponent <= e && e <= exponent
}
