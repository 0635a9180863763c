package words

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"strconv"
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

// OneForm is a JSON text with its keys in order and each number written one way,
// so that 1, 1.0 and 10e-1 are the same. What is no JSON stays as it is.
func OneForm(raw []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return raw
	}
	b, err := json.Marshal(oneForm(v))
	if err != nil {
		return raw
	}
	return b
}

func oneForm(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for name, e := range x {
			x[name] = oneForm(e)
		}
	case []any:
		for i, e := range x {
			x[i] = oneForm(e)
		}
	case json.Number:
		return oneNumber(x)
	}
	return v
}

// oneNumber writes a number as its digits, without zeros at their ends, and an
// exponent.
func oneNumber(n json.Number) json.Number {
	mantissa, power, _ := strings.Cut(strings.ToLower(n.String()), "e")
	exponent, err := strconv.Atoi(cmp.Or(power, "0"))
	if err != nil {
		return n
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	if negative {
		short = "-" + short
	}
	return json.Number(short + "e" + strconv.Itoa(exponent-len(fraction)+len(digits)-len(strings.TrimLeft(short, "-"))))
}

var number = Pattern(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// Number gives a number for one that was written as text, and a whole one for
// 20.0 and 2e1, digit by digit: through a float64 9007199254740993.0 would lose
// its last. All else stays as it is.
func Number(v any) any {
	if s, ok := v.(string); ok {
		s = strings.TrimSpace(s)
		if len(s) <= jsonrpc.MostDigits && number().MatchString(s) {
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
