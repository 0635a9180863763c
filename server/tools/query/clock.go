package query

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// lengthText is a duration of so many days as Coda shows it: 1 day 3 hrs.
func lengthText(n *big.Rat) string {
	seconds := new(big.Rat).Mul(new(big.Rat).Abs(n), big.NewRat(86400, 1))
	var parts []string
	for _, unit := range []struct {
		seconds    int64
		one, other string
	}{{86400, "day", "days"}, {3600, "hr", "hrs"}, {60, "min", "mins"}} {
		size := big.NewRat(unit.seconds, 1)
		of := new(big.Rat).Quo(seconds, size)
		whole := new(big.Int).Quo(of.Num(), of.Denom())
		seconds.Sub(seconds, new(big.Rat).Mul(size, new(big.Rat).SetInt(whole)))
		switch {
		case whole.Sign() == 0:
		case whole.IsInt64() && whole.Int64() == 1:
			parts = append(parts, "1 "+unit.one)
		default:
			parts = append(parts, whole.String()+" "+unit.other)
		}
	}
	if rest := plain(seconds); rest != "0" {
		parts = append(parts, string(rest)+" secs")
	}
	if len(parts) == 0 {
		return "0 mins"
	}
	if n.Sign() < 0 {
		return "-" + strings.Join(parts, " ")
	}
	return strings.Join(parts, " ")
}

var clockForm = pattern(`^(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?(?:\.\d+)?(?:\s*([ap])\.?m\.?)?(?:z|[+-]\d{2}:?\d{2})?$`)

// clock reads a time of day as minutes.
func clock(s string) (*big.Rat, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexByte(s, 't'); i == 10 {
		s = s[11:] // Coda stores a time as one of a day long ago
	}
	m := clockForm().FindStringSubmatch(s)
	if m == nil || m[2] == "" && m[4] == "" {
		return nil, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi("0" + m[2])
	second, _ := strconv.Atoi("0" + m[3])
	if m[4] != "" && hour <= 12 {
		hour %= 12
		if m[4] == "p" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return nil, false
	}
	return big.NewRat(int64(hour*3600+minute*60+second), 60), true
}

func clockText(minutes *big.Rat) string {
	seconds := new(big.Rat).Mul(minutes, big.NewRat(60, 1))
	n := new(big.Int).Quo(seconds.Num(), seconds.Denom()).Int64()
	if n%60 != 0 {
		return fmt.Sprintf("%02d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%02d:%02d", n/3600, n/60%60)
}

var lengthPart = pattern(`^(\d+(?:\.\d+)?)\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)(?:[\s,]|and\b)*`)

// length reads a duration such as "2 days 3 hrs" as days; a bare number is
// days, as in Coda.
func length(s string) (*big.Rat, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, ok := decimal(s); ok {
		return n, true
	}
	minus := strings.HasPrefix(s, "-")
	s = strings.TrimSpace(strings.TrimPrefix(s, "-"))
	total, parts := new(big.Rat), 0
	for s != "" {
		m := lengthPart().FindStringSubmatch(s)
		if m == nil || parts > 6 {
			return nil, false
		}
		n, ok := decimal(m[1])
		if !ok {
			return nil, false
		}
		perDay := map[byte]int64{'s': 86400, 'm': 1440, 'h': 24, 'd': 1}[m[2][0]]
		if m[2][0] == 'w' {
			n.Mul(n, big.NewRat(7, 1))
			perDay = 1
		}
		total.Add(total, n.Quo(n, big.NewRat(perDay, 1)))
		s, parts = s[len(m[0]):], parts+1
	}
	if minus {
		total.Neg(total)
	}
	return total, parts > 0
}
