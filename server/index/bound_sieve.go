package index

import (
	"math"
	"slices"

	store "codabridge/server/store/index"
)

// sieve holds places of segments back that promise less than least, by what
// their clauses weigh at most. There is none where places are known already, or
// nothing is known of a clause.
func (b *bound) sieve(seen bool) *store.Sieve {
	if seen || b.all == 0 || slices.ContainsFunc(b.clauses, func(c boundClause) bool { return c.unknown }) {
		return nil
	}
	around := make([]bool, len(b.clauses))
	return &store.Sieve{Weights: func(at *store.Spot) *store.Weights {
		for i := range b.clauses {
			c := &b.clauses[i]
			around[i] = c.absent || c.around.around(spot{at.ID, at.Table, at.Kind, 1})
		}
		return b.weights(at.Kind, around)
	}}
}

// weights follows weigh, with what heads leave open at its most.
func (b *bound) weights(kind int, around []bool) *store.Weights {
	w := &store.Weights{Named: 1.8}
	met := 0.0
	for i := range b.clauses {
		c := &b.clauses[i]
		if c.absent {
			w.Base += c.idf * holderWeight / (holderWeight + 1.5)
			met += 0.7 * c.idf
			continue
		}
		w.Of = append(w.Of, c.headWeights(around[i]))
		met += c.idf
	}
	met /= b.all
	w.Factor = met * met / b.all * kindFactor[kind] * (1 + 1e-5)
	if len(b.clauses) > 1 {
		w.Factor *= 1.5
	}
	return w
}

// headWeights are what the clause weighs by heads, with a name around that
// holds it or without.
func (c *boundClause) headWeights(around bool) *store.HeadWeights {
	which, extra := 0, 0.0
	if around {
		which, extra = 1, holderWeight
	}
	if c.heads[which] != nil {
		return c.heads[which]
	}
	var out store.HeadWeights
	for step, length := range store.Steps {
		size := math.Sqrt(1 + float64(length)/150)
		for head := range 256 {
			title, text, many := store.HeadOf(byte(head))
			tf := titleWeight*min(float64(title), 2) + textWeight*float64(text)/size + extra
			out[step<<8|head] = float32(c.idf * tf / (tf + 1.5))
			if many || step == len(store.Steps)-1 {
				out[step<<8|head] = float32(c.idf)
			}
		}
	}
	c.heads[which] = &out
	return &out
}
