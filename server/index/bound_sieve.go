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
	if seen || b.all == 0 || len(b.clauses) > 64 ||
		slices.ContainsFunc(b.clauses, func(c boundClause) bool { return c.unknown || c.open }) {
		return nil
	}
	around, known := make([]bool, len(b.clauses)), map[surroundings]*store.Weights{}
	return &store.Sieve{Weights: func(at *store.Spot) *store.Weights {
		key := surroundings{kind: at.Kind}
		for i := range b.clauses {
			c := &b.clauses[i]
			around[i] = c.absent || c.around.around(spot{at.ID, at.Table, at.Kind, 1})
			if around[i] {
				key.around |= 1 << i
			}
			if at.Kind == store.Rows && c.labels(at.Table) {
				key.labels |= 1 << i
			}
		}
		w := known[key]
		if w == nil {
			w = b.weights(at, around)
			known[key] = w
		}
		return w
	}}
}

// surroundings are those of a place: which clauses a name around it may hold, and
// which the label of a column.
type surroundings struct {
	kind           int
	around, labels uint64
}

// weights follows weigh, with what heads leave open at its most.
func (b *bound) weights(at *store.Spot, around []bool) *store.Weights {
	w := &store.Weights{Near: b.nearness(at)}
	for title := range w.Named {
		w.Named[title] = b.namedBonus(title, at.Kind)
	}
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
	w.Factor = met * met / b.all * kindFactor[at.Kind] * (1 + 1e-5)
	if len(b.clauses) > 1 {
		w.Pair = 0.5 / float64(len(b.clauses)-1)
	}
	return w
}

// nearness follows sealedCloseness.
func (b *bound) nearness(at *store.Spot) []store.Nearness {
	var out, beside []store.Nearness // beside are those of clauses that are absent
	for i := range len(b.clauses) - 1 {
		near, one, two := store.NeverNear, &b.clauses[i], &b.clauses[i+1]
		switch {
		case at.Kind == store.Rows && (one.labels(at.Table) || two.labels(at.Table)):
			near = store.AlwaysNear
		case !one.absent && !two.absent:
			near = store.MayBeNear
		}
		if one.absent {
			beside = append(beside, near)
		} else {
			out = append(out, near)
		}
	}
	return append(out, beside...)
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
			out[step<<8|head] = float32(c.idf * saturated(c.own(float64(title), 0, float64(text), size)+extra))
			if many || step == len(store.Steps)-1 {
				out[step<<8|head] = float32(c.idf)
			}
		}
	}
	c.heads[which] = &out
	return &out
}
