package tools

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// number checks a value of a column of numbers. It goes to Coda as a number,
// whatever way it was written: text would be read in the way of the document's
// country, or stay text without an error.
func number(c coda.Column, v any) (any, error) {
	q, ok := quantity(v)
	_, err := q.N.Float64() // Coda keeps no number that is larger
	ok = ok && err == nil && fitsUnits(c, q.Units)
	switch c.Format.Type {
	case "percent":
		if ok {
			return percent(c, q, v)
		}
		return nil, misfit(c, `a fraction or text with the sign, such as 0.35 or "35%"`, v)
	case "currency":
		if !ok {
			return nil, misfit(c, "an amount such as 1200.5"+inCurrency(c), v)
		}
	case "scale", "slider":
		if want, fits := bounds(c, q.N); !ok || !fits {
			return nil, misfit(c, want, v)
		}
	default:
		if !ok {
			return nil, misfit(c, "a number such as 12 or 1200.5", v)
		}
	}
	return q.N, nil
}

func quantity(v any) (words.Quantity, bool) {
	switch x := v.(type) {
	case json.Number:
		return words.Quantity{N: x}, true
	case string:
		return words.ParseQuantity(x)
	}
	return words.Quantity{}, false
}

// fitsUnits says whether what stands beside a number is meant in a column.
func fitsUnits(c coda.Column, units []string) bool {
	switch c.Format.Type {
	case "percent":
		return len(units) == 0 || len(units) == 1 && units[0] == "%"
	case "currency":
		return !slices.ContainsFunc(units, func(unit string) bool { return !isCurrency(unit, c.Format.CurrencyCode) })
	}
	return len(units) == 0
}

// signs are currencies by the sign that stands for them alone; "$" stands for
// all others that are dollars or pesos.
var signs = map[string]string{"€": "EUR", "£": "GBP", "¥": "JPY CNY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "฿": "THB", "₫": "VND",
	"₴": "UAH", "zł": "PLN", "Kč": "CZK", "kr": "SEK NOK DKK ISK", "Fr": "CHF", "Fr.": "CHF", "R": "ZAR", "R$": "BRL", "Ft": "HUF", "US$": "USD", "元": "CNY", "円": "JPY"}

var currencyCode = words.Pattern(`^[A-Za-z]{3}$`)

// isCurrency says whether a sign or code is that of a column; of a column whose
// currency is not known, any is.
func isCurrency(unit, code string) bool {
	if strings.EqualFold(unit, code) {
		return true
	}
	if unit == "$" {
		return !slices.ContainsFunc([]string{"EUR", "GBP", "JPY", "CNY", "INR", "KRW", "RUB", "TRY", "ILS", "THB", "VND", "UAH", "PLN", "CZK", "SEK", "NOK", "DKK", "CHF", "ZAR", "HUF"},
			func(other string) bool { return strings.EqualFold(other, code) })
	}
	known, ok := signs[unit]
	if code == "" {
		return ok || currencyCode().MatchString(unit)
	}
	return ok && slices.Contains(strings.Fields(known), strings.ToUpper(code))
}

func inCurrency(c coda.Column) string {
	if c.Format.CurrencyCode == "" {
		return ""
	}
	return " in " + c.Format.CurrencyCode
}

// percent takes fractions, as Coda stores them, and text with the sign. 50
// would be stored as 5000%, which hardly anybody means.
func percent(c coda.Column, q words.Quantity, v any) (any, error) {
	if len(q.Units) > 0 {
		return words.Hundredth(q.N), nil
	}
	if f, _ := q.N.Float64(); f > 1 || f < -1 {
		return nil, misfit(c, fmt.Sprintf(`a fraction or text with the sign: %s or "%s%%" for %s percent, "%s%%" if %s as a fraction is meant`,
			shortNumber(f/100), q.N, q.N, shortNumber(f*100), q.N), v)
	}
	return q.N, nil
}

func shortNumber(f float64) string { return strconv.FormatFloat(f, 'g', 12, 64) }

// bounds says what a slider or scale can show, and whether a number fits. A
// bound that a formula gives is not known here.
func bounds(c coda.Column, n json.Number) (want string, fits bool) {
	f, err := n.Float64()
	least, hasLeast := bound(c.Format.Minimum)
	most, hasMost := bound(c.Format.Maximum)
	want, fits = "a number", err == nil
	if c.Format.Type == "scale" {
		want, least, hasLeast = "a whole number", 0, true
		fits = fits && f == math.Trunc(f)
	}
	hasMost = hasMost && most > least
	switch {
	case hasLeast && hasMost:
		want += fmt.Sprintf(" from %s to %s", shortNumber(least), shortNumber(most))
	case hasMost:
		want += " up to " + shortNumber(most)
	case hasLeast:
		want += " from " + shortNumber(least) + " on"
	}
	return want, fits && (!hasLeast || f >= least) && (!hasMost || f <= most)
}

func bound(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		s, _ := v.(string)
		n, ok = words.BareNumber(s)
		if !ok {
			return 0, false
		}
	}
	f, err := n.Float64()
	return f, err == nil
}

var (
	durationPart = `\d+(\.\d+)?\s?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)`
	durationText = words.Pattern(`(?i)^-?` + durationPart + `((,|\s|,?\sand)?\s?` + durationPart + `)*$`)
)

// duration takes lengths of time that name their unit: Coda would take a bare
// number for days, and keep anything else as text.
func duration(c coda.Column, v any) (any, error) {
	s, _ := v.(string)
	s = strings.TrimSpace(s)
	if len(s) < 100 && durationText().MatchString(s) {
		return s, nil
	}
	return nil, misfit(c, `a length of time with its unit, such as "90 mins" or "1 hr 30 mins"`, v)
}
