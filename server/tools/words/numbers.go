package words

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"

	"codabridge/server/jsonrpc"
)

// BoundNumbers refuses a JSON text with a number that is longer or larger than
// anybody means. It looks at each byte once, and at no grammar.
func BoundNumbers(raw []byte) error {
	if n, odd := jsonrpc.OddNumber(raw, jsonrpc.MostExponent); odd {
		return Say("A number in the arguments is %d characters long, or has too large an exponent: at most %d characters are taken. Shorten it; an id or code of digits goes as text.", n, jsonrpc.MostDigits)
	}
	return nil
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// Number gives a number for one that was written as text, and a whole one for
// 20.0 and 2e1, digit by digit: through a float64 9007199254740993.0 would lose
// its last. All else stays as it is.
func Number(v any) any {
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		if len(s) <= jsonrpc.MostDigits && number.MatchString(s) {
			v = json.Number(s)
		}
	}
	n, ok := v.(json.Number)
	if !ok || !jsonrpc.Bearable(n.String(), jsonrpc.MostDigits) {
		return v
	}
	if _, err := n.Int64(); err == nil {
		return v
	}
	if exact, ok := new(big.Rat).SetString(n.String()); ok && exact.IsInt() {
		if whole := exact.Num().String(); len(whole) <= jsonrpc.MostDigits {
			return json.Number(whole)
		}
	}
	return v
}
