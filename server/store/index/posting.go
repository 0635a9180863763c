package index

import (
	"encoding/binary"
	"math"
)

// A posting says how often a word stands at a place, and where. Its stored form
// is how many places lie between it and the one before, a byte with the first
// three numbers where they are small, and beside that, apart, the positions.

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

// posting is one of a list.
type posting struct {
	place             uint32
	first             byte
	title, head, text int
}

// list is the postings of one word while they are written, in the order of
// places and, of each, of positions.
type list struct {
	n         int
	next      uint32 // the place behind the last one
	open      bool
	now       posting
	at        int // behind the last position
	body, pos []byte
}

// add notes one position of the word. titleWords is how many words the title has.
func (l *list) add(place uint32, position, titleWords int) {
	if l.open && l.now.place != place {
		l.close()
	}
	if !l.open {
		l.open, l.now, l.at = true, posting{place: place}, 0
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
		l.put(l.now)
		l.open = false
	}
}

const (
	mostTitle = 3  // these mean that a number follows
	mostText  = 15 // with headings, and what stands often
)

// put appends a posting; its positions are there already.
func (l *list) put(p posting) {
	l.n++
	l.body = binary.AppendUvarint(l.body, uint64(p.place-l.next))
	l.next = p.place + 1
	title, text := min(p.title, mostTitle), p.text
	if p.head > 0 || text >= mostText {
		text = mostText
	}
	l.body = append(l.body, p.first<<6|byte(title)<<4|byte(text))
	if title == mostTitle {
		l.body = binary.AppendUvarint(l.body, uint64(p.title-mostTitle))
	}
	if text == mostText {
		l.body = binary.AppendUvarint(binary.AppendUvarint(l.body, uint64(p.head)), uint64(p.text))
	}
}

// postings reads a list. What is cut off ends it.
type postings struct {
	posting
	body, pos []byte
	nextPlace uint32
}

func (p *postings) next() bool {
	gap, n := uint64(0), 0
	if len(p.body) > 1 && p.body[0] < 0x80 {
		gap, n = uint64(p.body[0]), 1
	} else {
		gap, n = binary.Uvarint(p.body)
	}
	if n <= 0 || len(p.body) == n {
		return false
	}
	head := p.body[n]
	p.body = p.body[n+1:]
	p.place = p.nextPlace + uint32(gap)
	p.nextPlace = p.place + 1
	p.first, p.title, p.head, p.text = head>>6, int(head>>4&mostTitle), 0, int(head&mostText)
	if p.title == mostTitle {
		p.title += p.number()
	}
	if p.text == mostText {
		p.head = p.number()
		p.text = p.number()
	}
	return true
}

func (p *postings) number() int {
	n, size := binary.Uvarint(p.body)
	if size <= 0 {
		p.body = nil
		return 0
	}
	p.body = p.body[size:]
	return int(min(n, math.MaxInt32))
}

// count is how many positions the posting has.
func (p *postings) count() int { return p.title + p.head + p.text }

// positions appends those of the posting; each must be read once, in order.
func (p *postings) positions(to []uint32) []uint32 {
	at := uint32(0)
	for i := range p.count() {
		switch i {
		case p.title + p.head:
			at = textFrom
		case p.title:
			at = headsFrom
		}
		if len(p.pos) > 0 && p.pos[0] < 0x80 { // mostly
			at += uint32(p.pos[0])
			to = append(to, at)
			at, p.pos = at+1, p.pos[1:]
			continue
		}
		step, n := binary.Uvarint(p.pos)
		if n <= 0 {
			p.pos = nil
			return to
		}
		p.pos = p.pos[n:]
		at += uint32(step)
		to = append(to, at)
		at++
	}
	return to
}

// passed gives the stored positions of the posting as they are.
func (p *postings) passed() []byte {
	end := 0
	for range p.count() {
		for end < len(p.pos) && p.pos[end] >= 0x80 {
			end++
		}
		end++
	}
	end = min(end, len(p.pos))
	from := p.pos[:end]
	p.pos = p.pos[end:]
	return from
}
