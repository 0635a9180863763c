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
	// clause, by what the title is that begins with the first one, and 1 and Pair
	// once more for each pair of neighbours that are near.
	Factor, Pair float64
	Named        [4]float64
	// Near tells of each clause and the next whether they are near.
	Near []Nearness
	near int // how many certainly are
	may  int // and how many may be
}

// Nearness is what is known of two neighbours before their positions are read.
type Nearness uint8

// That they are not taken for neighbours, that their positions tell, and that
// they are near wherever they stand.
const (
	NeverNear Nearness = iota
	MayBeNear
	AlwaysNear
)

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
	w := s.Weights(at)
	w.near, w.may = 0, 0
	for _, n := range w.Near {
		switch n {
		case AlwaysNear:
			w.near++
		case MayBeNear:
			w.may++
		}
	}
	return w
}

// nearest is the factor of a place in which all are near that may be.
func (w *Weights) nearest() float64 { return 1 + w.Pair*float64(w.near+w.may) }

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
		sum *= w.Named[e.sources[0].heads[e.sources[0].at]>>6]
	}
	if sum*w.nearest() >= e.sieve.Least && (w.may == 0 || e.isNearEnough(w, place, sum)) {
		return false
	}
	e.sieve.HeldBack[e.at.Kind]++
	return true
}

// isNearEnough tells whether so many neighbours are near at a place that it may
// weigh enough.
func (e *evaluation) isNearEnough(w *Weights, place uint32, sum float64) bool {
	if e.g.lengths[place] == longText {
		return true
	}
	near, may := w.near, w.may
	for i, n := range w.Near {
		if sum*(1+w.Pair*float64(near)) >= e.sieve.Least {
			return true
		}
		if n != MayBeNear {
			continue
		}
		may--
		if e.near(i, place) {
			near++
		} else if sum*(1+w.Pair*float64(near+may)) < e.sieve.Least {
			return false
		}
	}
	return sum*(1+w.Pair*float64(near)) >= e.sieve.Least
}

// passing tells which heads of a single list may weigh enough in texts that are
// no shorter than a step.
type passing struct {
	passed
	heads [256]bool
}

// passed is what decides on them.
type passed struct {
	of                  *HeadWeights
	factor, base, least float64
	named               [4]float64
	step                uint8
}

// passes gives those heads in a run, nothing where that is not known: of several
// lists, and where a text is too long for its words to be counted.
func (e *evaluation) passes(w *Weights, run int) *[256]bool {
	if w == nil || len(e.sources) > 1 || e.g.shortest[run] == noStep {
		return nil
	}
	want := passing{passed{w.Of[0], w.Factor * w.nearest(), w.Base, e.sieve.Least, w.Named, e.g.shortest[run]}, [256]bool{}}
	for i := range e.passing {
		if e.passing[i].passed == want.passed {
			return &e.passing[i].heads
		}
	}
	for head := range 256 {
		sum := (w.Base + float64(w.Of[0][int(want.step)<<8|head])) * want.factor
		if head>>4&mostTitle != 0 {
			sum *= w.Named[head>>6]
		}
		want.heads[head] = sum >= e.sieve.Least
	}
	e.passing[1] = e.passing[0]
	e.passing[0] = want
	return &e.passing[0].heads
}
