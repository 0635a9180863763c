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

// number reads a number as people write it: 1,200.50, $1,200, 35%, USD 100.
func number(s string) (*big.Rat, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), "−", "-")
	percent := strings.HasSuffix(s, "%")
	s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", strings.TrimSpace(rest)
	}
	s = strings.TrimSpace(strings.TrimFunc(s, isCurrency))
	if len(s) > 4 && isCode(s[:3]) && s[3] == ' ' {
		s = s[4:]
	} else if n := len(s); n > 4 && isCode(s[n-3:]) && s[n-4] == ' ' {
		s = s[:n-4]
	}
	s = strings.NewReplacer(",", "", " ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(s)
	n, ok := decimal(sign + s)
	if ok && percent {
		n.Quo(n, big.NewRat(100, 1))
	}
	return n, ok
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
