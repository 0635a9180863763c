package index

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// A posting says how often a word stands at a place, and where. The list of a
// word is stored as the heads of its postings, a byte each; their places, as how
// many lie between each and the one before, or as bits where they are dense; and
// the numbers that do not fit into a head. The positions stand apart.

// Positions of one place: those of a title begin at 0, the others here, so that
// words of different parts are never neighbours. Words by which a place is found
// beside its own stand behind its text.
const (
	headsFrom = 1 << 20
	textFrom  = 1 << 21
	alsoGap   = 64
)

// What the title of a place is, where it begins with the word.
const (
	NotFirst   = iota // it does not
	WholeTitle        // it is the word
	FirstOfTwo        // it has one more word
	FirstOfMany
)

// posting is how often a word stands in the parts of a place.
type posting struct {
	first             byte
	title, head, text int
}

// A head has two bits of what the title is, two of how often the word is there,
// and four of how often it is in the text.
const (
	mostTitle = 3  // these mean that a number follows
	mostText  = 15 // with headings, and what stands often
)

// code is the head of a posting.
func (p posting) code() byte {
	text := p.text
	if p.head > 0 || text >= mostText {
		text = mostText
	}
	return p.first<<6 | byte(min(p.title, mostTitle))<<4 | byte(text)
}

// count is how many positions the posting has.
func (p *posting) count() int { return p.title + p.head + p.text }

// list is the postings of one word while they are written, in the order of
// places and, of each, of positions.
type list struct {
	n                      int
	next                   uint32 // the place behind the last one
	open                   bool
	place                  uint32
	now                    posting
	at                     int // behind the last position
	heads, gaps, rest, pos []byte
}

// add notes one position of the word. titleWords is how many words the title has.
func (l *list) add(place uint32, position, titleWords int) {
	if l.open && l.place != place {
		l.close()
	}
	if !l.open {
		l.open, l.place, l.now, l.at = true, place, posting{}, 0
	}
	switch {
	case position < headsFrom:
		if position == 0 {
			l.now.first = byte(min(titleWords, FirstOfMany))
		}
		l.now.title++
	case position < textFrom:
		l.at = max(l.at, headsFrom)
		l.now.head++
	default:
		l.at = max(l.at, textFrom)
		l.now.text++
	}
	l.pos = binary.AppendUvarint(l.pos, uint64(position-l.at))
	l.at = position + 1
}

// close ends the posting at work.
func (l *list) close() {
	if l.open {
		l.put(l.place, l.now)
		l.open = false
	}
}

// put appends a posting; its positions are there already.
func (l *list) put(place uint32, p posting) {
	l.n++
	l.gaps = binary.AppendUvarint(l.gaps, uint64(place-l.next))
	l.next = place + 1
	head := p.code()
	l.heads = append(l.heads, head)
	if head>>4&mostTitle == mostTitle {
		l.rest = binary.AppendUvarint(l.rest, uint64(p.title-mostTitle))
	}
	if head&mostText == mostText {
		l.rest = binary.AppendUvarint(binary.AppendUvarint(l.rest, uint64(p.head)), uint64(p.text))
	}
}

// isDense tells lists whose places are stored as bits: that takes less room then.
func isDense(n int, places uint32) bool { return n >= 64 && n >= int(places)/8 }

// bitsOf is how many bytes one bit of each place takes.
func bitsOf(places uint32) int { return (int(places) + 63) / 64 * 8 }

// encode appends the stored form of the list in a segment of so many places.
func (l *list) encode(to []byte, places uint32) []byte {
	to = append(to, l.heads...)
	if !isDense(l.n, places) {
		return append(append(to, l.gaps...), l.rest...)
	}
	from := len(to)
	to = append(to, make([]byte, bitsOf(places))...)
	at, left := uint64(0), l.gaps
	for len(left) > 0 {
		gap, n := binary.Uvarint(left)
		left = left[n:]
		at += gap
		to[from+int(at/8)] |= 1 << (at % 8)
		at++
	}
	return append(to, l.rest...)
}

// teller reads how often a word stands at each place of a list, and where if pos
// is given, from the first to the last.
type teller struct {
	posting
	heads, rest, pos []byte
	read             int  // postings
	broken           bool // it is not what was written
}

// to moves on to posting number at; pos begins with its positions then. Those
// before it are passed eight at a time where no number follows their heads.
func (t *teller) to(at int) {
	if t.read > at {
		return
	}
	passed := 0 // positions
	if t.read > 0 {
		passed = t.count()
	}
	for t.read < at {
		if t.read+8 <= at {
			if n, ok := countOfEight(binary.LittleEndian.Uint64(t.heads[t.read:])); ok {
				passed += n
				t.read += 8
				continue
			}
		}
		t.next()
		passed += t.count()
	}
	t.next()
	if t.pos == nil {
		return
	}
	size, ok := lengthOf(t.pos, passed)
	t.pos, t.broken = t.pos[size:], t.broken || !ok
}

// next reads the head of the next posting and the numbers that follow it.
func (t *teller) next() {
	head := t.heads[t.read]
	t.read++
	t.first, t.title, t.head, t.text = head>>6, int(head>>4&mostTitle), 0, int(head&mostText)
	if t.title == mostTitle {
		t.title += t.number()
	}
	if t.text == mostText {
		t.head = t.number()
		t.text = t.number()
	}
}

// eachByte is 1 in each of eight bytes.
const eachByte = 0x0101010101010101

// countOfEight is how many positions postings with these heads have, unless
// numbers follow one of them.
func countOfEight(heads uint64) (n int, ok bool) {
	if (heads>>4&(heads>>5)|heads&(heads>>1)&(heads>>2)&(heads>>3))&eachByte != 0 {
		return 0, false
	}
	sums := heads&(eachByte*mostText) + heads>>4&(eachByte*mostTitle) // at most 16 each
	return int(sums * eachByte >> 56), true
}

// lengthOf is how many bytes the first n numbers of a list take, all of it where
// there are fewer.
func lengthOf(pos []byte, n int) (size int, ok bool) {
	for n > 8 && size+8 <= len(pos) {
		n -= bits.OnesCount64(^binary.LittleEndian.Uint64(pos[size:]) & (eachByte << 7))
		size += 8
	}
	for ; n > 0; n-- {
		for size < len(pos) && pos[size] >= 0x80 {
			size++
		}
		size++
		if size > len(pos) {
			return len(pos), false
		}
	}
	return size, true
}

func (t *teller) number() int {
	n, size := binary.Uvarint(t.rest)
	if size <= 0 || n > math.MaxInt32 {
		t.rest, t.broken = nil, true
		return 0
	}
	t.rest = t.rest[size:]
	return int(n)
}

// fault is that what was read so far is not what was written.
func (t *teller) fault() error {
	if t.broken {
		return errSegment
	}
	return nil
}

// end is fault behind the last posting, where nothing else may stand.
func (t *teller) end() error {
	if t.broken || t.read != len(t.heads) || len(t.rest) > 0 || len(t.here()) != len(t.pos) {
		return errSegment
	}
	return t.fault()
}

// here gives the stored positions of the posting at hand.
func (t *teller) here() []byte {
	size, ok := lengthOf(t.pos, t.count())
	t.broken = t.broken || !ok
	return t.pos[:size]
}

// positions appends those of the posting at hand.
func (t *teller) positions(to []uint32) []uint32 {
	at, pos := uint32(0), t.pos
	for i := range t.count() {
		switch i {
		case t.title + t.head:
			at = textFrom
		case t.title:
			at = headsFrom
		}
		step, n := uint64(0), 1
		if len(pos) > 0 && pos[0] < 0x80 { // mostly
			step = uint64(pos[0])
		} else {
			step, n = binary.Uvarint(pos)
		}
		if n <= 0 {
			t.broken = true
			return to
		}
		pos = pos[n:]
		at += uint32(step)
		to = append(to, at)
		at++
	}
	return to
}
