package index

// Sieve holds back places of segments that weigh too little for certain, before
// they are looked at: by the head of each posting and about how long a text is.
type Sieve struct {
	// Least is what a place must weigh at least.
	Least float64
	// Weights gives what heads weigh in the places around one: those of a table,
	// or those of one kind that follow it.
	Weights func(at *Spot) *Weights
	// HeldBack is how many there were of each kind.
	HeldBack [4]int
}

// Weights are what a place weighs at most.
type Weights struct {
	// Base is what every place weighs, Of what heads of each clause do.
	Base float64
	Of   []*HeadWeights
	// Factor is what the sum is times, Named once more if the title has every
	// clause.
	Factor, Named float64
}

// HeadWeights are by the head of a posting, and by the step of a length above it.
type HeadWeights [len(Steps) * 256]float32

// Steps are the lengths of texts, in words, from which on one counts as so long.
// What is in the last one is too long for its words to be counted.
var Steps = [...]int{0, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096, longText}

// stepOf is the step of a length.
func stepOf(length uint16) uint8 {
	n := len(Steps) - 1
	for int(length) < Steps[n] {
		n--
	}
	return uint8(n)
}

// HeadOf is what the head of a posting says: how often at most the word is in
// the title, up to 3 for more, and in the text; many tells that it may be there
// oftener, or in headings.
func HeadOf(head byte) (title, text int, many bool) {
	return int(head >> 4 & mostTitle), int(head & mostText), head&mostText == mostText
}

func (s *Sieve) of(at *Spot) *Weights {
	if s == nil || s.Least <= 0 {
		return nil
	}
	return s.Weights(at)
}

// holdsBack tells whether the place at hand weighs too little.
func (e *evaluation) holdsBack(w *Weights, place uint32) bool {
	if w == nil {
		return false
	}
	step := int(e.g.steps[place]) << 8
	sum, named := w.Base, true
	for i, s := range e.sources {
		head := s.heads[s.at]
		sum += float64(w.Of[i][step|int(head)])
		named = named && head>>4&mostTitle != 0
	}
	sum *= w.Factor
	if named {
		sum *= w.Named
	}
	if sum >= e.sieve.Least {
		return false
	}
	e.sieve.HeldBack[e.at.Kind]++
	return true
}
