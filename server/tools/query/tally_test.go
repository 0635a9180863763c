//go:build !race

package query

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestSumsAreExact: of short numbers and long ones, in any order.
func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var sum tally
		want := new(big.Rat)
		for range 200 {
			text := strings.TrimRight(big.NewRat(random.Int64N(1<<random.Int64N(50)), 1).FloatString(int(random.Int64N(3))), "-")
			if random.IntN(3) == 0 {
				text += "." + []string{"5", "25", "125", "000001", "0000001", "3333333333333333"}[random.IntN(6)]
				text = strings.Replace(text, ".", "#", 1)
				text = strings.Replace(strings.Replace(text, ".", "", 1), "#", ".", 1)
			}
			if random.IntN(5) == 0 {
				text = "1099511627776"
			}
			if random.IntN(4) == 0 {
				text = "-" + text
			}
			n, ok := decimal(text)
			exact, isNumber := new(big.Rat).SetString(text)
			if !ok || !isNumber || n.Cmp(exact) != 0 {
				t.Fatalf("%s is read as %v", text, n)
			}
			sum.add(&value{text: text, number: n})
			want.Add(want, exact)
		}
		if got := sum.rat(); got.Cmp(want) != 0 {
			t.Fatalf("the sum is %s, not %s", got.FloatString(20), want.FloatString(20))
		}
	}
	for _, text := range []string{"", "-", ".", ".5", "1.2.3", "+1", "1e3", " 1", "1,5", "٣"} {
		if _, _, ok := decimals(text); ok {
			t.Errorf("%q is taken for decimals", text)
		}
	}
}
