package query

import (
	"encoding/json"
	"math/big"
	"strings"
)

// maxDigits is the longest number that is read; nobody counts in longer ones,
// and the work of a conversion grows faster than the text.
const maxDigits = 60

// decimal reads a plain number, as JSON writes it.
func decimal(s string) (*big.Rat, bool) {
	if n, places, ok := decimals(s); ok {
		return big.NewRat(n, powers[places]), true
	}
	if s == "" || len(s) > maxDigits || strings.ContainsAny(s, "/xXpP_bBoOiInN") {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 && len(strings.TrimLeft(s[i+1:], "+-0")) > 3 {
		return nil, false // an exponent beyond 999
	}
	return new(big.Rat).SetString(s)
}

// grouped is a number with groups of digits, as English writes one. What could
// be read in two ways, such as 1,5 or 1.200,50, is none.
var grouped = pattern(`^[+-]?(\d{1,3}(,\d{2,3})*,\d{3}|\d{1,3}('\d{3})+|\d{1,3}([ \x{a0}\x{202f}]\d{3})+)(\.\d+)?$`)

var groups = strings.NewReplacer(",", "", " ", "", "\u00a0", "", "\u202f", "", "'", "")

// number reads a number as people write it: 1,200.50, $1,200, 35%, USD 100.
func number(s string) (*big.Rat, bool) {
	n, _, ok := amount(s)
	return n, ok
}

// amount is a number and the currency beside it, its sign or its code.
func amount(s string) (n *big.Rat, unit string, ok bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), "−", "-")
	s, percent := strings.CutSuffix(s, "%")
	s, minus := strings.CutPrefix(strings.TrimSpace(s), "-")
	s = strings.TrimSpace(s)
	bare := strings.TrimFunc(s, isCurrency)
	unit = strings.TrimSpace(strings.Replace(s, bare, "", 1))
	s = bare
	if len(s) > 4 && isCode(s[:3]) && s[3] == ' ' {
		s, unit = s[4:], s[:3]
	} else if n := len(s); n > 4 && isCode(s[n-3:]) && s[n-4] == ' ' {
		s, unit = s[:n-4], s[n-3:]
	}
	if len(s) <= maxDigits && grouped().MatchString(s) {
		s = groups.Replace(s)
	}
	if minus {
		s = "-" + s
	}
	n, ok = decimal(s)
	if ok && percent {
		n.Quo(n, big.NewRat(100, 1))
	}
	return n, unit, ok
}

func isCurrency(r rune) bool { return strings.ContainsRune("$€£¥₹₩₽₺₴₪₫฿¢ ", r) }

func isCode(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// plain writes a number: exactly where that takes at most twelve decimals,
// else rounded to six.
func plain(n *big.Rat) json.Number {
	places, exact := n.FloatPrec()
	if !exact || places > 12 {
		places = 6
	}
	s := n.FloatString(places)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return json.Number(s)
}
