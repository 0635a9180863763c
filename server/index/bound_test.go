package index

import (
	"testing"

	store "codabridge/server/store/index"
)

// TestHeadsPromiseNoLessThanPlaces: what a sieve takes a place for by the head of a
// posting and the step of its length is no less than what the place itself promises.
func TestHeadsPromiseNoLessThanPlaces(t *testing.T) {
	t.Parallel()
	for _, loose := range []bool{false, true} {
		b := &bound{clauses: []boundClause{{idf: 3, loose: loose}}, all: 3}
		c := &b.clauses[0]
		w := b.weights(&store.Spot{Kind: store.Rows}, []bool{false})
		for step, length := range store.Steps {
			for head := range 256 {
				title, text, _ := store.HeadOf(byte(head))
				c.title, c.text = float64(title), float64(text)
				place, _ := b.weigh(spot{kind: store.Rows, length: length}, 0, 1)
				if most := (w.Base + float64(w.Of[0][step<<8|head])) * w.Factor; most < place {
					t.Errorf("loose %v, %d words, head %d: %v, but the place promises %v", loose, length, head, most, place)
				}
			}
		}
	}
}
