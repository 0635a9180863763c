package index

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Sketch is what is known of a place without reading it: enough to say how
// much it may weigh at most for a query. Words are in it by their Hash, so that
// a word that is not there may seem to be, once in many thousands; never the
// other way round.
type Sketch struct {
	Kind int
	// Table is the id of the table of a row.
	Table int64
	// Title are the first words of the title in their order; TitleCut tells
	// that it has more.
	Title    []uint32
	TitleCut bool
	// Head are the words of headings; HeadCut tells that there are others.
	Head    []Often
	HeadCut bool
	// Length is how many words the text has.
	Length int
	// Text are the words that stand more than once in the text, and those that
	// stand in the title too.
	Text []Often
	// Alike are the beginnings that several other words of the text share, each
	// as the Hash of Begins(3), and by how many of them.
	Alike []Often
	// Long is set of a text that is too long to be sketched.
	Long bool
}

// Like is the same of places with one title in one table.
func (s *Sketch) Like() uint64 { return Like(s.Table, likeOf(s.Title)) }

// Often is how often a word is there.
type Often struct {
	Hash  uint32
	Times int
}

const (
	hashBytes    = 3
	sketchTitle  = 15       // words of a title
	sketchHead   = 120      // words of headings
	sketchLength = 32 << 10 // bytes of words of a text, above which it is Long
	alikeMask    = 0x3ff << 14
)

// Hash is a number of 24 bits. Words that begin with the same letters share
// the first bits: see Begins.
func Hash(word string) uint32 {
	var b [4]byte
	n := copy(b[:], word)
	rest := uint32(2166136261)
	for i := n; i < len(word); i++ {
		rest = (rest ^ uint32(word[i])) * 16777619
	}
	rest ^= rest >> 15
	return (uint32(b[0])*31+uint32(b[1]))&31<<19 | uint32(b[2])&31<<14 | uint32(b[3])&31<<9 | rest&511
}

// Begins is the part of a Hash that the hashes of all words share that begin
// with so many bytes; they may share more.
func Begins(bytes int) uint32 {
	switch {
	case bytes < 2:
		return 0
	case bytes == 2:
		return 31 << 19
	case bytes == 3:
		return alikeMask
	}
	return 0x7fff << 9
}

// sketch makes the stored form of one. The words are those that the full-text
// tables get, between single spaces.
func sketch(kind int, table int64, title, head, body string) []byte {
	titles := hashes(title)
	flags := byte(kind)
	if len(titles) > sketchTitle {
		flags, titles = flags|titleCut, titles[:sketchTitle]
	}
	heads := often(hashes(head))
	if len(heads) > sketchHead {
		flags, heads = flags|headCut, nil
	}
	long := len(body) > sketchLength
	if long {
		flags, body = flags|long64, ""
	}
	out := binary.AppendUvarint([]byte{flags}, uint64(table&0xffffffff))
	out = append(out, byte(len(titles)))
	for _, h := range titles {
		out = appendHash(out, h)
	}
	out = appendOften(out, heads)
	if long {
		return out
	}
	words := hashes(body)
	all := often(words)
	var alike []Often
	listed := all[:0]
	for _, o := range all {
		if o.Times > 1 || slices.Contains(titles, o.Hash) {
			listed = append(listed, o)
			continue
		}
		if n := len(alike); n > 0 && alike[n-1].Hash == o.Hash&alikeMask {
			alike[n-1].Times++
		} else {
			alike = append(alike, Often{o.Hash & alikeMask, 1})
		}
	}
	out = appendOften(binary.AppendUvarint(out, uint64(len(words))), listed)
	for _, o := range alike {
		if o.Times > 1 { // the beginning in the upper bits, how many in the lower
			n := o.Hash>>14<<6 | uint32(min(o.Times, 63))
			out = append(out, byte(n>>8), byte(n))
		}
	}
	return out
}

// Flags of a stored sketch, above its kind.
const (
	kindMask = 3
	titleCut = 1 << 2
	headCut  = 1 << 3
	long64   = 1 << 4
)

func hashes(words string) []uint32 {
	if words == "" {
		return nil
	}
	out := make([]uint32, 0, strings.Count(words, " ")+1)
	for w := range strings.SplitSeq(words, " ") {
		out = append(out, Hash(w))
	}
	return out
}

// often counts words; those that begin alike stand together.
func often(words []uint32) []Often {
	sorted := slices.Clone(words)
	slices.Sort(sorted)
	out := make([]Often, 0, len(sorted))
	for _, h := range sorted {
		if n := len(out); n > 0 && out[n-1].Hash == h {
			out[n-1].Times++
			continue
		}
		out = append(out, Often{h, 1})
	}
	return out
}

func appendHash(to []byte, h uint32) []byte { return append(to, byte(h>>16), byte(h>>8), byte(h)) }

func appendOften(to []byte, all []Often) []byte {
	to = binary.AppendUvarint(to, uint64(len(all)))
	for _, o := range all {
		to = binary.AppendUvarint(appendHash(to, o.Hash), uint64(o.Times))
	}
	return to
}

// sketchReader reads a stored form; what is cut off reads as zeros.
type sketchReader struct{ left []byte }

func (r *sketchReader) number() int {
	n, size := binary.Uvarint(r.left)
	r.left = r.left[max(size, 0):]
	return int(n)
}

func (r *sketchReader) hash() uint32 {
	if len(r.left) < hashBytes {
		r.left = nil
		return 0
	}
	h := uint32(r.left[0])<<16 | uint32(r.left[1])<<8 | uint32(r.left[2])
	r.left = r.left[hashBytes:]
	return h
}

func (r *sketchReader) often(to []Often) []Often {
	for n := r.number(); n > 0 && len(r.left) > 0; n-- {
		h := r.hash()
		to = append(to, Often{h, r.number()})
	}
	return to
}

// read fills a sketch anew, in the memory that it has.
func (s *Sketch) read(doc int64, raw []byte) {
	r := sketchReader{raw[1:]}
	flags := raw[0]
	s.Kind, s.TitleCut, s.HeadCut, s.Long = int(flags&kindMask), flags&titleCut != 0, flags&headCut != 0, flags&long64 != 0
	s.Table = doc<<32 | int64(r.number())
	s.Title = s.Title[:0]
	for n := r.number(); n > 0 && len(r.left) > 0; n-- {
		s.Title = append(s.Title, r.hash())
	}
	s.Head, s.Text, s.Alike, s.Length = r.often(s.Head[:0]), s.Text[:0], s.Alike[:0], 0
	if s.Long {
		return
	}
	s.Length = r.number()
	s.Text = r.often(s.Text)
	for ; len(r.left) > 1; r.left = r.left[2:] {
		n := uint32(r.left[0])<<8 | uint32(r.left[1])
		s.Alike = append(s.Alike, Often{n >> 6 << 14, int(n & 63)})
	}
}
