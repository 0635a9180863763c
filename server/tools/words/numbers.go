package words

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

const (
	// mostDigits is how long a number may be written. Coda keeps 15 digits;
	// what checks and compares numbers does so exactly, at a cost that grows
	// with the square of their length.
	mostDigits = 40
	// mostExponent is beyond what a float64 holds: 1e999999999 is short, and
	// written out it would fill the memory.
	mostExponent = 999
)

// BoundNumbers refuses a JSON text with a number that is longer or larger than
// anybody means. It looks at each byte once, and at no grammar.
func BoundNumbers(raw []byte) error {
	if n, odd := oddNumber(raw, mostExponent); odd {
		return Say("A number in the arguments is %d characters long, or has too large an exponent: at most %d characters are taken. Shorten it; an id or code of digits goes as text.", n, mostDigits)
	}
	return nil
}

// FloatsHold tells that a JSON text has only numbers that BoundNumbers takes
// and a float64 can hold.
func FloatsHold(raw []byte) bool {
	_, odd := oddNumber(raw, mostExponent/4)
	return !odd
}

// oddNumber finds the first number that is too long, or whose exponent is too
// large, and says how long it is.
func oddNumber(raw []byte, exponent int) (length int, odd bool) {
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
			if !bearable(string(raw[i:min(end, i+mostDigits+1)]), exponent) {
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

// bearable tells that the number of a text has a bearable length, and an
// exponent of at most the given one.
func bearable(s string, exponent int) bool {
	if len(s) > mostDigits {
		return false
	}
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return true
	}
	e, err := strconv.Atoi(s[at+1:])
	return err == nil && -exponent <= e && e <= exponent
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// Number gives a number for one that was written as text, and a whole one for
// 20.0 and 2e1, digit by digit: through a float64 9007199254740993.0 would lose
// its last. All else stays as it is.
func Number(v any) any {
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		if len(s) <= mostDigits && number.MatchString(s) {
			v = json.Number(s)
		}
	}
	n, ok := v.(json.Number)
	if !ok || !bearable(n.String(), mostDigits) {
		return v
	}
	if _, err := n.Int64(); err == nil {
		return v
	}
	if exact, ok := new(big.Rat).SetString(n.String()); ok && exact.IsInt() {
		if whole := exact.Num().String(); len(whole) <= mostDigits {
			return json.Number(whole)
		}
	}
	return v
}
