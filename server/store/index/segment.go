package index

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// segment is the index of some thousand places of one tier, written once. Its
// places are numbered in the order of their ids. One that changed since is
// dead in it, and found elsewhere.
type segment struct {
	num  int64
	dead int
	runs []run
	// lengths are how many words the texts have, longText where that is not
	// said; likes tell titles apart.
	lengths []uint16
	likes   []uint32
	steps   []uint8 // of lengths: see stepOf
	// shortest is the least step of each run, noStep where a length is not said.
	shortest []uint8
	gone     []uint64 // bits
	size     int
	blocks   []head // of words
	sums     []byte // of its rows; none where they are not known
}

// run is places whose ids follow each other, of one table or, beside rows, of
// one kind.
type run struct {
	from  uint32 // the first place
	first int64  // its id
	n     uint32
	of    int64 // the lower half of a table's id, or a kind
}

const longText = 0xffff

func (g *segment) places() uint32 { return uint32(len(g.lengths)) }

func (g *segment) isGone(place uint32) bool {
	return len(g.gone) > 0 && g.gone[place/64]&(1<<(place%64)) != 0
}

// placeOf gives the place of an id, whether it is gone or not.
func (g *segment) placeOf(id int64) (place uint32, ok bool) {
	i, found := slices.BinarySearchFunc(g.runs, id, func(r run, id int64) int { return cmp.Compare(r.first, id) })
	if !found {
		i--
	}
	if i < 0 || id-g.runs[i].first >= int64(g.runs[i].n) {
		return 0, false
	}
	return g.runs[i].from + uint32(id-g.runs[i].first), true
}

// each gives all places with their ids, in order, and what they are of.
func (g *segment) each(take func(place uint32, id, of int64)) {
	for _, r := range g.runs {
		for i := range r.n {
			take(r.from+i, r.first+int64(i), r.of)
		}
	}
}

// append adds a place behind all others.
func (g *segment) append(id, of int64, length int, like uint32) {
	if n := len(g.runs); n > 0 && g.runs[n-1].of == of && g.runs[n-1].first+int64(g.runs[n-1].n) == id {
		g.runs[n-1].n++
	} else {
		g.runs = append(g.runs, run{g.places(), id, 1, of})
	}
	g.lengths = append(g.lengths, uint16(min(length, longText)))
	g.likes = append(g.likes, like)
}

// encode is the stored form of what does not change.
func (g *segment) encode() []byte {
	out := binary.AppendUvarint(nil, uint64(len(g.runs)))
	end := int64(0)
	for _, r := range g.runs {
		out = binary.AppendUvarint(out, uint64(r.first-end))
		out = binary.AppendUvarint(out, uint64(r.n))
		out = binary.AppendUvarint(out, uint64(r.of))
		end = r.first + int64(r.n)
	}
	for _, n := range g.lengths {
		out = binary.LittleEndian.AppendUint16(out, n)
	}
	for _, n := range g.likes {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return out
}

var errSegment = fmt.Errorf("%w: a segment does not read", ErrDamaged)

// decode reads what encode and encodeGone wrote. The file may be damaged, so
// nothing is taken for granted that is relied on later.
func (g *segment) decode(raw, gone []byte, rows bool) error {
	r := sketchReader{raw}
	end, places, runs := int64(0), 0, r.number()
	for range runs {
		one := run{from: uint32(places), first: end + int64(r.number())}
		n := r.number()
		one.n, one.of = uint32(n), int64(r.number())
		if one.first < end || n < 1 || n > len(r.left)/6-places || !one.isOf(rows) {
			return errSegment
		}
		g.runs = append(g.runs, one)
		end = one.first + int64(n)
		places += n
	}
	if len(r.left) != places*6 || places == 0 {
		return errSegment
	}
	g.lengths, g.likes = make([]uint16, places), make([]uint32, places)
	g.steps = make([]uint8, places)
	for i := range places {
		g.lengths[i] = binary.LittleEndian.Uint16(r.left[2*i:])
		g.steps[i] = stepOf(g.lengths[i])
		g.likes[i] = binary.LittleEndian.Uint32(r.left[2*places+4*i:])
	}
	if len(gone) > 0 {
		if len(gone) != (places+63)/64*8 {
			return errSegment
		}
		for ; len(gone) > 0; gone = gone[8:] {
			g.gone = append(g.gone, binary.LittleEndian.Uint64(gone))
		}
	}
	g.measure()
	dead := 0
	for _, n := range g.gone {
		dead += bits.OnesCount64(n)
	}
	if dead != g.dead || dead > places || g.size < 0 {
		return errSegment
	}
	return nil
}

const noStep = 0xff

// measure finds out how short the texts of each run are at least.
func (g *segment) measure() {
	g.shortest = make([]uint8, len(g.runs))
	for i, r := range g.runs {
		least := uint8(len(Steps) - 1)
		for _, step := range g.steps[r.from : r.from+r.n] {
			least = min(least, step)
			if step == uint8(len(Steps)-1) {
				least = noStep
				break
			}
		}
		g.shortest[i] = least
	}
}

// isOf tells whether a run can be of a tier: its places are of one doc, and of a
// kind of the tier, or of a table.
func (r run) isOf(rows bool) bool {
	of := r.of >= Docs && r.of <= Tables
	if rows {
		of = r.of > 0 && r.of <= math.MaxUint32
	}
	return of && r.first>>32 == (r.first+int64(r.n)-1)>>32
}

// bury notes that places are gone.
func (g *segment) bury(places []uint32) {
	if g.gone == nil {
		g.gone = make([]uint64, (g.places()+63)/64)
	}
	for _, p := range places {
		if !g.isGone(p) {
			g.gone[p/64] |= 1 << (p % 64)
			g.dead++
		}
	}
}

func (g *segment) encodeGone() []byte {
	var out []byte
	for _, n := range g.gone {
		out = binary.LittleEndian.AppendUint64(out, n)
	}
	return out
}
