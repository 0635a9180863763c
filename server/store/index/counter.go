package index

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// cell is how often a clause is met in the parts of a place, in twentieths.
type cell struct {
	title, head, text uint16
	first             uint8
}

func often20(n uint16) float64 {
	if n == math.MaxUint16 {
		return math.Inf(1)
	}
	return float64(n) / fully
}

// code is a head by which the cell counts no less than it does.
func (c cell) code() byte {
	up := func(n uint16) int { return (int(n) + fully - 1) / fully }
	return posting{c.first, up(c.title), up(c.head), up(c.text)}.code()
}

// counter adds up how often a clause is met by several lists.
type counter struct {
	places        uint32
	cells         []cell
	touched       bitset
	titles, heads bool
}

// begin makes it ready for a segment of so many places; all is zero then.
func (k *counter) begin(places uint32, m Match) {
	if len(k.cells) < int(places) {
		k.cells = make([]cell, places)
	}
	k.places, k.touched, k.titles, k.heads = places, newBits(places), m.Titles, m.Heads
}

// add adds a list.
func (k *counter) add(p *postings, twentieths int, own bool) error {
	t := p.teller(nil)
	for p.next() {
		head := p.heads[p.at]
		if !mayBeIn(head, k.titles, k.heads) {
			continue
		}
		one := posting{head >> 6, int(head >> 4 & mostTitle), 0, int(head & mostText)}
		if one.title == mostTitle || one.text == mostText {
			t.to(p.at)
			one = t.posting
		}
		if !own {
			one.first = 0
		}
		k.put(p.place, one, twentieths)
	}
	return t.fault()
}

// mayBeIn tells whether the word of a head may be in the part that is looked at.
func mayBeIn(head byte, titles, heads bool) bool {
	switch {
	case titles:
		return head>>4&mostTitle != 0
	case heads:
		return head&mostText == mostText
	}
	return true
}

// put adds a posting, as far as it is in a part that is looked at.
func (k *counter) put(place uint32, one posting, twentieths int) {
	switch {
	case k.titles:
		one.head, one.text = 0, 0
	case k.heads:
		one.title, one.text = 0, 0
	}
	if one.count() == 0 {
		return
	}
	c := &k.cells[place]
	c.title = more20(c.title, one.title*twentieths)
	c.head = more20(c.head, one.head*twentieths)
	c.text = more20(c.text, one.text*twentieths)
	c.first = max(c.first, one.first)
	k.touched.put(place)
}

func more20(n uint16, more int) uint16 { return uint16(min(int(n)+more, math.MaxUint16)) }

// take gives what was added, in the places of another source where one is given,
// and leaves the counter empty.
func (k *counter) take(only *source) *source {
	all := k.touched.postings()
	s := &source{postings: postings{at: -1, word: -1}, cells: []cell{}}
	if only == nil {
		s.places, s.heads, s.cells = make([]uint32, 0, all.n), make([]byte, 0, all.n), make([]cell, 0, all.n)
	}
	for all.next() {
		c := k.cells[all.place]
		k.cells[all.place] = cell{}
		if only != nil {
			only.seek(all.place)
			if only.place != all.place {
				continue
			}
		}
		s.places, s.heads, s.cells = append(s.places, all.place), append(s.heads, c.code()), append(s.cells, c)
	}
	if only != nil {
		only.again()
	}
	s.n = len(s.places)
	return s
}

// bitset is a bit for each place.
type bitset []byte

func newBits(places uint32) bitset { return make(bitset, bitsOf(places)) }

func (b bitset) put(place uint32) { b[place/8] |= 1 << (place % 8) }

// postings gives the places.
func (b bitset) postings() postings {
	n := 0
	for i := 0; i < len(b); i += 8 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b[i:]))
	}
	return postings{n: n, bits: b, at: -1, word: -1}
}
