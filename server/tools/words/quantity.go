package words

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Quantity is a number with what stands beside it: a currency, a percent sign.
type Quantity struct {
	N     json.Number
	Units []string // before it and behind it
}

// mostQuantity is the longest text that is read as one, in bytes.
const mostQuantity = 60

// Pattern is an expression that is compiled at its first use.
func Pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

var (
	quantity = Pattern(`^([^\d\s.,'+−-]{0,5}?)\s?([+−-]?)\s?([^\d\s.,'+−-]{0,5}?)\s?(\d[\d.,' \x{a0}\x{202f}]*|\.\d+)\s?([^\d\s.,'+−-]{0,5})$`)
	digits   = Pattern(`^(\d+|\d{1,3}(,\d{2,3})*,\d{3}|\d{1,3}('\d{3})+|\d{1,3}([ \x{a0}\x{202f}]\d{3})+)?(\.\d+)?$`)
	grouping = strings.NewReplacer(",", "", "'", "", " ", "", "\u00a0", "", "\u202f", "")
)

// ParseQuantity reads a number as people write one in English, with groups of
// digits or without, and with a unit on either side. What could be read in two
// ways, such as 1,5 or 1.200,50, is none.
func ParseQuantity(text string) (Quantity, bool) {
	text = strings.TrimSpace(text)
	if len(text) > mostQuantity {
		return Quantity{}, false
	}
	if n, ok := Number(text).(json.Number); ok {
		return Quantity{N: n}, true
	}
	m := quantity().FindStringSubmatch(text)
	if m == nil {
		return Quantity{}, false
	}
	number := strings.TrimRight(m[4], " \u00a0\u202f")
	if !digits().MatchString(number) {
		return Quantity{}, false
	}
	whole, fraction, _ := strings.Cut(grouping.Replace(number), ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	q := Quantity{N: json.Number(whole)}
	if fraction != "" {
		q.N += json.Number("." + fraction)
	}
	if m[2] == "-" || m[2] == "−" {
		q.N = "-" + q.N
	}
	for _, unit := range []string{m[1], m[3], m[5]} {
		if unit != "" {
			q.Units = append(q.Units, unit)
		}
	}
	return q, true
}

// BareNumber reads a text that is a number and nothing else.
func BareNumber(text string) (json.Number, bool) {
	q, ok := ParseQuantity(text)
	return q.N, ok && len(q.Units) == 0
}

// Amount is the number of a text whatever stands beside it, in one form, so
// that two can be compared: that of "$1,200.50" and "1200.5 USD" is the same.
func Amount(text string) (string, bool) {
	q, ok := ParseQuantity(text)
	n := q.N.String()
	if !ok || strings.ContainsAny(n, "eE") {
		return "", false
	}
	if len(q.Units) == 1 && q.Units[0] == "%" {
		n = Hundredth(q.N).String()
	}
	if strings.Contains(n, ".") {
		n = strings.TrimSuffix(strings.TrimRight(n, "0"), ".")
	}
	if n == "-0" {
		n = "0"
	}
	return n, true
}

// Hundredth moves the point of a number by two places, without rounding.
func Hundredth(n json.Number) json.Number {
	text, sign := n.String(), ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		text, sign = rest, "-"
	}
	if strings.ContainsAny(text, "eE") {
		f, _ := n.Float64()
		return json.Number(strconv.FormatFloat(f/100, 'g', -1, 64))
	}
	whole, fraction, _ := strings.Cut(text, ".")
	whole = strings.Repeat("0", max(3-len(whole), 0)) + whole
	at := len(whole) - 2
	moved := strings.TrimRight(whole[at:]+fraction, "0")
	if moved == "" {
		return json.Number(sign + whole[:at])
	}
	return json.Number(sign + whole[:at] + "." + moved)
}
