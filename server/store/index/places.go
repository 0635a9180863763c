package index

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// noPlace is none.
const noPlace = 1<<32 - 1

// postings reads the places of a list, in their order.
type postings struct {
	n     int
	heads []byte
	rest  []byte // of the stored form: what a teller reads

	places []uint32 // all of them, or
	bits   []byte   // one for each place of the segment

	place uint32 // the one at hand
	at    int    // which it is
	word  int    // of bits
	left  uint64 // what of it is behind the place at hand
}

// openList reads the stored form of a list of n postings in a segment of so many
// places. Memory for them is appended to room.
func openList(raw []byte, n int, places uint32, room []uint32) (p postings, left []uint32, err error) {
	p = postings{n: n, at: -1, word: -1}
	if n <= 0 || n > int(places) || len(raw) < n {
		return p, room, errSegment
	}
	p.heads, raw = raw[:n], raw[n:]
	if isDense(n, places) {
		size := bitsOf(places)
		if len(raw) < size {
			return p, room, errSegment
		}
		p.bits, p.rest = raw[:size], raw[size:]
		ones := 0
		for i := 0; i < size; i += 8 {
			ones += bits.OnesCount64(binary.LittleEndian.Uint64(p.bits[i:]))
		}
		if over := places % 64; ones != n || over > 0 && binary.LittleEndian.Uint64(p.bits[size-8:])>>over != 0 {
			return p, room, errSegment
		}
		return p, room, nil
	}
	from, next := len(room), uint32(0)
	room = slices.Grow(room, n)
	for range n {
		gap, size := uint64(0), 1
		if len(raw) > 0 && raw[0] < 0x80 { // mostly
			gap = uint64(raw[0])
		} else {
			gap, size = binary.Uvarint(raw)
		}
		if size <= 0 || gap >= uint64(places-next) {
			return p, room, errSegment
		}
		raw = raw[size:]
		room = append(room, next+uint32(gap))
		next += uint32(gap) + 1
	}
	p.places, p.rest = room[from:], raw
	return p, room, nil
}

// teller reads how often the word stands at the places; pos may be nil.
func (p *postings) teller(pos []byte) teller { return teller{heads: p.heads, rest: p.rest, pos: pos} }

// again goes back to before the first place.
func (p *postings) again() { p.at, p.word, p.left, p.place = -1, -1, 0, 0 }

// next moves on to the next place.
func (p *postings) next() bool {
	p.at++
	if p.at >= p.n {
		return p.end()
	}
	if p.bits == nil {
		p.place = p.places[p.at]
		return true
	}
	for p.left == 0 {
		p.word++
		if p.word*8 >= len(p.bits) {
			return p.end()
		}
		p.left = binary.LittleEndian.Uint64(p.bits[p.word*8:])
	}
	p.place = uint32(p.word*64 + bits.TrailingZeros64(p.left))
	p.left &= p.left - 1
	return true
}

func (p *postings) end() bool {
	p.at, p.place = p.n, noPlace
	return false
}

// seek moves on to the first place that is not before one.
func (p *postings) seek(place uint32) bool {
	switch {
	case p.at >= p.n:
		return false
	case p.at >= 0 && p.place >= place:
		return true
	case p.bits == nil:
		return p.seekPlace(place)
	}
	if to := int(place / 64); to > p.word {
		p.at += bits.OnesCount64(p.left)
		if to*8 >= len(p.bits) {
			return p.end()
		}
		for p.word++; p.word < to; p.word++ {
			p.at += bits.OnesCount64(binary.LittleEndian.Uint64(p.bits[p.word*8:]))
		}
		p.left = binary.LittleEndian.Uint64(p.bits[to*8:])
	}
	before := p.left & (1<<(place%64) - 1)
	p.at += bits.OnesCount64(before)
	p.left &^= before
	return p.next()
}

func (p *postings) seekPlace(place uint32) bool {
	from, to := p.at+1, p.at+1
	for step := 1; to < p.n && p.places[to] < place; step *= 2 {
		from = to + 1
		to += step
	}
	i, _ := slices.BinarySearch(p.places[from:min(to+1, p.n)], place)
	p.at = from + i
	if p.at >= p.n {
		return p.end()
	}
	p.place = p.places[p.at]
	return true
}
