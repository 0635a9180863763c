package query

import "math/big"

// tally adds up exactly. Amounts with few digits, as nearly all are, are added as
// whole numbers of the smallest decimal place that came.
type tally struct {
	small  int64 // times ten to the power of -places
	places int
	large  *big.Rat // what did not fit; nil while all did

	count   int        // of the entries
	end     *value     // the least or the most, whichever is wanted
	numbers []*big.Rat // where their median is wanted
}

// mostPlaces and mostSmall keep a sum of two, and a shift by all places, in range:
// the small sum stays below mostSmall, which fits with all places.
const (
	mostPlaces = 6
	mostSmall  = 1 << 40
)

var powers = [...]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}

// add counts the number of a value, whose text may be its decimals.
func (t *tally) add(v *value) {
	n, places, ok := decimals(v.text)
	if !ok || v.number == nil {
		t.addRat(v.number)
		return
	}
	if places > t.places {
		t.small, t.places = t.small*powers[places-t.places], places
	}
	t.small += n * powers[t.places-places]
	if most := mostSmall * powers[t.places]; t.small > most || t.small < -most {
		t.addRat(big.NewRat(t.small, powers[t.places]))
		t.small = 0
	}
}

func (t *tally) addRat(n *big.Rat) {
	if n == nil {
		return
	}
	if t.large == nil {
		t.large = new(big.Rat)
	}
	t.large.Add(t.large, n)
}

// rat is the sum.
func (t *tally) rat() *big.Rat {
	sum := big.NewRat(t.small, powers[t.places])
	if t.large != nil {
		sum.Add(sum, t.large)
	}
	return sum
}

// decimals reads a number of few digits: n times ten to the power of -places.
func decimals(s string) (n int64, places int, ok bool) {
	digits, point, minus := 0, false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '-' && i == 0:
			minus = true
		case c == '.' && !point && digits > 0:
			point = true
		case c >= '0' && c <= '9':
			n = 10*n + int64(c-'0')
			digits++
			if point {
				places++
			}
			if n > mostSmall || digits > 15 || places > mostPlaces {
				return 0, 0, false
			}
		default:
			return 0, 0, false
		}
	}
	if minus {
		n = -n
	}
	return n, places, digits > 0
}
